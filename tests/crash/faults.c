// Preloaded into the server (LD_PRELOAD): makes its calls to the kernel fail as told, and logs what it does to the
// files of one folder, so that a test can work out what a loss of power would have left.
//
//   FAULTS_CONTROL  a file of struct control, mapped: the test arms, heals and counts there while the server runs
//   FAULTS_FOLDER   the data folder; writes, syncs and changes of size count and fail only there
//   FAULTS_LOG      where to append the log; none: nothing is logged
//
// The log is records of struct entry, each followed by `size` bytes. A write is logged before it is made, all else
// after.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind { WRITE, SYNC, SIZE, OPEN, ACCEPT, SPAWN, KINDS };

struct control {
    uint32_t armed;         // bits 1 << kind
    uint32_t error;         // the errno they fail with
    int32_t pass;           // so many calls of the armed kinds pass first
    uint32_t times;         // then so many fail; 0: all
    uint32_t failed;        // have failed since it was armed
    uint32_t calls[KINDS];  // were made, failed or not
};

struct entry {
    char op;        // O open, W write, D durable write done, S sync, T truncate, R rename, U unlink
    char created;   // of O: the file was not there
    uint16_t file;  // a number for each name
    uint32_t size;
    uint64_t offset;  // of W and D; the new size of T
};

#define FILES 1024
static struct control* control;
static const char* folder;
static int log_fd = -1;
static uint16_t file_of[65536];  // by descriptor; 0: not one of the folder's
static char* names[FILES];

#define REAL(name)                                                    \
    ({                                                                \
        static __typeof__(&name) real;                                \
        if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name); \
        real;                                                         \
    })

__attribute__((constructor)) static void begin(void) {
    const char* path = getenv("FAULTS_CONTROL");
    folder = getenv("FAULTS_FOLDER");
    if (path) {
        int fd = REAL(open)(path, O_RDWR | O_CLOEXEC);
        void* at = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (at != MAP_FAILED) control = at;
        if (fd >= 0) REAL(close)(fd);
    }
    if (getenv("FAULTS_LOG")) {
        int fd = REAL(open)(getenv("FAULTS_LOG"), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
        log_fd = fcntl(fd, F_DUPFD_CLOEXEC, 900);
        REAL(close)(fd);
    }
}

/// Whether this call is to fail; errno is set then.
static int fails(enum kind kind) {
    if (!control) return 0;
    __atomic_add_fetch(&control->calls[kind], 1, __ATOMIC_RELAXED);
    if (!(control->armed & 1u << kind)) return 0;
    if (__atomic_fetch_sub(&control->pass, 1, __ATOMIC_RELAXED) > 0) return 0;
    if (control->times && control->failed >= control->times) return 0;
    __atomic_add_fetch(&control->failed, 1, __ATOMIC_RELAXED);
    errno = (int)control->error;
    return 1;
}

static uint16_t known(int fd) { return fd >= 0 && fd < 65536 ? file_of[fd] : 0; }

static void note(char op, uint16_t file, uint64_t offset, const struct iovec* data, int parts, char created) {
    if (log_fd < 0) return;
    struct entry entry = {op, created, file, 0, offset};
    struct iovec all[64] = {{&entry, sizeof entry}};
    for (int i = 0; i < parts && i < 63; ++i) {
        all[i + 1] = data[i];
        entry.size += (uint32_t)data[i].iov_len;
    }
    const int before = errno;
    if (REAL(writev)(log_fd, all, 1 + parts) < 0) abort();
    errno = before;
}

static void note_text(char op, uint16_t file, const char* text, size_t size, char created) {
    const struct iovec data = {(void*)text, size};
    note(op, file, 0, &data, 1, created);
}

static int isDurable(int fd) {
    const int flags = fcntl(fd, F_GETFL);
    return flags >= 0 && (flags & (O_DSYNC | O_SYNC)) != 0;
}

static int isOurs(const char* path) { return folder && strncmp(path, folder, strlen(folder)) == 0; }

static int opened(int fd, const char* path, int existed) {
    if (fd < 0 || fd >= 65536) return fd;
    file_of[fd] = 0;
    if (!isOurs(path)) return fd;
    uint16_t file = 1;
    while (file < FILES - 1 && names[file] && strcmp(names[file], path) != 0) ++file;
    if (!names[file]) names[file] = strdup(path);
    file_of[fd] = file;
    note_text('O', file, path, strlen(path), !existed);
    return fd;
}

static int openAt(int at, const char* path, int flags, mode_t mode) {
    if (fails(OPEN)) return -1;
    const int existed = faccessat(at, path, F_OK, 0) == 0;
    const int fd = REAL(openat)(at, path, flags, mode);
    return fd < 0 ? fd : opened(fd, path, existed);
}

#define MODE(flags)                            \
    ({                                         \
        mode_t mode = 0;                       \
        if ((flags) & (O_CREAT | O_TMPFILE)) { \
            va_list list;                      \
            va_start(list, flags);             \
            mode = va_arg(list, mode_t);       \
            va_end(list);                      \
        }                                      \
        mode;                                  \
    })
int open(const char* path, int flags, ...) { return openAt(AT_FDCWD, path, flags, MODE(flags)); }
int open64(const char* path, int flags, ...) { return openAt(AT_FDCWD, path, flags, MODE(flags)); }
int openat(int at, const char* path, int flags, ...) { return openAt(at, path, flags, MODE(flags)); }
int openat64(int at, const char* path, int flags, ...) { return openAt(at, path, flags, MODE(flags)); }

int close(int fd) {
    if (known(fd)) file_of[fd] = 0;
    if (fd == log_fd && log_fd >= 0) return 0;
    return REAL(close)(fd);
}

static ssize_t afterWrite(int fd, off_t offset, ssize_t done) {
    if (done > 0 && isDurable(fd)) note('D', known(fd), (uint64_t)offset, NULL, 0, 0);
    return done;
}

ssize_t pwritev(int fd, const struct iovec* parts, int count, off_t offset) {
    if (!known(fd)) return REAL(pwritev)(fd, parts, count, offset);
    if (fails(WRITE)) return -1;
    note('W', known(fd), (uint64_t)offset, parts, count, 0);
    return afterWrite(fd, offset, REAL(pwritev)(fd, parts, count, offset));
}
ssize_t pwritev64(int fd, const struct iovec* parts, int count, off_t offset) {
    return pwritev(fd, parts, count, offset);
}

ssize_t pwrite(int fd, const void* data, size_t size, off_t offset) {
    const struct iovec part = {(void*)data, size};
    return known(fd) ? pwritev(fd, &part, 1, offset) : REAL(pwrite)(fd, data, size, offset);
}
ssize_t pwrite64(int fd, const void* data, size_t size, off_t offset) { return pwrite(fd, data, size, offset); }

ssize_t writev(int fd, const struct iovec* parts, int count) {
    if (!known(fd)) return REAL(writev)(fd, parts, count);
    if (fails(WRITE)) return -1;
    const off_t offset = lseek(fd, 0, SEEK_CUR);
    note('W', known(fd), (uint64_t)offset, parts, count, 0);
    return afterWrite(fd, offset, REAL(writev)(fd, parts, count));
}

ssize_t write(int fd, const void* data, size_t size) {
    const struct iovec part = {(void*)data, size};
    return known(fd) ? writev(fd, &part, 1) : REAL(write)(fd, data, size);
}

// Copies within the kernel are not logged: callers fall back to write().
ssize_t sendfile(int out, int in, off_t* offset, size_t count) {
    (void)in, (void)offset, (void)count;
    if (known(out)) return errno = EINVAL, -1;
    return ((ssize_t(*)(int, int, off_t*, size_t))dlsym(RTLD_NEXT, "sendfile"))(out, in, offset, count);
}
ssize_t sendfile64(int out, int in, off_t* offset, size_t count) { return sendfile(out, in, offset, count); }
ssize_t copy_file_range(int in, off_t* inAt, int out, off_t* outAt, size_t count, unsigned flags) {
    if (known(out)) return errno = EXDEV, -1;
    return REAL(copy_file_range)(in, inAt, out, outAt, count, flags);
}

static int synced(int fd, int done) {
    if (done == 0 && known(fd)) note('S', known(fd), 0, NULL, 0, 0);
    return done;
}
int fsync(int fd) { return known(fd) && fails(SYNC) ? -1 : synced(fd, REAL(fsync)(fd)); }
int fdatasync(int fd) { return known(fd) && fails(SYNC) ? -1 : synced(fd, REAL(fdatasync)(fd)); }
int msync(void* at, size_t size, int flags) { return fails(SYNC) ? -1 : REAL(msync)(at, size, flags); }

int ftruncate(int fd, off_t size) {
    if (known(fd) && fails(SIZE)) return -1;
    const int done = REAL(ftruncate)(fd, size);
    if (done == 0 && known(fd)) note('T', known(fd), (uint64_t)size, NULL, 0, 0);
    return done;
}
int ftruncate64(int fd, off_t size) { return ftruncate(fd, size); }
int fallocate(int fd, int mode, off_t offset, off_t size) {
    return known(fd) && fails(SIZE) ? -1 : REAL(fallocate)(fd, mode, offset, size);
}
int fallocate64(int fd, int mode, off_t offset, off_t size) { return fallocate(fd, mode, offset, size); }
int posix_fallocate(int fd, off_t offset, off_t size) {
    return known(fd) && fails(SIZE) ? errno : REAL(posix_fallocate)(fd, offset, size);
}
int posix_fallocate64(int fd, off_t offset, off_t size) { return posix_fallocate(fd, offset, size); }

int rename(const char* from, const char* to) {
    const int done = REAL(rename)(from, to);
    char both[8192];
    if (done == 0 && isOurs(to)) note_text('R', 0, both, (size_t)snprintf(both, sizeof both, "%s%c%s", from, 0, to), 0);
    return done;
}
int unlink(const char* path) {
    const int done = REAL(unlink)(path);
    if (done == 0 && isOurs(path)) note_text('U', 0, path, strlen(path), 0);
    return done;
}

int accept(int fd, struct sockaddr* at, socklen_t* size) { return fails(ACCEPT) ? -1 : REAL(accept)(fd, at, size); }
int accept4(int fd, struct sockaddr* at, socklen_t* size, int flags) {
    return fails(ACCEPT) ? -1 : REAL(accept4)(fd, at, size, flags);
}

#define SPAWNED(name)                                                                                     \
    int name(pid_t* pid, const char* path, const posix_spawn_file_actions_t* actions,                     \
             const posix_spawnattr_t* attributes, char* const arguments[], char* const environment[]) {   \
        return fails(SPAWN) ? errno : REAL(name)(pid, path, actions, attributes, arguments, environment); \
    }
SPAWNED(posix_spawn)
SPAWNED(posix_spawnp)
pid_t fork(void) { return fails(SPAWN) ? -1 : REAL(fork)(); }
pid_t vfork(void) { return fork(); }
