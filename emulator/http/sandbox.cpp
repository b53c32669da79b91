#include "emulator/http/sandbox.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <sstream>
#include <system_error>

#include "emulator/base/log.h"
#include "emulator/launcher/launcher.h"

extern "C" const char backlot_launcher[], backlot_launcher_end[];

namespace backlot::http {
namespace {

constexpr int kProbeMillis = 5000;

int movedUp(int file) {
    const int moved = ::fcntl(file, F_DUPFD_CLOEXEC, launcher::kProgramFile + 1);  // children get theirs below
    ::close(file);
    return moved;
}

/// A file that has no name and can be executed: in memory, or in the folder for temporary files where that is not
/// allowed.
int namelessProgram() {
    constexpr unsigned kExecutable = 0x10;  // MFD_EXEC, since Linux 6.3
    int file = ::memfd_create("backlot-launcher", MFD_CLOEXEC | kExecutable);
    if (file < 0) file = ::memfd_create("backlot-launcher", MFD_CLOEXEC);
    std::string name;
    if (file < 0) {
        const char* folder = std::getenv("TMPDIR");
        name = std::string(folder && *folder ? folder : "/tmp") + "/backlot-launcher-XXXXXX";
        file = ::mkostemp(name.data(), O_CLOEXEC);
    }
    if (file < 0) return -1;
    const auto size = static_cast<std::size_t>(backlot_launcher_end - backlot_launcher);
    const bool whole = ::write(file, backlot_launcher, size) == static_cast<ssize_t>(size) && ::fchmod(file, 0500) == 0;
    const std::string path = "/proc/self/fd/" + std::to_string(file);
    const int readable = whole ? ::open(path.c_str(), O_RDONLY | O_CLOEXEC) : -1;  // what can be written cannot be run
    if (!name.empty()) ::unlink(name.c_str());
    ::close(file);
    return readable;
}

}  // namespace

Sandbox::~Sandbox() {
    if (program_ >= 0) ::close(program_);
}

int Sandbox::program() {
    if (program_ < 0) {
        const int file = namelessProgram();
        if (file < 0) throw std::system_error(errno, std::generic_category(), "cannot write the launcher of functions");
        program_ = movedUp(file);
    }
    return program_;
}

std::vector<std::string> Sandbox::command(const ProcessSpec& spec) {
    std::vector<std::string> words{"backlot-launcher", std::to_string(::getpid())};
    words.push_back("folder=" + spec.folder);
    if (spec.confinement) {
        const Confinement& confinement = *spec.confinement;
        const Means& means = this->means();
        words.push_back("confined");
        if (means.namespaces) words.push_back("namespaces");
        if (means.proc) words.push_back("proc");
        if (means.landlock) words.push_back("landlock");
        if (means.seccomp) words.push_back("seccomp");
        if (!confinement.task.empty()) words.push_back("task=" + confinement.task);
        if (!confinement.runtime.empty()) words.push_back("runtime=" + confinement.runtime);
        if (!confinement.temporary.empty()) words.push_back("temporary=" + confinement.temporary);
        words.push_back("temporary-bytes=" + std::to_string(confinement.temporaryBytes));
        for (const auto& folder : confinement.hidden) words.push_back("hide=" + folder);
        if (!means.namespaces)  // what lies in them and is the function's own is allowed by name
            for (const char* folder : {"/tmp", "/var/tmp", "/run"}) words.push_back(std::string("hide=") + folder);
    }
    words.push_back("--");
    words.insert(words.end(), spec.command.begin(), spec.command.end());
    return words;
}

const Sandbox::Means& Sandbox::means() {
    if (means_.known) return means_;
    means_ = tryOut();
    means_.known = true;
    std::string missing;
    const auto add = [&](const std::string& text) { missing += (missing.empty() ? "" : "; ") + text; };
    if (!means_.namespaces)
        add("no namespaces (" + means_.obstacle +
            "), so functions see this machine's processes, and files where they lie" +
            (means_.landlock ? "" : ", and can write what you can write"));
    else if (!means_.proc)
        add("no /proc of their own, so functions see the command lines of this machine's processes");
    if (!means_.landlock && means_.namespaces)
        add("no Landlock, so functions reach abstract sockets");
    else if (!means_.landlock)
        add("no Landlock, so functions can signal your processes");
    else if (means_.landlock < 6 && !means_.namespaces)
        add("Landlock without scopes, so functions can signal your processes");
    if (!means_.seccomp) add("no filter of system calls");
    if (!missing.empty()) log::warning("functions are not wholly kept apart: " + missing);
    return means_;
}

/// Asks the launcher. It takes a millisecond or two, once.
Sandbox::Means Sandbox::tryOut() {
    Means found;
    int pipe[2];
    if (::pipe2(pipe, O_CLOEXEC) != 0) return found;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, pipe[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, program(), launcher::kProgramFile);
    posix_spawn_file_actions_addclosefrom_np(&actions, launcher::kProgramFile + 1);
    std::array<const char*, 4> words{"backlot-launcher", "0", "probe", nullptr};
    char* none[] = {nullptr};
    int pid = 0;
    const int error = ::posix_spawn(&pid, ("/proc/self/fd/" + std::to_string(launcher::kProgramFile)).c_str(), &actions,
                                    nullptr, const_cast<char**>(words.data()), none);
    posix_spawn_file_actions_destroy(&actions);
    ::close(pipe[1]);
    std::string answer;
    char text[512];
    pollfd readable{pipe[0], POLLIN, 0};
    if (error == 0)
        for (ssize_t n; ::poll(&readable, 1, kProbeMillis) > 0 && (n = ::read(pipe[0], text, sizeof text)) > 0;)
            answer.append(text, static_cast<std::size_t>(n));
    ::close(pipe[0]);
    if (error == 0) {
        ::kill(pid, SIGKILL);
        ::waitpid(pid, nullptr, 0);
    }
    std::istringstream lines(answer);
    for (std::string line; std::getline(lines, line);) {
        const auto blank = line.find(' ');
        const std::string name = line.substr(0, blank);
        const std::string value = blank == std::string::npos ? "" : line.substr(blank + 1);
        if (name == "namespaces")
            found.namespaces = value == "ok", found.obstacle = value;
        else if (name == "proc")
            found.proc = value == "ok";
        else if (name == "landlock")
            found.landlock = std::atoi(value.c_str());
        else if (name == "seccomp")
            found.seccomp = value == "ok";
    }
    if (found.obstacle.empty()) found.obstacle = "the launcher could not be tried";
    return found;
}

}  // namespace backlot::http
