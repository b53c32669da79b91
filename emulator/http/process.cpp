// Child processes by posix_spawn: their output through a pipe, their end through a pidfd.

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <system_error>

#include "emulator/http/outside.h"

namespace backlot::http {
namespace {

namespace net = boost::asio;
using boost::system::error_code;

void check(int error, const std::string& what) {
    if (error) throw std::system_error(error, std::generic_category(), what);
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> result;
    for (auto& text : texts) result.push_back(text.data());
    result.push_back(nullptr);
    return result;
}

struct Child : std::enable_shared_from_this<Child> {
    Child(net::io_context& io, ProcessSpec given, int pid, int output)
        : spec(std::move(given)), pid(pid), output(io, output), end(io, static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))) {}

    ProcessSpec spec;
    int pid;
    net::posix::stream_descriptor output, end;
    std::array<char, 16384> buffer;
    bool outputOpen = true, ended = false;

    void readOutput() {
        output.async_wait(net::posix::descriptor_base::wait_read, [self = shared_from_this()](error_code error) {
            if (error) return;
            self->drain();
            if (self->outputOpen && !self->ended) self->readOutput();
        });
    }

    /// Reads what is there, within reason: who prints without end must not keep the world from its work. Waiting and
    /// reading are two steps so that nothing read is ever on its way when somebody asks for all there is.
    void drain() {
        if (!output.is_open()) return;
        for (int i = 0; i < 64 && outputOpen; ++i) {
            const ssize_t n = ::read(output.native_handle(), buffer.data(), buffer.size());   // does not block
            if (n == 0) outputOpen = false;
            if (n <= 0) return;
            if (spec.onOutput) spec.onOutput({buffer.data(), static_cast<std::size_t>(n)});
        }
    }

    void awaitEnd() {
        end.async_wait(net::posix::descriptor_base::wait_read, [self = shared_from_this()](error_code) { self->finish(); });
    }

    void finish() {
        ended = true;
        int status = 0;
        ::waitpid(pid, &status, 0);
        ::kill(-pid, SIGKILL);   // what it left running of its group
        drain();   // what it wrote last may not have been read yet
        error_code ignored;
        output.close(ignored);
        end.close(ignored);
        const auto onExit = std::move(spec.onExit);
        spec.onOutput = nullptr;
        if (onExit) onExit(status);
    }
};

class SpawnedProcess : public Process {
public:
    explicit SpawnedProcess(std::shared_ptr<Child> child) : child_(std::move(child)) {}
    ~SpawnedProcess() override {
        child_->spec.onOutput = nullptr;   // whoever let it go hears no more of it
        child_->spec.onExit = nullptr;
        kill();
    }
    int pid() const override { return child_->pid; }
    void kill() override {
        if (!child_->ended) ::kill(-child_->pid, SIGKILL);
    }
    void flushOutput() override { child_->drain(); }

private:
    std::shared_ptr<Child> child_;
};

}  // namespace

std::unique_ptr<Process> AsioOutside::spawn(ProcessSpec spec) {
    int pipe[2];
    if (::pipe2(pipe, O_CLOEXEC) != 0) check(errno, "pipe2");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, pipe[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, pipe[1], STDERR_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&actions, 3);   // none of our sockets or files
    if (!spec.folder.empty()) posix_spawn_file_actions_addchdir_np(&actions, spec.folder.c_str());
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);

    std::vector<std::string> environment;
    for (const auto& [name, value] : spec.environment) environment.push_back(name + "=" + value);
    auto command = spec.command;
    int pid = 0;
    const int error = posix_spawnp(&pid, command.front().c_str(), &actions, &attributes, pointers(command).data(), pointers(environment).data());
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    ::close(pipe[1]);
    if (error) {
        ::close(pipe[0]);
        check(error, "cannot start " + command.front());
    }
    if (spec.memoryLimitBytes) {
        const rlimit limit{spec.memoryLimitBytes, spec.memoryLimitBytes};
        ::prlimit(pid, RLIMIT_AS, &limit, nullptr);
    }
    const rlimit noCore{0, 0};
    ::prlimit(pid, RLIMIT_CORE, &noCore, nullptr);
    ::fcntl(pipe[0], F_SETFL, O_NONBLOCK);
    auto child = std::make_shared<Child>(io_, std::move(spec), pid, pipe[0]);
    child->readOutput();
    child->awaitEnd();
    return std::make_unique<SpawnedProcess>(std::move(child));
}

}  // namespace backlot::http
