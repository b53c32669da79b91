// What the function's process may do: limits, capabilities, Landlock, system calls.

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "emulator/launcher/launcher.h"

namespace backlot::launcher {
namespace {

// Of linux/landlock.h; Debian 12's is older than what kernels offer. By version: 1 the first 13, 2 REFER, 3 TRUNCATE,
// 5 IOCTL_DEV, 6 the scopes.
struct RulesetAttributes {
    std::uint64_t files, network, scopes;
};
struct __attribute__((packed)) PathRule {
    std::uint64_t allowed;
    std::int32_t parent;
};
constexpr std::uint64_t kExecute = 1, kWriteFile = 2, kReadFile = 4, kReadFolder = 8;
constexpr std::uint64_t kRefer = 1 << 13, kTruncate = 1 << 14, kDeviceControl = 1 << 15;
constexpr std::uint64_t kOfFiles = kExecute | kWriteFile | kReadFile | kTruncate | kDeviceControl;
constexpr std::uint64_t kScopes = 3;  // abstract sockets, signals
constexpr std::uint64_t kReads = kExecute | kReadFile | kReadFolder;

std::uint64_t allOf(int version) {
    std::uint64_t files = kRefer - 1;
    if (version >= 2) files |= kRefer;
    if (version >= 3) files |= kTruncate;
    if (version >= 5) files |= kDeviceControl;
    return files;
}

void allow(int ruleset, const char* path, std::uint64_t rights) {
    const int place = open(path, O_PATH | O_CLOEXEC);
    if (place < 0) return;
    struct stat info {};
    if (fstat(place, &info) == 0 && !S_ISDIR(info.st_mode)) rights &= kOfFiles;
    const PathRule rule{rights, place};
    if (syscall(SYS_landlock_add_rule, ruleset, 1, &rule, 0) != 0) fail(path);
    close(place);
}

/// Whether `path` is `folder` or lies in it.
bool isIn(const char* path, const char* folder) {
    const std::size_t size = strcmp(folder, "/") == 0 ? 0 : strlen(folder);
    return strncmp(path, folder, size) == 0 && (path[size] == '/' || path[size] == 0);
}

/// Reading is allowed in `folder`, but for what is hidden: a rule cannot take away what one above it gives.
void allowAround(int ruleset, const char* folder, const Plan& plan) {
    bool around = false;
    for (int i = 0; i < plan.hiddenCount; ++i) {
        if (isIn(folder, plan.hidden[i])) return;
        around |= isIn(plan.hidden[i], folder);
    }
    if (!around) return allow(ruleset, folder, kReads);
    DIR* entries = opendir(folder);
    if (!entries) return;
    while (const dirent* entry = readdir(entries)) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        const Path path(strcmp(folder, "/") == 0 ? "" : folder, "/", entry->d_name);
        struct stat info {};
        if (lstat(path, &info) != 0) continue;
        if (S_ISDIR(info.st_mode))
            allowAround(ruleset, path, plan);
        else if (!S_ISLNK(info.st_mode))
            allow(ruleset, path, kReads);
    }
    closedir(entries);
}

void allowFiles(int ruleset, const Plan& plan, int version) {
    allowAround(ruleset, "/", plan);
    if (plan.task) allow(ruleset, plan.task, kReads);
    if (plan.runtime) allow(ruleset, plan.runtime, kReads);
    if (plan.temporary) allow(ruleset, plan.temporary, allOf(version));
    constexpr const char* devices[] = {"/dev/null",   "/dev/zero",    "/dev/full",
                                       "/dev/random", "/dev/urandom", "/dev/tty"};
    for (const char* device : devices) allow(ruleset, device, kReadFile | kWriteFile);
}

constexpr unsigned long kNamespaces =
    CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWCGROUP;

#if defined(__x86_64__)
constexpr unsigned kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr unsigned kArchitecture = AUDIT_ARCH_AARCH64;
#else
constexpr unsigned kArchitecture = 0;
#endif

constexpr unsigned kRefused[] = {
    // other processes
    SYS_ptrace,
    SYS_process_vm_readv,
    SYS_process_vm_writev,
    SYS_pidfd_getfd,
    SYS_kcmp,
    // what is seen
    SYS_mount,
    SYS_umount2,
    SYS_pivot_root,
    SYS_chroot,
    SYS_open_tree,
    SYS_move_mount,
    SYS_fsopen,
    SYS_fsmount,
    SYS_mount_setattr,
    SYS_setns,
    SYS_open_by_handle_at,
    // the kernel and the machine
    SYS_bpf,
    SYS_perf_event_open,
    SYS_userfaultfd,
    SYS_io_uring_setup,
    SYS_keyctl,
    SYS_add_key,
    SYS_request_key,
    SYS_init_module,
    SYS_finit_module,
    SYS_delete_module,
    SYS_kexec_load,
    SYS_kexec_file_load,
    SYS_syslog,
    SYS_swapon,
    SYS_swapoff,
    SYS_reboot,
    SYS_acct,
    SYS_quotactl,
};

}  // namespace

void limitResources(const Plan& plan) {
    const auto limit = [](auto resource, rlim_t value, const char* name) {
        const rlimit wanted{value, value};
        rlimit present{};
        if (getrlimit(resource, &present) == 0 && present.rlim_max < value) return;  // it is tighter already
        if (setrlimit(resource, &wanted) != 0) fail(name);
    };
    limit(RLIMIT_CORE, 0, "RLIMIT_CORE");
    limit(RLIMIT_NOFILE, plan.files, "RLIMIT_NOFILE");
    // Without a user namespace all processes of the user would count, Backlot's and the desktop's.
    if (plan.namespaces)
        limit(RLIMIT_NPROC, plan.processes + 2, "RLIMIT_NPROC");
    else
        limit(RLIMIT_FSIZE, plan.temporaryBytes, "RLIMIT_FSIZE");
}

void dropCapabilities() {
    for (unsigned long capability = 0; prctl(PR_CAPBSET_READ, capability) >= 0; ++capability)
        prctl(PR_CAPBSET_DROP, capability);  // as far as we may
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    const __user_cap_data_struct none[2] = {};
    if (syscall(SYS_capset, &header, none) != 0) fail("capset");
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) fail("no_new_privs");
}

int landlockVersion() {
    const long version = syscall(SYS_landlock_create_ruleset, nullptr, 0, 1);
    return version > 0 ? static_cast<int>(version) : 0;
}

void restrictByLandlock(const Plan& plan) {
    const int version = landlockVersion();
    RulesetAttributes attributes{plan.namespaces ? 0 : allOf(version), 0, version >= 6 ? kScopes : 0};
    if (!attributes.files && !attributes.scopes) return;  // files are the mount namespace's matter
    const std::size_t size = version >= 6 ? sizeof attributes : version >= 4 ? 16 : 8;
    const int ruleset = static_cast<int>(syscall(SYS_landlock_create_ruleset, &attributes, size, 0));
    if (ruleset < 0) fail("landlock_create_ruleset");
    if (attributes.files) allowFiles(ruleset, plan, version);
    if (syscall(SYS_landlock_restrict_self, ruleset, 0) != 0) fail("landlock_restrict_self");
    close(ruleset);
}

bool canFilter() {
    const unsigned action = SECCOMP_RET_ERRNO;
    return kArchitecture != 0 && syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

void filterCalls() {
    constexpr unsigned kRefusedCount = sizeof kRefused / sizeof *kRefused;
    const auto load = [](std::size_t place) {
        return sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<unsigned>(place));
    };
    const auto answer = [](unsigned value) { return sock_filter BPF_STMT(BPF_RET | BPF_K, value); };
    sock_filter program[kRefusedCount + 16];
    unsigned short size = 0;
    const auto add = [&](sock_filter step) { program[size++] = step; };
    const unsigned notPermitted = SECCOMP_RET_ERRNO | EPERM, notThere = SECCOMP_RET_ERRNO | ENOSYS;
    // Calls of another architecture (32 bits on x86) have other numbers: none of them are there.
    add(load(offsetof(seccomp_data, arch)));
    add(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kArchitecture, 1, 0));
    add(answer(notThere));
    add(load(offsetof(seccomp_data, nr)));
#if defined(__x86_64__)
    add(BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1));  // nor those of x32
    add(answer(notThere));
#endif
    // The flags of clone3() are out of sight; the C library takes clone() then.
    add(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 0, 1));
    add(answer(notThere));
    for (unsigned i = 0; i < kRefusedCount; ++i)
        add(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kRefused[i], static_cast<unsigned char>(kRefusedCount - i + 4), 0));
    add(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 1, 0));
    add(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_unshare, 0, 2));
    add(load(offsetof(seccomp_data, args)));
    add(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, static_cast<unsigned>(kNamespaces), 1, 0));
    add(answer(SECCOMP_RET_ALLOW));
    add(answer(notPermitted));
    const sock_fprog filter{size, program};
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) != 0) fail("seccomp");
}

}  // namespace backlot::launcher
