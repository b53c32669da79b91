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
#include "emulator/world/record.h"

namespace backlot {

/// How a request ended.
using Outcome = std::variant<Json, AwsError>;

/// A request from outside the world: a client's, or what a function process reports.
struct Submission {
    std::string service, operation;
    Json request;
    std::string account = "000000000000", region = "us-east-1";
    std::optional<Cause> cause = {};                 // none: a new trace begins
    std::function<void(Outcome)> done = {};          // called after the commit; may be empty
    std::weak_ptr<void> client = {};                 // a wait whose client has gone is abandoned; empty: nobody can go
    bool checked = true;                             // false: the request is checked against the API model first
    bool fromClient = true;                          // false: may call operations marked `internal`
};

struct BusyItem {
    std::string kind, id, why;
    Time since;
};

struct DueItem {
    Time due;
    std::string service, operation, label;
    bool background = false;
};

/// Held by what is busy outside the world (an invocation in flight, a webhook on its way): idle waits for it.
class BusyHold;

/// What a fault does to one call. Asked at the door before the operation runs.
struct Fault {
    std::optional<AwsError> before;   // fails without its effect
    std::optional<AwsError> after;    // fails although its effect happened
    Duration delay{};                 // answers that much later, on the world's clock
};

struct WorldOptions {
    StoreOptions store;
    ClockMode clock = ClockMode::real;
    std::optional<Time> start;             // none: the machine's clock now
    std::optional<std::uint64_t> seed;     // none: drawn from the machine
};

class World {
public:
    explicit World(WorldOptions options);
    ~World();

    // --- the parts list ---------------------------------------------------------------------------------------
    void add(Service service);
    /// Opens for work once every service is added: takes up jobs that were running when the process ended.
    void start();
    /// Checks requests that come from inside (states, pipes) against the API models. Throws AwsError.
    std::function<void(std::string_view service, std::string_view operation, const Json& request)> checkRequest;
    /// The faults' place at the one door.
    std::function<std::optional<Fault>(const std::string& service, const std::string& operation, const Json& request, const Cause&)> faultFor;
    /// Called whenever there may be something to drain: the shell then calls drain() soon, on the world's thread.
    std::function<void()> onWork;

    // --- work ---------------------------------------------------------------------------------------------------
    void submit(Submission submission);
    /// Takes a bounded share of what waits (requests, then due jobs) through one transaction, commits, answers.
    /// True: call again soon.
    bool drain();
    /// Wall-clock time until drain() has something to do by itself; nothing where only a new request can bring it.
    std::optional<Duration> untilNext() const;

    // --- time and idleness ------------------------------------------------------------------------------------
    Clock& clock() { return clock_; }
    Time now() const { return clock_.now(); }
    /// Moves the clock to `to`, stopping at every due instant on the way until that instant's work is idle; `done` with the
    /// jobs that fired. Not in real time mode with work outside: there it does not wait between instants.
    void advance(Time to, std::function<void(std::size_t fired)> done);
    /// Moves to the next due job that is no house-keeping; `done(0)` where there is none.
    void advanceToNext(std::function<void(std::size_t fired)> done);
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
    /// Empties the world and begins anew, with the seed and the start time it had (real time: now).
    void reset();
    void save(const std::filesystem::path& file);
    void load(const std::filesystem::path& file);
    Store& store() { return store_; }
    std::uint64_t seed() const { return seed_; }

    // --- looking ----------------------------------------------------------------------------------------------
    const std::map<std::string, Service, std::less<>>& services() const { return services_; }
    const Operation* find(std::string_view service, std::string_view operation) const;
    /// The record, oldest first, after the entry numbered `after`.
    void scanRecord(std::uint64_t after, const std::function<bool(const RecordEntry&)>& each) const;
    Record& record() { return record_; }
    struct Count {
        std::uint64_t calls = 0, errors = 0;
    };
    const std::map<std::string, Count, std::less<>>& counts() const { return counts_; }   // "sqs:SendMessage"

private:
    friend class Call;
    friend class Batch;
    friend class BusyHold;
    struct Waiter;
    struct Tables {
        Table meta, jobs, subscriptions, record;
    };
    using Done = std::function<void(Outcome)>;

    void openTables();
    void readBoot();
    Table rowsOf(const Service& service) const;
    bool workWaits() const;
    void runSubmission(Batch& batch, Submission& submission);
    bool runDueJob(Batch& batch);
    void runJob(Batch& batch, const std::string& key, const Json& row);
    void finishJob(Batch& batch, const std::string& key, const Json& row, Outcome outcome);
    void askWaiters(Batch& batch);
    void park(Wait wait, const Operation& operation, const Service& service, std::string account, std::string region, Cause cause,
              std::weak_ptr<void> client, Done done, std::string jobKey);
    void answer(Batch& batch, Waiter& waiter, Outcome outcome);
    Outcome perform(Batch& batch, const Service& service, const Operation& operation, const Json& request, const std::string& account,
                    const std::string& region, const Cause& parent, std::string_view kind, std::optional<Wait>& wait, Cause& own);
    Cause newCause(const std::optional<Cause>& given);
    void noteSignal(std::string_view topic);
    JobId storeJob(Batch& batch, Time due, Job job, const Cause& cause, std::uint64_t dice);
    void continueAdvance();
    void checkIdle();
    void jumpWhereAutomatic();
    std::optional<Time> nextJobTime(bool withBackground) const;
    void wakeShell();

    Store store_;
    Clock clock_;
    WorldOptions options_;
    std::uint64_t seed_;
    std::uint64_t boot_ = 0;        // how often this store was opened: clients' requests are numbered within it
    std::uint64_t arrivals_ = 0;
    std::uint64_t nextJob_ = 1;
    Tables tables_{};
    std::map<std::string, Service, std::less<>> services_;
    std::unordered_map<std::string, const Operation*> operations_;   // "sqs:SendMessage"
    std::map<std::string, Table, std::less<>> rowTables_;
    std::deque<Submission> queue_;
    std::list<Waiter> waiters_;
    std::set<std::string> signalled_;                                 // topics whose waiters are to be asked
    std::set<std::string> running_;                                   // keys of jobs that wait for their answer
    std::map<std::pair<Time, std::uint64_t>, bool> dueIndex_;         // every stored job not running: (due, sequence) → background
    std::map<std::uint64_t, BusyItem> holds_;
    std::uint64_t nextHold_ = 1;
    Record record_;
    std::map<std::string, Count, std::less<>> counts_;
    struct Advance;
    std::unique_ptr<Advance> advance_;
    struct IdleWait {
        std::chrono::steady_clock::time_point until;
        std::function<void(std::vector<BusyItem>)> done;
    };
    std::list<IdleWait> idleWaits_;
    bool started_ = false, draining_ = false;
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
