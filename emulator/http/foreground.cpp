#include "emulator/http/foreground.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace backlot::http {
namespace {

namespace net = boost::asio;
using boost::system::error_code;

sigset_t heldSignals() {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&set, signal);
    return set;
}

std::set<int> openFiles() {
    std::set<int> files;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd"))
        files.insert(std::atoi(entry.path().filename().c_str()));
    return files;  // the walk's own is in it, and closed by now
}

int signalDescriptor() {
    const sigset_t set = heldSignals();
    return ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int start(const std::vector<std::string>& command, const std::map<std::string, std::string>& environment) {
    std::vector<std::string> variables;
    for (const auto& [name, value] : environment) variables.push_back(name + "=" + value);
    std::vector<char*> arguments, settings;
    for (const auto& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
    for (auto& variable : variables) settings.push_back(variable.data());
    arguments.push_back(nullptr);
    settings.push_back(nullptr);

    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    const sigset_t ours = heldSignals();
    posix_spawnattr_setsigdefault(&attributes, &ours);
    int pid = 0;
    const int error =
        ::posix_spawnp(&pid, command.front().c_str(), nullptr, &attributes, arguments.data(), settings.data());
    posix_spawnattr_destroy(&attributes);
    if (error) throw std::system_error(error, std::generic_category(), "cannot start " + command.front());
    return pid;
}

}  // namespace

void openStandardFiles() {
    for (const int file : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (::fcntl(file, F_GETFD) >= 0) continue;
        // open() takes the lowest that is free: this one.
        [[maybe_unused]] const int opened = ::open("/dev/null", file == STDIN_FILENO ? O_RDONLY : O_WRONLY);
    }
}

Inheritance::Inheritance() : files_(openFiles()) {
    const sigset_t set = heldSignals();
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

void Inheritance::closeOthers() const {
    for (const int file : openFiles())
        if (file > STDERR_FILENO && !files_.contains(file)) ::fcntl(file, F_SETFD, FD_CLOEXEC);
}

Inheritance::~Inheritance() {
    const sigset_t set = heldSignals();
    const timespec now{0, 0};
    while (::sigtimedwait(&set, nullptr, &now) > 0) {  // what came too late for the child is not for us either
    }
    ::pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

struct ForegroundProcess::State : std::enable_shared_from_this<State> {
    State(net::io_context& io, int pid, std::function<void(int)> onExit)
        : pid(pid),
          onExit(std::move(onExit)),
          end(io, static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))),
          signals(io, signalDescriptor()) {}

    int pid;
    std::function<void(int)> onExit;
    net::posix::stream_descriptor end, signals;

    void watch() {
        end.async_wait(net::posix::descriptor_base::wait_read, [self = shared_from_this()](error_code error) {
            if (!error) self->finish();
        });
        passSignals();
    }

    void passSignals() {
        signals.async_wait(net::posix::descriptor_base::wait_read, [self = shared_from_this()](error_code error) {
            if (error) return;
            signalfd_siginfo info;
            while (::read(self->signals.native_handle(), &info, sizeof info) == sizeof info)
                if (info.ssi_code != SI_KERNEL) ::kill(self->pid, static_cast<int>(info.ssi_signo));
            self->passSignals();
        });
    }

    void finish() {
        int status = 0;
        ::waitpid(pid, &status, 0);
        close();
        if (const auto tell = std::move(onExit)) tell(status);
    }

    void close() {
        error_code ignored;
        end.close(ignored);
        signals.close(ignored);
    }
};

ForegroundProcess::ForegroundProcess(net::io_context& io, const Inheritance& inheritance,
                                     const std::vector<std::string>& command,
                                     const std::map<std::string, std::string>& environment,
                                     std::function<void(int)> onExit) {
    inheritance.closeOthers();
    state_ = std::make_shared<State>(io, start(command, environment), std::move(onExit));
    state_->watch();
}

ForegroundProcess::~ForegroundProcess() { state_->close(); }

}  // namespace backlot::http
