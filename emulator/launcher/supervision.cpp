// Who waits for whom, and who goes with whom.

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "emulator/launcher/launcher.h"

namespace backlot::launcher {
namespace {

sigset_t waitedFor() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigaddset(&set, SIGTERM);
    return set;
}

/// SIGKILL to every child; theirs become ours as they die. Above namespaces there is but one, killed by name.
void killChildren() {
    char name[64], text[4096];
    snprintf(name, sizeof name, "/proc/self/task/%d/children", getpid());
    const int file = open(name, O_RDONLY | O_CLOEXEC);
    if (file < 0) return;
    const ssize_t size = read(file, text, sizeof text - 1);
    close(file);
    text[size > 0 ? size : 0] = 0;
    for (char* at = text; *at;) {
        char* end = at;
        const long child = strtol(at, &end, 10);
        if (end == at) break;
        if (child > 1) kill(static_cast<pid_t>(child), SIGKILL);
        at = end;
    }
}

}  // namespace

void prepareSupervision() {
    const sigset_t set = waitedFor();
    sigprocmask(SIG_BLOCK, &set, nullptr);
}

int supervise(int child) {
    const sigset_t set = waitedFor();
    int result = SIGKILL;
    for (bool ended = false; !ended;) {
        if (sigwaitinfo(&set, nullptr) == SIGTERM) kill(child, SIGKILL);  // Backlot has gone, or wants it so
        int status = 0;
        for (int pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
            if (pid == child) {
                ended = true;
                result = status;
            }
    }
    if (getpid() == 1) return result;  // the kernel does the rest
    do killChildren();
    while (waitpid(-1, nullptr, 0) > 0);
    return result;
}

void endAs(int status) {
    if (WIFEXITED(status)) _exit(WEXITSTATUS(status));
    const rlimit noCore{0, 0};
    setrlimit(RLIMIT_CORE, &noCore);
    const int number = WTERMSIG(status);
    signal(number, SIG_DFL);
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_UNBLOCK, &all, nullptr);
    raise(number);
    _exit(128 + number);
}

}  // namespace backlot::launcher
