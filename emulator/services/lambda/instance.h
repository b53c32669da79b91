#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "emulator/services/lambda/invocation.h"
#include "emulator/services/lambda/settings.h"

namespace backlot::lambda {

/// What an instance runs.
struct Launch {
    std::vector<std::string> command;  // empty: there is nothing to run, `problem` says why
    std::string problem;
    std::filesystem::path taskRoot;   // the function's code
    std::filesystem::path runtime;    // where our part of what runs it lies
    std::filesystem::path temporary;  // empty: it has a /tmp of its own
    std::optional<Confinement> confinement;
    /// As the process itself sees them.
    std::string seenTaskRoot() const { return temporary.empty() ? "/var/task" : taskRoot.string(); }
    std::string seenTemporary() const { return temporary.empty() ? "/tmp" : temporary.string(); }
};

/// A warm function: one process and its Runtime API, one invocation at a time. Everything happens on the world's
/// thread, outside of operations.
class Instance {
public:
    struct Events {
        /// The invocation has its result and its log; the instance takes the next one unless it is gone().
        std::function<void(Instance&, std::shared_ptr<Invocation>)> ended;
        /// The process asked for its first invocation.
        std::function<void(Instance&)> ready;
        /// The world's clock, for logs.
        std::function<Time()> now;
        /// The clock stands still: what is measured by the machine's clock stays out of the log, so that runs are
        /// alike.
        bool virtualTime = false;
    };

    /// Starts the process. `first` is the invocation that it is started for.
    Instance(const Settings& settings, Launch launch, std::shared_ptr<Invocation> first, Events events);
    ~Instance();
    Instance(const Instance&) = delete;
    Instance& operator=(const Instance&) = delete;

    const Version& version() const { return *version_; }
    bool gone() const { return gone_; }
    bool starting() const { return !ready_ && !gone_; }
    bool busy() const { return current_ != nullptr; }
    std::chrono::steady_clock::time_point idleSince() const { return idleSince_; }
    /// Hands over an invocation; the instance must be neither busy nor gone.
    void run(std::shared_ptr<Invocation> invocation);
    /// The function has been changed or deleted: the process ends with the invocation it has.
    void retireAfterwards() { outdated_ = true; }
    /// Kills the process where it uses more memory than the function has.
    void checkMemory();
    int pid() const { return process_ ? process_->pid() : 0; }

private:
    void start(const Settings& settings);
    std::map<std::string, std::string> environment(const Settings& settings, std::uint16_t port) const;
    void serve(Request request, Respond respond);
    void next(Respond respond);
    void hand();
    void answered(const Request& request, std::string_view id, bool failed, const Respond& respond);
    void initFailed(const Request& request, const Respond& respond);
    void output(std::string_view text);
    void exited(int status);
    void notStarted(const std::string& problem);
    void timedOut();
    /// Ends the present invocation. `gone`: the process is killed.
    void finish(std::string functionError, std::string result, bool goes, std::string_view status = {});
    std::string failure(std::string_view type, std::string_view message) const;
    void line(std::string text);
    void writeStart();
    void writeReport(std::string_view status);

    Outside& outside_;
    std::shared_ptr<const Version> version_;
    Launch launch_;
    Events events_;
    std::string logStream_;
    Listening listening_;
    std::unique_ptr<Process> process_;
    std::shared_ptr<Invocation> current_;
    bool handed_ = false;  // the process has the present invocation
    std::string peer_;     // of the last connection that was found to be the process's
    Respond waiting_;      // its open request for the next one
    Held deadline_;
    bool ready_ = false, gone_ = false, firstReport_ = true;
    bool outOfMemory_ = false, outdated_ = false;
    std::chrono::steady_clock::time_point began_, handedAt_, idleSince_;
    std::chrono::microseconds initDuration_{};
    std::size_t peakBytes_ = 0;
    unsigned looks_ = 0;   // at its memory
    std::string partial_;  // output without its newline yet
    LogBuffer initLog_;    // printed before the first invocation, or between two
};

}  // namespace backlot::lambda
