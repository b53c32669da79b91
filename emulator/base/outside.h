#pragma once
// What lies outside the world, as the services that need it see it: sockets, processes, wall-clock timers.
// Implemented once over Boost.Asio in emulator/http; tests bring their own. Everything is called on the world's
// thread and every callback comes back on it, between operations, never inside one.

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "emulator/base/http_message.h"

namespace backlot {

using Respond = std::function<void(Response)>;
/// Answers now or later, exactly once.
using RequestHandler = std::function<void(Request, Respond)>;

/// Stops what it stands for when it goes: a listener, a timer.
class Subscription {
public:
    virtual ~Subscription() = default;
};
using Held = std::unique_ptr<Subscription>;

struct Listening {
    Held listener;
    std::uint16_t port = 0;
};

struct ProcessSpec {
    std::vector<std::string> command;                 // command[0] is looked up in PATH where it holds no slash
    std::map<std::string, std::string> environment;   // the whole environment of the child
    std::string folder;                               // its working directory
    std::uint64_t memoryLimitBytes = 0;               // RLIMIT_AS; 0: none
    std::function<void(std::string_view)> onOutput;   // standard output and error, as it comes
    std::function<void(int status)> onExit;           // waitpid's status; after the last onOutput; the last callback
};

/// A child process in a session of its own; letting it go kills its whole process group.
class Process {
public:
    virtual ~Process() = default;
    virtual int pid() const = 0;
    virtual void kill() = 0;   // SIGKILL to its process group; onExit follows
    /// Hands what it has written until now to onOutput, before returning.
    virtual void flushOutput() {}
};

class Outside {
public:
    virtual ~Outside() = default;
    /// Serves HTTP on 127.0.0.1 at `port` (0: a free one). Throws std::runtime_error where it is taken.
    virtual Listening listen(std::uint16_t port, RequestHandler handler) = 0;
    /// Sends a request to "http://host:port/target". The answer, or nothing where none came within `limit`.
    virtual void fetch(const std::string& url, Request request, std::chrono::milliseconds limit,
                       std::function<void(std::optional<Response>)> done) = 0;
    /// Throws std::system_error where the program cannot be started.
    virtual std::unique_ptr<Process> spawn(ProcessSpec spec) = 0;
    /// Calls back once, after that much wall-clock time.
    virtual Held after(std::chrono::milliseconds delay, std::function<void()> callback) = 0;
    /// Runs `work` on a helper thread (password hashing, unzipping), then `done` on the world's thread.
    virtual void offload(std::function<void()> work, std::function<void()> done) = 0;
};

}  // namespace backlot
