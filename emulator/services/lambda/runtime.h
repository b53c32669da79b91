#pragma once

#include <deque>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "emulator/services/lambda/code_folders.h"
#include "emulator/services/lambda/instance.h"
#include "emulator/services/lambda/invocation.h"
#include "emulator/services/lambda/settings.h"

namespace backlot::lambda {

/// Runs invocations: keeps warm instances, starts new ones, decides whose turn it is. All of it is memory; an
/// invocation that must outlast the process has a job that asks for it again.
///
/// In real time invocations run side by side, as many as the account's and the functions' concurrency allow. Under a
/// clock that stands still one runs at a time, so that function processes cannot race: the waiting ones take turns in
/// an order that the dice choose, and one that waits for an answer of ours itself passes its turn on.
/// Differs: a call that does not carry its invocation's trace header is not known to be the function's; while it waits
/// for others, they get their turn only after a second of wall-clock time.
class Runtime {
public:
    explicit Runtime(Settings settings);
    ~Runtime();
    Runtime(const Runtime&) = delete;
    Runtime& operator=(const Runtime&) = delete;
    const Settings& settings() const { return settings_; }
    bool unpacked(const std::string& sha) const { return folders_.has(sha); }

    /// Throws TooManyRequestsException where the function or the account has no room for one more; the invocation's
    /// slot is taken until it ends.
    void takeSlot(Invocation& invocation, std::optional<std::int64_t> reserved);
    /// Queues the invocation. It runs only if the transaction comes about, and while somebody (the wait) still holds
    /// it.
    void enqueue(Call& call, const std::shared_ptr<Invocation>& invocation);

    // Internal operations
    Json takeTurn(Call& call, const Fields& request);
    Json invocationEnded(Call& call, const Fields& request);
    /// A call that came from the invocation with this entry in the record waits for its answer, or has got it.
    void callerWaits(std::uint64_t entry, bool waits);

    /// The function with this ARN, or its one `version`, has been changed or deleted: instances but those of the
    /// version `keep` end, at once or with the invocation they have.
    void retireOlder(Call& call, const std::string& arn, const std::string& version = {}, const std::string& keep = {});

    /// Ends all instances and drops every invocation: the store's contents have been replaced.
    void forget();

private:
    using Turns = std::vector<std::shared_ptr<Invocation>>;
    void assign(const std::shared_ptr<Invocation>& invocation);
    void occupySlot(Invocation& invocation);
    std::shared_ptr<BusyHold> holdOf(const Invocation& invocation);
    bool runWarm(const std::shared_ptr<Invocation>& invocation);
    void startInstance(const std::shared_ptr<Invocation>& invocation);
    void launch(const std::shared_ptr<Invocation>& invocation, const std::filesystem::path& folder);
    Launch launchOf(const Version& version, const std::filesystem::path& folder);
    void chooseCommand(const Version& version, Launch& launch);
    void report(const Invocation& invocation);
    bool storeLog(Call& call, const std::shared_ptr<Invocation>& invocation);
    void serveBacklog();
    void losePatience();
    void retire(Instance& instance);
    void watch();
    void reap();
    std::size_t startingCount() const;

    Settings settings_;
    CodeFolders folders_;
    std::optional<Outlet> outlet_;  // known from the first invocation on
    bool virtualTime_ = false;
    std::list<std::unique_ptr<Instance>> instances_, retired_;
    std::deque<std::shared_ptr<Invocation>> backlog_;  // real time: wait for an instance to start
    std::list<std::weak_ptr<Invocation>> announced_;   // still clock: their TakeTurn has not run yet
    Turns waiting_, active_, paused_;                  // still clock
    std::unordered_map<std::string, std::shared_ptr<Invocation>>
        ended_;                                                   // reported, their InvocationEnded has not run yet
    std::map<std::string, int> concurrency_;                      // by account, and by function ARN
    std::shared_ptr<int> generation_ = std::make_shared<int>(0);  // callbacks of before a forget() find it gone
    Held watch_, reaper_, funeral_, patience_;
    std::size_t starting_ = 0;  // archives being unpacked for an instance
};

/// The version as its instances need it; `config` is a stored row (functions.h).
std::shared_ptr<const Version> versionFrom(const std::string& account, const std::string& region,
                                           const std::string& name, const Json& config);

}  // namespace backlot::lambda
