#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/json.h"
#include "emulator/base/time.h"
#include "emulator/store/store.h"

namespace backlot {

/// One thing that happened. Payloads are not kept, only what it was about.
struct RecordEntry {
    std::uint64_t sequence = 0;  // given by the record
    std::uint64_t parent = 0;    // the entry that caused it; 0: a client did
    std::string trace;           // empty in note(): the call's
    std::string kind;            // "call", "job", "invocation", "transition", "delivery", "fault"
    std::string service, operation;
    std::string resource;  // queue name, table name, function name, ARN
    std::string account, region;
    Time start{}, end{};          // the world's clock
    std::int64_t wallMicros = 0;  // what it cost, by the machine's clock
    std::string error;            // AWS error code; empty: it went well
    Json detail;                  // further members, for explain and X-Ray; may be null
};

/// An entry as it is looked at: the texts are views, good until the next entry. Looking at 100,000 takes some
/// milliseconds.
struct RecordView {
    std::uint64_t sequence = 0, parent = 0;
    std::string_view trace, kind, service, operation, resource, account, region;
    Time start{}, end{};
    std::int64_t wallMicros = 0;
    std::string_view error;
    std::string_view detailText;          // JSON; empty: null, or…
    const Json* waitingDetail = nullptr;  // …of an entry that is not written down yet
};

/// The ring of what happened. Entries are gathered in memory and written with the next commit.
class Record {
public:
    static constexpr std::size_t kWaitLimit = 10'000;  // entries kept waiting for a store that takes nothing

    explicit Record(std::size_t limit = 50'000) : limit_(limit) {}
    /// Gives the entry its number.
    std::uint64_t add(RecordEntry entry);
    /// A number for an entry that will be added later, when it has ended (its children may name it before).
    std::uint64_t reserve() { return next_++; }
    void addReserved(RecordEntry entry) { waiting_.push_back(std::move(entry)); }
    /// Writes what waits into the transaction, and drops what is beyond the limit; written() once that is committed.
    void flush(Txn& txn, Table table);
    void written();
    /// Drops the entries after the first `kept` of those waiting: what they tell of was undone.
    void dropAfter(std::size_t kept);
    /// Drops the oldest where more than kWaitLimit are waiting.
    void boundWaiting();
    std::uint64_t last() const { return next_ - 1; }
    std::size_t waiting() const { return waiting_.size(); }
    /// Continues the numbers of what is stored.
    void open(const Txn& txn, Table table);

    using Each = std::function<bool(const RecordView&)>;
    /// Entries in order of their numbers, beginning after `after`, until `each` returns false. Sees those not written
    /// yet, last.
    void scan(const Txn& txn, Table table, std::uint64_t after, const Each& each) const;
    /// The same backwards, beginning before `before`.
    void scanBack(const Txn& txn, Table table, std::uint64_t before, const Each& each) const;

private:
    std::size_t limit_;  // entries kept
    std::uint64_t next_ = 1;
    std::size_t count_ = 0, flushed_ = 0;  // entries stored; and with those of a flush()
    std::vector<RecordEntry> waiting_;
};

Json describe(const RecordView& entry);

}  // namespace backlot
