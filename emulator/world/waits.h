#pragma once
// The waits that operations left: in memory, asked again when signalled, when due, and a last time at their limit.

#include <chrono>
#include <list>
#include <memory>
#include <set>
#include <unordered_map>

#include "emulator/world/world.h"

namespace backlot {

using SteadyTime = std::chrono::steady_clock::time_point;

/// Whom the automatic clock minds before it jumps: while a client speaks it stands still, because the next request
/// comes at once, but not in the same instant.
class Patience {
public:
    void heardClient(SteadyTime wall);
    /// When the clock may jump.
    SteadyTime goesAt(SteadyTime wall) const;
    std::optional<SteadyTime> next;  // when to look again

private:
    std::optional<SteadyTime> speechBegan_, lastHeard_;
};

/// A wait and whose it is.
struct World::ParkedWait {
    Wait wait;
    Door* door;
    std::string account, region;
    Cause cause;
    std::uint64_t parent = 0;  // the entry that a client's call came under; 0: none
    std::uint64_t asks = 0;
    std::weak_ptr<void> client;
    bool hasClient = false;
    std::function<void(Outcome)> done;
    std::string jobKey;  // of the running job whose answer this is; empty: a client's
    Time since;
    std::optional<Time> lastAsk;  // of the world's clock, where it is moved past the limit
    std::optional<SteadyTime> wallLimit;
    bool marked = false;                 // to be asked
    std::optional<std::size_t> request;  // which of this drain's requests left it
    std::list<ParkedWait>::iterator self;
    bool isAside = false;  // ended, if the drain's commit comes about
};

class World::Waits {
public:
    using Entry = ParkedWait;

    Entry& park(Entry entry);
    /// Marks those that wait for the topic.
    void signal(const std::string& topic);
    /// Marks those whose moment has come.
    void mark(Time now, SteadyTime wall);
    /// Marks those whose clients have gone; whether there were any.
    bool markLeft();
    bool anyMarked() const { return !marked_.empty(); }
    bool anyClientMarked() const;
    /// The next one to ask, in the order they were marked; null where there is none.
    Entry* takeMarked();
    /// The same among those that a client waits for.
    Entry* takeMarkedClient();
    /// Ends the wait of one that was taken, until dropAside() for good: restoreAside() takes all of them back, to be
    /// asked again.
    void setAside(Entry& entry);
    void dropAside() { aside_.clear(); }
    std::vector<Entry*> restoreAside();
    /// The one set aside last; null where there is none.
    Entry* lastAside() { return aside_.empty() ? nullptr : &aside_.back(); }
    /// Ends the wait at once, wherever it stands.
    void remove(Entry& entry);
    /// After an ask that changed askAt: waits on.
    void keepWaiting(Entry& entry);
    std::optional<Time> nextMoment() const;
    std::optional<SteadyTime> nextWallLimit() const;
    const std::list<Entry>& all() const { return entries_; }
    /// Whom the automatic clock minds before it jumps.
    Patience patience;

private:
    void markEntry(Entry& entry);
    void index(Entry& entry);
    void unindex(Entry& entry);
    Entry* take(std::list<Entry*>::iterator place);
    std::list<Entry> entries_, aside_;
    std::unordered_multimap<std::string, Entry*> byTopic_;
    std::set<std::pair<Time, Entry*>> byTime_;
    std::set<std::pair<SteadyTime, Entry*>> byWall_;
    std::list<Entry*> marked_;
};

}  // namespace backlot
