// Child processes by posix_spawn, each below a launcher (emulator/launcher) that ends as it ended: their output through
// a pipe, their end through a pidfd.

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <system_error>
#include <utility>

#include "emulator/base/process_tree.h"
#include "emulator/http/outside.h"
#include "emulator/launcher/launcher.h"

namespace backlot::http {
namespace {

namespace net = boost::asio;
using boost::system::error_code;

constexpr std::size_t kPipeBytes = 65'536;    // Linux's size of a pipe
constexpr std::size_t kMostProcesses = 1100;  // below one launcher, whose limit is 1,024

void check(int error, const std::string& what) {
    if (error) throw std::system_error(error, std::generic_category(), what);
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> result;
    for (auto& text : texts) result.push_back(text.data());
    result.push_back(nullptr);
    return result;
}

struct Pipe {
    int readEnd = -1, writeEnd = -1;
    Pipe() {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0) check(errno, "pipe2");
        // Above the numbers that the child gets its own at, so that none overwrites another.
        readEnd = moved(ends[0]);
        writeEnd = moved(ends[1]);
        ::fcntl(readEnd, F_SETFL, O_NONBLOCK);
    }
    ~Pipe() {
        if (readEnd >= 0) ::close(readEnd);
        ::close(writeEnd);
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    int takeReadEnd() { return std::exchange(readEnd, -1); }

private:
    static int moved(int file) {
        const int result = ::fcntl(file, F_DUPFD_CLOEXEC, launcher::kProgramFile + 1);
        const int error = errno;
        ::close(file);
        if (result < 0) check(error, "pipe2");
        return result;
    }
};

struct Child : std::enable_shared_from_this<Child> {
    Child(net::io_context& io, ProcessSpec given, int pid, int launchers, int output, int report)
        : spec(std::move(given)),
          pid(pid),
          launchers(launchers),
          report(report),
          output(io, output),
          end(io, static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))) {}
    ~Child() { ::close(report); }

    ProcessSpec spec;
    int pid, launchers;  // of the first launcher; how many there are above the process itself
    int own = 0;         // the process itself, once it is known
    int report;          // what a launcher says of a start that failed
    net::posix::stream_descriptor output, end;
    std::array<char, 16'384> buffer;
    bool outputOpen = true, ended = false;

    void readOutput() {
        output.async_wait(net::posix::descriptor_base::wait_read, [self = shared_from_this()](error_code error) {
            if (error) return;
            self->drain(self->buffer.size());
            if (self->outputOpen && !self->ended) self->readOutput();
        });
    }

    /// Reads what is there, and no more than `left` bytes: who prints without end waits, and keeps the world from
    /// nothing. Waiting and reading are two steps so that nothing read is ever on its way when somebody asks for all
    /// there is.
    void drain(std::size_t left) {
        if (!output.is_open()) return;
        while (left > 0 && outputOpen) {
            const ssize_t n =
                ::read(output.native_handle(), buffer.data(), std::min(buffer.size(), left));  // does not block
            if (n == 0) outputOpen = false;
            if (n <= 0) return;
            left -= static_cast<std::size_t>(n);
            if (spec.onOutput) spec.onOutput({buffer.data(), static_cast<std::size_t>(n)});
        }
    }

    void awaitEnd() {
        end.async_wait(net::posix::descriptor_base::wait_read,
                       [self = shared_from_this()](error_code) { self->finish(); });
    }

    void finish() {
        ended = true;
        int status = 0;
        ::waitpid(pid, &status, 0);
        drain(kPipeBytes);  // what it wrote last may not have been read yet
        error_code ignored;
        output.close(ignored);
        end.close(ignored);
        const auto onExit = std::move(spec.onExit);
        const auto onNotStarted = std::move(spec.onNotStarted);
        spec.onOutput = nullptr;
        const ssize_t said = ::read(report, buffer.data(), buffer.size());  // does not block
        if (said > 0 && onNotStarted)
            onNotStarted(std::string(buffer.data(), static_cast<std::size_t>(said)));
        else if (onExit)
            onExit(status);
    }
};

class SpawnedProcess : public Process {
public:
    explicit SpawnedProcess(std::shared_ptr<Child> child) : child_(std::move(child)) {}
    ~SpawnedProcess() override {
        child_->spec.onOutput = nullptr;  // whoever let it go hears no more of it
        child_->spec.onExit = nullptr;
        child_->spec.onNotStarted = nullptr;
        kill();
    }
    int pid() const override {
        if (child_->own) return child_->own;
        const auto most = static_cast<std::size_t>(child_->launchers) + 1;
        const auto chain = processesOf(child_->pid, most, Threads::first);
        if (chain.size() == most) child_->own = chain.back();
        return chain.back();
    }
    void kill() override {
        if (!child_->ended) ::kill(child_->pid, SIGTERM);  // the launcher ends all that is below it, and then itself
    }
    void flushOutput() override { child_->drain(kPipeBytes); }
    bool owns(const std::string& peer, std::uint16_t port) override {
        return ownerOf(peer, port, processesOf(child_->pid, kMostProcesses)) != PeerOwner::somebodyElse;
    }

private:
    std::shared_ptr<Child> child_;
};

}  // namespace

bool AsioOutside::mayBeOurChilds(const std::string& peer, std::uint16_t port) {
    std::erase_if(children_, [](const auto& child) { return child.expired(); });
    if (children_.empty()) return false;
    std::vector<int> processes;
    for (const auto& each : children_)
        if (const auto child = each.lock())
            for (const int pid : processesOf(static_cast<const Child*>(child.get())->pid, kMostProcesses))
                processes.push_back(pid);
    const PeerOwner owner = ownerOf(peer, port, processes);
    if (owner != PeerOwner::unknown) return owner == PeerOwner::oneOfThem;
    // A child may have closed its end already (then the connection may have no address either); who comes from another
    // machine never had one here.
    error_code error;
    const auto address = net::ip::make_address(peer.substr(0, peer.rfind(':')), error);
    return error || address.is_loopback() || address.is_unspecified();
}

std::unique_ptr<Process> AsioOutside::spawn(ProcessSpec spec) {
    auto command = sandbox_.command(spec);
    const int program = sandbox_.program();
    Pipe output, report;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, output.writeEnd, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output.writeEnd, STDERR_FILENO);
    posix_spawn_file_actions_adddup2(&actions, report.writeEnd, launcher::kReportFile);
    posix_spawn_file_actions_adddup2(&actions, program, launcher::kProgramFile);
    posix_spawn_file_actions_addclosefrom_np(&actions, launcher::kProgramFile + 1);  // none of our sockets or files
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
    const std::string path = "/proc/self/fd/" + std::to_string(launcher::kProgramFile);
    int pid = 0;
    const int error =
        posix_spawn(&pid, path.c_str(), &actions, &attributes, pointers(command).data(), pointers(environment).data());
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    check(error, "cannot start " + spec.command.front());
    const int launchers = spec.confinement && sandbox_.namespaces() ? 2 : 1;
    auto child =
        std::make_shared<Child>(io_, std::move(spec), pid, launchers, output.takeReadEnd(), report.takeReadEnd());
    children_.push_back(child);
    child->readOutput();
    child->awaitEnd();
    return std::make_unique<SpawnedProcess>(std::move(child));
}

}  // namespace backlot::http
