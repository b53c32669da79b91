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

/// What a process that is kept apart sees of the machine beside the system's folders, which it can read and not write.
struct Confinement {
    std::string task, runtime;  // folders that it reads as /var/task and /var/runtime
    std::string temporary;      // its folder for what it writes, where it cannot have a /tmp of its own
    std::uint64_t temporaryBytes = 512ull << 20;  // how much that may be
    std::vector<std::string> hidden;              // folders that are none of its business; absolute, without links
};

struct ProcessSpec {
    std::vector<std::string> command;                // command[0] is a path
    std::map<std::string, std::string> environment;  // the whole environment of the child
    std::string folder;                              // its working directory
    std::optional<Confinement> confinement = {};     // none: it may do what we may
    std::function<void(std::string_view)> onOutput;  // standard output and error, as it comes
    std::function<void(int status)> onExit;          // waitpid's status; after the last onOutput; the last callback
    /// In place of onExit, where it was not to be started: "fork/exec /var/task/bootstrap: permission denied".
    std::function<void(const std::string& problem)> onNotStarted = {};
};

/// A child process in a session of its own. It ends, and all that it has started, when it is let go and when we end, in
/// whatever manner.
class Process {
public:
    virtual ~Process() = default;
    virtual int pid() const = 0;  // while it is being started that of one above it
    virtual void kill() = 0;      // SIGKILL to it and to all that it has started; onExit follows
    /// Hands what it has written until now to onOutput, before returning.
    virtual void flushOutput() {}
    /// Whether the connection from `peer` (Request::peer) to our `port` is its own or that of what it has started.
    virtual bool owns(const std::string& /*peer*/, std::uint16_t /*port*/) { return true; }
};

class Outside {
public:
    virtual ~Outside() = default;
    /// Serves HTTP on 127.0.0.1 at `port` (0: a free one). Throws std::runtime_error where it is taken.
    virtual Listening listen(std::uint16_t port, RequestHandler handler) = 0;
    /// Sends a request to "http://host:port/target". The answer, or nothing where none came within `limit`.
    virtual void fetch(const std::string& url, Request request, std::chrono::milliseconds limit,
                       std::function<void(std::optional<Response>)> done) = 0;
    /// Throws std::system_error where no process can be had.
    virtual std::unique_ptr<Process> spawn(ProcessSpec spec) = 0;
    /// Whether confined processes have a file system of their own, with /var/task, /var/runtime and /tmp; else they run
    /// where things lie.
    virtual bool ownFileSystem() { return false; }
    /// Calls back once, after that much wall-clock time.
    virtual Held after(std::chrono::milliseconds delay, std::function<void()> callback) = 0;
    /// Runs `work` on a helper thread (password hashing, unzipping), then `done` on the world's thread.
    virtual void offload(std::function<void()> work, std::function<void()> done) = 0;
};

}  // namespace backlot
