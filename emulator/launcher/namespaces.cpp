// The function's own view of the machine: which files there are, which of them can be written, which processes.

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "emulator/launcher/launcher.h"

namespace backlot::launcher {
namespace {

// Of linux/mount.h, which cannot be included beside sys/mount.h everywhere.
struct MountAttributes {
    std::uint64_t set, clear, propagation, userNamespace;
};
constexpr std::uint64_t kReadOnly = 1, kNoSetuid = 2, kNoDevices = 4;
constexpr unsigned kCloneTree = 1, kRecursive = 0x8000, kMoveEmptyPath = 4;

/// A copy of what is mounted at `path` and below it, not to be seen anywhere yet.
int treeAt(const char* path) {
    const long tree = syscall(SYS_open_tree, AT_FDCWD, path, kCloneTree | kRecursive | O_CLOEXEC);
    if (tree < 0) fail(path);
    return static_cast<int>(tree);
}

void restrict(int tree, std::uint64_t attributes, const char* what) {
    MountAttributes wanted{attributes, 0, 0, 0};
    if (syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH | kRecursive, &wanted, sizeof wanted) != 0) fail(what);
}

void attach(int tree, const char* path) {
    if (syscall(SYS_move_mount, tree, "", AT_FDCWD, path, kMoveEmptyPath) != 0) fail(path);
    close(tree);
}

void mountNew(const char* kind, const char* path, unsigned long flags, const char* options) {
    if (mount(kind, path, kind, flags, options) != 0) fail(path);
}

void mountEmpty(const char* path, const char* options, unsigned long flags = 0) {
    mountNew("tmpfs", path, MS_NOSUID | MS_NODEV | flags, options);
}

void closeForWriting(const char* path) {
    constexpr unsigned long kFlags = MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV;
    if (mount(nullptr, path, nullptr, kFlags, nullptr) != 0) fail(path);
}

void writeFile(const char* path, const char* text, bool mayBeMissing = false) {
    const int file = open(path, O_WRONLY | O_CLOEXEC);
    if (file < 0 && mayBeMissing) return;
    if (file < 0 || write(file, text, strlen(text)) < 0) fail(path);
    close(file);
}

bool isBelow(const char* path, const char* folder) {
    const std::size_t size = strlen(folder);
    return strncmp(path, folder, size) == 0 && (path[size] == '/' || path[size] == 0);
}

/// Every folder on the way to `path`.
void makeFolders(const char* path) {
    Path part(path);
    for (char* slash = part.text + 1; (slash = strchr(slash, '/')); ++slash) {
        *slash = 0;
        mkdir(part, 0755);
        *slash = '/';
    }
}

/// What is copied from the machine before its root is left.
struct Trees {
    static constexpr const char* kDevices[] = {"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"};
    static constexpr const char* kVariable[] = {"/var/lib", "/var/cache", "/var/home"};  // where /home may lead
    static constexpr int kDeviceCount = 5, kVariableCount = 3;
    int root = -1, task = -1, runtime = -1;
    int devices[kDeviceCount], variable[kVariableCount], names = -1;
    char nameServers[PATH_MAX] = "";  // where /etc/resolv.conf leads, if that is a place which is hidden
};

Trees copyTrees(const Plan& plan) {
    Trees trees;
    const auto readOnlyTree = [](const char* path) {
        const int tree = treeAt(path);
        restrict(tree, kReadOnly | kNoSetuid | kNoDevices, path);
        return tree;
    };
    const auto isFolder = [](const char* path) {
        struct stat info {};
        return lstat(path, &info) == 0 && S_ISDIR(info.st_mode);
    };
    trees.root = readOnlyTree("/");
    if (plan.task) trees.task = readOnlyTree(plan.task);
    if (plan.runtime) trees.runtime = readOnlyTree(plan.runtime);
    for (int i = 0; i < Trees::kVariableCount; ++i)
        trees.variable[i] = isFolder(Trees::kVariable[i]) ? readOnlyTree(Trees::kVariable[i]) : -1;
    for (int i = 0; i < Trees::kDeviceCount; ++i)
        trees.devices[i] = access(Trees::kDevices[i], F_OK) == 0 ? treeAt(Trees::kDevices[i]) : -1;
    const char* names = realpath("/etc/resolv.conf", trees.nameServers);
    if (names && (isBelow(names, "/run") || isBelow(names, "/var"))) trees.names = readOnlyTree(names);
    return trees;
}

/// `tree` becomes the root. The old one lies below it in this mount namespace, out of reach of who has no capabilities:
/// to leave it by pivot_root() and umount() would make a start a third of a millisecond slower.
void changeRoot(int tree) {
    if (syscall(SYS_move_mount, tree, "", AT_FDCWD, "/", kMoveEmptyPath) != 0) fail("move_mount");
    if (fchdir(tree) != 0 || chroot(".") != 0) fail("chroot");
    close(tree);
}

/// Differs: on AWS /dev has no shm either; it has a tty, which leads nowhere.
void makeDevices(const Trees& trees) {
    mountEmpty("/dev", "size=64k,nr_inodes=32,mode=755");
    for (int i = 0; i < Trees::kDeviceCount; ++i) {
        if (trees.devices[i] < 0) continue;
        close(open(Trees::kDevices[i], O_CREAT | O_WRONLY | O_CLOEXEC, 0666));
        attach(trees.devices[i], Trees::kDevices[i]);
    }
    constexpr const char* links[][2] = {{"/proc/self/fd", "/dev/fd"},
                                        {"/proc/self/fd/0", "/dev/stdin"},
                                        {"/proc/self/fd/1", "/dev/stdout"},
                                        {"/proc/self/fd/2", "/dev/stderr"}};
    for (const auto& [from, to] : links)
        if (symlink(from, to) != 0) fail(to);
    closeForWriting("/dev");
}

void makeVariable(const Trees& trees) {
    mountEmpty("/run", "size=64k,nr_inodes=64,mode=755");
    mountEmpty("/var", "size=64k,nr_inodes=64,mode=755");
    mkdir("/var/task", 0755);
    mkdir("/var/runtime", 0755);
    if (symlink("/run", "/var/run") != 0) fail("/var/run");
    if (trees.task >= 0) attach(trees.task, "/var/task");
    if (trees.runtime >= 0) attach(trees.runtime, "/var/runtime");
    for (int i = 0; i < Trees::kVariableCount; ++i)
        if (trees.variable[i] >= 0 && mkdir(Trees::kVariable[i], 0755) == 0)
            attach(trees.variable[i], Trees::kVariable[i]);
    if (trees.names >= 0) {
        makeFolders(trees.nameServers);
        const int file = open(trees.nameServers, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
        if (file >= 0) {
            close(file);
            attach(trees.names, trees.nameServers);
        }
    }
    closeForWriting("/run");
    closeForWriting("/var");
}

/// How many processes there can be is a pid namespace's own matter since Linux 6.14; before, the file is everybody's.
void limitProcesses(unsigned processes) {
    utsname system{};
    int major = 0, minor = 0;
    uname(&system);
    if (sscanf(system.release, "%d.%d", &major, &minor) != 2 || major < 6 || (major == 6 && minor < 14)) return;
    constexpr unsigned kReserved = 300;  // numbers that the kernel does not give a second time
    char text[32];
    snprintf(text, sizeof text, "%u", processes + kReserved);
    writeFile("/proc/sys/kernel/pid_max", text, true);
}

void hide(const char* path) {
    if (strcmp(path, "/tmp") == 0) return;  // that is the function's own by now
    const int folder = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return;  // it cannot be seen as it is
    close(folder);
    mountEmpty(path, "size=4k,nr_inodes=2,mode=755", MS_RDONLY);
}

}  // namespace

void enterNamespaces() {
    char text[64];
    const unsigned user = geteuid(), group = getegid();
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC) != 0) fail("unshare");
    writeFile("/proc/self/setgroups", "deny", true);
    snprintf(text, sizeof text, "%u %u 1", user, user);
    writeFile("/proc/self/uid_map", text);
    snprintf(text, sizeof text, "%u %u 1", group, group);
    writeFile("/proc/self/gid_map", text);
}

void makeRoot(const Plan& plan) {
    if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) fail("mount");
    const Trees trees = copyTrees(plan);
    changeRoot(trees.root);
    if (plan.ownProc) {
        mountNew("proc", "/proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr);
        limitProcesses(plan.processes);
        // Who runs Backlot as root is the owner of files here that are the machine's settings.
        constexpr unsigned long kFlags = MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC;
        if (mount(nullptr, "/proc", nullptr, kFlags, nullptr) != 0) fail("/proc");
    }
    char options[96];
    // AWS gives one inode to 16 KiB.
    const unsigned long long bytes = plan.temporaryBytes;
    snprintf(options, sizeof options, "size=%llu,nr_inodes=%llu,mode=700", bytes, bytes / 16384);
    mountEmpty("/tmp", options);
    makeDevices(trees);
    makeVariable(trees);
    const char* const shown[][2] = {{plan.task, "/var/task"}, {plan.runtime, "/var/runtime"}};
    for (int i = 0; i < plan.hiddenCount; ++i) {
        hide(plan.hidden[i]);
        for (const auto& [from, to] : shown)  // also where it lies within what is shown at another place
            if (from && isBelow(plan.hidden[i], from) && strcmp(plan.hidden[i], from) != 0)
                hide(Path(to, plan.hidden[i] + strlen(from)));
    }
}

}  // namespace backlot::launcher
