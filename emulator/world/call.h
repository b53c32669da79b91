#pragma once
// What an operation is given: who calls, the time, its rows, and the ways to cause more.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/base/json.h"
#include "emulator/base/time.h"
#include "emulator/store/key.h"
#include "emulator/store/store.h"
#include "emulator/world/clock.h"

namespace backlot {

class World;
class Batch;
struct Operation;
class Outlet;
struct RecordEntry;
struct RecordView;

/// Why something happens: the entry of the record that caused it, and the trace it belongs to.
struct Cause {
    std::uint64_t entry = 0;  // sequence number of the record's entry; 0: nothing recorded
    std::uint64_t dice = 0;   // what ids and draws are keyed by
    std::string trace;        // "1-66f2a1b3-5f84e0c2a1b3c4d5e6f70819"
};

/// Where the answer to a job goes: an operation that is called with
/// {"context": …, "output": …} or {"context": …, "error": {"code", "message", "httpStatus", "extra"?}}.
struct ReplyTo {
    std::string service, operation;
    Json context;
};

/// Something that happens later: an operation with its request, stored in the transaction of what caused it.
/// It runs at least once and, where it answers without waiting, its effects and its end are one transaction: exactly
/// once.
struct Job {
    std::string service, operation;
    Json request;
    std::string account = {}, region = {};  // empty: the caller's
    std::optional<ReplyTo> replyTo = {};
    bool background = false;  // periodic house-keeping: the automatic clock does not jump for it
    std::string label = {};   // what a person is told is due: "execution checkout-7f3c: Wait"
};

/// Names a stored job. text() and parse() make it a member of a row.
struct JobId {
    Time due;
    std::uint64_t sequence = 0;
    std::string text() const;
    static std::optional<JobId> parse(std::string_view text);
};

/// One operation at work. Everything it does is in one transaction, undone when it throws.
/// Rows are those of the operation's own service; no service reads another's.
class Call {
public:
    Call(World& world, Batch& batch, Table rows, std::string account, std::string region, Time now, Cause cause);
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

    const std::string account, region;
    const Time now;  // the world's clock: the only one a service knows
    Cause cause;

    // --- rows ------------------------------------------------------------------------------------------------
    /// The view is good until the next put, erase or invoke: copy what must last longer.
    std::optional<std::string_view> get(std::string_view key) const;
    std::optional<Json> getJson(std::string_view key) const;
    bool has(std::string_view key) const { return get(key).has_value(); }
    void put(std::string_view key, std::string_view value);
    void putJson(std::string_view key, const Json& value) { put(key, writeJson(value)); }
    bool erase(std::string_view key);
    /// Removes all rows whose key begins with `prefix`; how many they were.
    std::size_t erasePrefix(std::string_view prefix);
    /// The same, but only a few at once and the others between other work: for rows that nobody can reach any more,
    /// because the number of their owner in the prefix is never used again. The world is idle meanwhile, and its clock
    /// goes on.
    void sweep(std::string_view prefix);
    Cursor cursor() const;
    /// Calls `each(key, value)` for the rows whose key begins with `prefix`, in order, until it returns false.
    /// `from` (a whole key) starts later. Do not write inside.
    void scan(std::string_view prefix, const std::function<bool(std::string_view key, std::string_view value)>& each,
              std::string_view from = {}) const;

    // --- dice: the same seed and the same cause give the same answers ------------------------------------------
    std::uint64_t roll(std::string_view kind);
    double chance(std::string_view kind);     // [0, 1)
    std::string uuid(std::string_view kind);  // version 4
    std::string hexId(std::string_view kind, std::size_t digits);
    /// Letters and digits of `alphabet`.
    std::string randomText(std::string_view kind, std::size_t length, std::string_view alphabet);

    // --- causing more -----------------------------------------------------------------------------------------
    /// Calls an operation of another (or this) service now, in this transaction, nested: what it throws undoes only its
    /// own work. For operations that answer at once; one that would wait throws InternalFailure: use later() with a
    /// replyTo.
    Json invoke(std::string_view service, std::string_view operation, const Json& request);
    /// The same on behalf of another account or region.
    Json invokeAs(std::string_view account, std::string_view region, std::string_view service,
                  std::string_view operation, const Json& request);
    JobId later(Time due, Job job);
    JobId soon(Job job) { return later(now, std::move(job)); }
    /// False where it ran already or never was.
    bool cancel(const JobId& job);
    /// Tells those who wait for `topic` (waits in memory) and those subscribed to it (stored), once the transaction is
    /// through. Topics are named "service:what:id", for example "sqs:visible:arn:aws:sqs:…".
    void signal(std::string_view topic);
    /// From now on a signal of `topic` makes `job` due (once, until it has run). `name` tells subscriptions of one
    /// topic apart.
    void subscribe(std::string_view topic, std::string_view name, Job job);
    void unsubscribe(std::string_view topic, std::string_view name);
    bool hasSubscribers(std::string_view topic) const;
    /// Whether Backlot serves the operation (a service may be left out).
    bool serves(std::string_view service, std::string_view operation) const {
        return flags(service, operation) != std::nullopt;
    }
    /// Its OperationFlags; nothing where it is not served.
    std::optional<unsigned> flags(std::string_view service, std::string_view operation) const;
    /// Checks a request that was made up inside (by a state machine, a mapping template) against the API model. Throws
    /// the AwsError that a client would get.
    void check(std::string_view service, std::string_view operation, const Json& request) const;
    /// Runs once the transaction is committed, on the world's thread, outside every operation: what goes outside starts
    /// here.
    void afterCommit(std::function<void()> action);
    /// Runs where this operation is undone: by what it threw itself, by an operation around it, or because the store
    /// refused the commit. What an operation changes in memory without comparing it with rows later is taken back here.
    void ifUndone(std::function<void()> action);

    /// The way back for what afterCommit() starts.
    Outlet outlet() const;
    ClockMode clockMode() const;

    // --- the record -------------------------------------------------------------------------------------------
    /// Names the resource that this call is about ("Orders", a queue's name, an ARN) in the record.
    void about(std::string_view resource);
    /// Adds an entry under this call: a delivery, a transition, an invocation. Its sequence number.
    std::uint64_t note(RecordEntry entry);
    /// A number for an entry that addReserved() brings when it has ended; its children may name it before.
    std::uint64_t reserveEntry();
    void addReserved(RecordEntry entry);
    using EachEntry = std::function<bool(const RecordView&)>;
    /// The record, oldest first, after the entry numbered `after`, until `each` returns false.
    void scanRecord(std::uint64_t after, const EachEntry& each) const;
    /// The same, newest first, before the entry numbered `before`.
    void scanRecordBack(std::uint64_t before, const EachEntry& each) const;

private:
    friend class World;
    World& world_;
    Batch& batch_;
    Table rows_;
    std::uint64_t draws_ = 0;
    std::string resource_;
};

}  // namespace backlot
