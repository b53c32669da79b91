#pragma once
// The one world: all services' state, one thread, one order.

#include <chrono>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "emulator/store/store.h"
#include "emulator/world/call.h"
#include "emulator/world/clock.h"
#include "emulator/world/operation.h"
#include "emulator/world/outlet.h"
#include "emulator/world/record.h"
#include "emulator/world/submission.h"

namespace backlot {

struct BusyItem {
    std::string kind, id, why;
    Time since;
};

struct DueItem {
    Time due;
    std::string service, operation, label;
    bool background = false;
};

/// What a fault does to one call. Asked at the door before the operation runs.
struct Fault {
    std::optional<AwsError> before;  // fails without its effect
    std::optional<AwsError> after;   // the effect stays, the answer is this
};

struct WorldOptions {
    StoreOptions store;
    std::optional<ClockMode> clock = {};  // none: what the store was last set to; of a new one, real
    std::optional<Time> start;            // none: the machine's clock now
    std::optional<std::uint64_t> seed;    // none: drawn from the machine
    MachineClocks machine = {};
    std::size_t recordEntries = 50'000;     // how many the record keeps
    std::size_t operationsPerCommit = 256;  // at most; tests that end the process between any two set 1
};

/// What the world asks of the program around it; each may be empty.
struct WorldHooks {
    /// Checks a request against the API models. Throws AwsError.
    std::function<void(std::string_view service, std::string_view operation, const Json& request)> checkRequest = {};
    /// The faults' place at the one door.
    std::function<std::optional<Fault>(const std::string& service, const std::string& operation, const Json& request,
                                       const Cause&)>
        faultFor = {};
    /// A client's request carried a member ("Configuration.Tags") that the operation, which succeeded, neither looked
    /// at nor lists as ignored. Called in builds of type Debug only.
    std::function<void(const std::string& service, std::string_view operation, const std::string& member)> onUnread =
        {};
    /// There may be something to drain: drain() is to be called soon, on the world's thread.
    std::function<void()> onWork = {};
};

class World {
public:
    explicit World(WorldOptions options, WorldHooks hooks = {});
    ~World();

    // --- the parts list ---------------------------------------------------------------------------------------
    void add(Service service);
    /// Opens for work once every service is added: takes up jobs that were running when the process ended.
    void start();

    // --- work ---------------------------------------------------------------------------------------------------
    void submit(Submission submission);
    /// Clients have gone (Submission::client): what waits for them is dropped now, not when its time is over.
    void clientsLeft();
    /// Takes a bounded share of what waits (requests, then due jobs) through one transaction, commits, answers.
    /// True: call again soon.
    bool drain();
    /// Wall-clock time until drain() has something to do by itself; nothing where only a new request can bring it.
    std::optional<Duration> untilNext() const;

    // --- time and idleness ------------------------------------------------------------------------------------
    Clock& clock() { return clock_; }
    Time now() const { return clock_.now(); }
    /// The clock stands where it was sent; `error`: but the store could not be told, so a restart may not know.
    struct Arrival {
        std::size_t fired = 0;  // instants at which something was due
        std::optional<AwsError> error;
    };
    /// Moves the clock to `to`, stopping at every due instant on the way until that instant's work is idle, and answers
    /// once that is stored. Not in real time mode with work outside: there it does not wait between instants.
    void advance(Time to, std::function<void(const Arrival&)> done);
    /// Moves to the next due job that is no house-keeping; stays where there is none.
    void advanceToNext(std::function<void(const Arrival&)> done);
    /// How time passes from now on; kept over a restart that does not ask for another mode. Throws InternalFailure
    /// where that cannot be stored.
    void setClockMode(ClockMode mode);
    /// Who is busy now: empty means idle.
    std::vector<BusyItem> busy() const;
    bool idle() const;
    /// The next timers, soonest first.
    std::vector<DueItem> due(std::size_t limit) const;
    /// Calls back with an empty list when the world is idle, or with who is busy after `limit` of wall-clock time.
    void whenIdle(std::chrono::milliseconds limit, std::function<void(std::vector<BusyItem>)> done);
    /// Busy until the hold goes.
    std::shared_ptr<BusyHold> hold(std::string kind, std::string id, std::string why);

    // --- state ------------------------------------------------------------------------------------------------
    /// Empties the world and begins anew, with the seed and the start time it had (real time: now). Throws StoreError.
    void reset();
    /// The world of this instant; it goes on while that is written out.
    Saving save();
    /// Goes on from contents that the store has received. Where it cannot, it throws and the present world goes on. The
    /// result is what was there: letting go of a large one takes a while.
    std::shared_ptr<Environment> load(Incoming contents);
    Store& store() { return store_; }
    std::uint64_t seed() const { return seed_; }

    // --- looking ----------------------------------------------------------------------------------------------
    const std::map<std::string, Service, std::less<>>& services() const { return services_; }
    const Operation* find(std::string_view service, std::string_view operation) const;
    /// Checks a request against the API model. Throws AwsError.
    void check(std::string_view service, std::string_view operation, const Json& request) const;
    /// The record, oldest first, after the entry numbered `after`.
    void scanRecord(std::uint64_t after, const Record::Each& each) const;
    /// The same, newest first, before the entry numbered `before`.
    void scanRecordBack(std::uint64_t before, const Record::Each& each) const;
    /// Looks at something large a piece at a time: `step` only reads, for a millisecond or two, and is called again
    /// between other work until it answers false.
    void browse(std::function<bool()> step);
    Record& record() { return record_; }
    struct Count {
        std::uint64_t calls = 0, errors = 0;
    };
    /// By "sqs:SendMessage"; only what was called.
    std::map<std::string, Count> counts() const;

private:
    friend class Call;
    friend class BusyHold;
    class Waits;
    struct ParkedWait;
    struct Advance;
    struct IdleWait;
    struct Tables {
        Table meta, jobs, subscriptions, record, sweeps;
    };
    /// One operation as the door knows it.
    struct Door {
        const Service* service = nullptr;
        const Operation* operation = nullptr;
        Table rows;
        Count count;
    };
    /// Who performs an operation, and why.
    struct Caller {
        const std::string& account;
        const std::string& region;
        Cause cause;            // the operation's own: `entry` is its reserved number
        std::uint64_t parent;   // the entry that caused it
        std::string_view kind;  // of the record's entry
        bool isClient = false;  // its request is as it came from outside
    };
    struct Hand;
    struct Trouble;

    void openTables();
    void open();
    Door* door(std::string_view service, std::string_view operation);
    Outcome perform(Batch& batch, Door& door, const Json& request, const Caller& caller, std::optional<Wait>& wait);
    Reply run(const Door& door, Call& call, const Json& request, bool fromClient) const;
    void runSubmission(Batch& batch, Submission submission);
    bool runNextSubmission(Batch& batch, std::deque<Submission>& from);
    bool runDueJob(Batch& batch);
    void finishJob(Batch& batch, const std::string& key, const Json& row, const Cause& cause, Outcome outcome);
    void askWaiters(Batch& batch);
    void ask(Batch& batch, ParkedWait& entry);
    void settleSignals(Batch& batch);
    void workTogether(Batch& batch);
    bool workAlone(Batch& batch);
    bool workLeft() const;
    bool workNow() const;
    bool worksOutside() const;
    bool jobsGoFirst();
    void commit(Batch& batch);
    void rollBack(Batch& batch, const StoreError& error);
    void takeBack();
    void reviveStore(bool mapIsFull = false);
    void writeDown(Txn& txn);
    void sweepLater(Txn& txn, Table rows, std::string_view prefix);
    void sweepSome(Batch& batch);
    bool sweepRows(Txn& txn, KeyReader sweep);
    bool sweepWaits() const { return nextSweep_ && !trouble_ && *nextSweep_ <= std::chrono::steady_clock::now(); }
    Cause clientCause(const std::optional<Cause>& given, std::uint64_t& parent);
    JobId storeJob(Call& call, Time due, Job job);
    void fireSubscriptions(Batch& batch, const std::string& topic);
    void afterDrain();
    void browseOnce();
    void continueAdvance();
    void checkIdle();
    void wakeShell() const;
    void tellCallerWaits(std::uint64_t entry, bool waits) const;
    void abandon(const char* why);
    void flush();
    void refreshNextJob(const Txn& txn);
    void storeClock(Txn& txn);

    Store store_;
    WorldOptions options_;
    const WorldHooks hooks_;
    Clock clock_;
    std::uint64_t seed_;
    std::uint64_t boot_ = 0;  // how often this store was opened: clients' requests are numbered within it
    std::uint64_t arrivals_ = 0;
    std::size_t jobsSinceRequest_ = 0;
    std::unordered_map<std::uint64_t, std::uint64_t> childCalls_;  // entry → how many calls came from outside under it
    std::uint64_t nextJob_ = 1;                                    // sequence number
    std::uint64_t nextAsk_ = 1;
    Tables tables_{};
    std::map<std::string, Service, std::less<>> services_;
    std::vector<const Service*> listening_;        // those with callerWaits
    std::unordered_map<std::string, Door> doors_;  // "sqs:SendMessage"
    std::deque<Submission> queue_;
    std::unique_ptr<Waits> waits_;
    std::unique_ptr<Hand> hand_;        // what this drain has taken up
    std::unique_ptr<Trouble> trouble_;  // the store took no commit lately
    std::deque<Submission> held_;       // reports nobody can be told of that failed: tried again
    std::map<std::uint64_t, BusyItem> holds_;
    std::uint64_t nextHold_ = 1;
    Record record_;
    std::optional<Time> nextDue_, nextForeground_;  // the first stored job; the first that is no house-keeping
    std::unique_ptr<Advance> advance_;
    std::list<IdleWait> idleWaits_;
    std::deque<std::function<bool()>> browsing_;
    std::string storedClock_;
    bool modeIsSet_ = false;                           // by setClockMode, in this store's life
    std::chrono::steady_clock::time_point lastEnded_;  // when an operation ended last
    bool started_ = false, draining_ = false;
    std::optional<std::chrono::steady_clock::time_point> nextSweep_;  // there are rows to remove that nobody can reach
};

class BusyHold {
public:
    BusyHold(World& world, std::uint64_t id) : world_(world), id_(id) {}
    ~BusyHold();
    BusyHold(const BusyHold&) = delete;
    BusyHold& operator=(const BusyHold&) = delete;

private:
    World& world_;
    std::uint64_t id_;
};

}  // namespace backlot
