// See launcher.h.

#include "emulator/launcher/launcher.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace backlot::launcher {
namespace {

/// What `fail` says goes to the report, and in a probe to standard output.
int reportFile = kReportFile;

bool setting(const char* argument, const char* name, const char*& value) {
    const std::size_t size = strlen(name);
    if (strncmp(argument, name, size) != 0 || argument[size] != '=') return false;
    value = argument + size + 1;
    return true;
}

Plan planOf(int argc, char** argv) {
    Plan plan;
    if (argc > 1) plan.parent = atoi(argv[1]);
    for (int i = 2; i < argc; ++i) {
        const char* value = nullptr;
        if (strcmp(argv[i], "--") == 0) {
            plan.command = argv + i + 1;
            break;
        }
        if (strcmp(argv[i], "probe") == 0)
            plan.probe = true;
        else if (strcmp(argv[i], "confined") == 0)
            plan.confined = true;
        else if (strcmp(argv[i], "namespaces") == 0)
            plan.namespaces = true;
        else if (strcmp(argv[i], "proc") == 0)
            plan.ownProc = true;
        else if (strcmp(argv[i], "landlock") == 0)
            plan.landlock = true;
        else if (strcmp(argv[i], "seccomp") == 0)
            plan.seccomp = true;
        else if (setting(argv[i], "folder", plan.folder) || setting(argv[i], "task", plan.task))
            continue;
        else if (setting(argv[i], "runtime", plan.runtime) || setting(argv[i], "temporary", plan.temporary))
            continue;
        else if (setting(argv[i], "temporary-bytes", value))
            plan.temporaryBytes = strtoull(value, nullptr, 10);
        else if (setting(argv[i], "processes", value))
            plan.processes = static_cast<unsigned>(atoi(value));
        else if (setting(argv[i], "files", value))
            plan.files = static_cast<unsigned>(atoi(value));
        else if (setting(argv[i], "hide", value) && plan.hiddenCount < kMostHidden)
            plan.hidden[plan.hiddenCount++] = value;
    }
    return plan;
}

/// The function's process, from here to its first instruction.
[[noreturn]] void becomeFunction(const Plan& plan, int parent) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(1);
    setsid();  // a signal to its process group is none to us
    if (plan.confined) {
        limitResources(plan);
        dropCapabilities();
        if (plan.landlock) restrictByLandlock(plan);
    }
    if (chdir(plan.folder) != 0) fail(plan.folder);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    if (plan.seccomp) filterCalls();
    execve(plan.command[0], plan.command, environ);
    char what[600];
    snprintf(what, sizeof what, "fork/exec %.512s", plan.command[0]);  // as Lambda puts it
    fail(what);
}

/// Only the function writes into its log, and only its end closes the report.
void letGoOfOutput() {
    const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (nothing >= 0) {
        dup2(nothing, 1);
        dup2(nothing, 2);
        close(nothing);
    }
    close(kReportFile);
}

/// The first process of the pid namespace: when it ends, the kernel kills all the others.
[[noreturn]] void becomeInit(const Plan& plan, int parentEnd, int* ended) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    pollfd parent{parentEnd, POLLIN, 0};  // its pid cannot be seen from in here
    if (poll(&parent, 1, 0) != 0) _exit(1);
    close(parentEnd);
    makeRoot(plan);
    const int self = getpid(), child = fork();
    if (child < 0) fail("fork");
    if (child == 0) becomeFunction(plan, self);
    letGoOfOutput();
    *ended = supervise(child);
    _exit(0);
}

/// Runs the plan's command to its end and gives its status.
int run(const Plan& plan) {
    prepareSupervision();
    if (!plan.namespaces) {
        prctl(PR_SET_CHILD_SUBREAPER, 1);  // what the function leaves behind becomes ours to end
        const int self = getpid(), child = fork();
        if (child < 0) fail("fork");
        if (child == 0) becomeFunction(plan, self);
        letGoOfOutput();
        return supervise(child);
    }
    void* shared = mmap(nullptr, sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) fail("mmap");
    int* ended = static_cast<int*>(shared);
    *ended = -1;
    enterNamespaces();
    prctl(PR_SET_PDEATHSIG, SIGTERM);  // may have been lost with the old credentials
    if (getppid() != plan.parent) _exit(1);
    const int ownEnd = static_cast<int>(syscall(SYS_pidfd_open, getpid(), 0));
    if (ownEnd < 0) fail("pidfd_open");
    const int child = fork();
    if (child < 0) fail("fork");
    if (child == 0) becomeInit(plan, ownEnd, ended);
    close(ownEnd);
    letGoOfOutput();
    const int status = supervise(child);
    return *ended >= 0 ? *ended : status;
}

/// One line a means: its name, and "ok" or why it is not to be had.
int probe(Plan plan) {
    reportFile = STDOUT_FILENO;
    const auto tried = [](auto attempt) {
        fflush(stdout);
        const int child = fork();
        if (child == 0) {
            attempt();
            _exit(0);
        }
        int status = 0;
        waitpid(child, &status, 0);
        return WIFEXITED(status) && WEXITSTATUS(status) == 0;
    };
    const auto rootCanBeMade = [&plan] {
        enterNamespaces();
        const int child = fork();
        if (child < 0) fail("fork");
        if (child == 0) {
            makeRoot(plan);
            _exit(0);
        }
        int status = 0;
        waitpid(child, &status, 0);
        _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
    };
    plan.ownProc = false;
    printf("namespaces ");
    if (tried(rootCanBeMade)) {
        printf("ok\nproc ");
        plan.ownProc = true;
        if (tried(rootCanBeMade)) printf("ok");
    }
    printf("\nlandlock %d\nseccomp %s\n", landlockVersion(), canFilter() ? "ok" : "");
    fflush(stdout);
    return 0;
}

}  // namespace

void fail(const char* what) {
    const char* why = strerror(errno);
    char text[1024];  // in Go's words, which are Lambda's: the reason begins with a small letter
    const int size = snprintf(text, sizeof text, "%.700s: %c%s", what, tolower(*why), why + 1);
    if (write(reportFile, text, static_cast<std::size_t>(size)) < 0) _exit(126);
    _exit(127);
}

Path::Path(const char* a, const char* b, const char* c) {
    if (snprintf(text, sizeof text, "%s%s%s", a, b, c) >= static_cast<int>(sizeof text)) {
        errno = ENAMETOOLONG;
        fail(a);
    }
}

}  // namespace backlot::launcher

int main(int argc, char** argv) {
    using namespace backlot::launcher;
    const Plan plan = planOf(argc, argv);
    if (plan.probe) return probe(plan);
    if (!plan.command || !*plan.command) return 2;
    fcntl(kReportFile, F_SETFD, FD_CLOEXEC);
    close(kProgramFile);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != plan.parent) return 1;  // it went before we could ask to be told
    endAs(run(plan));
}
