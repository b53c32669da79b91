#include "emulator/world/record.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "emulator/store/key.h"
#include "emulator/world/row_json.h"

namespace backlot {
namespace {

// A stored entry: this byte, the numbers, then each text with its length, then the detail as JSON. Some of each call's
// cost is writing this down, so it is no JSON.
constexpr char kBinary = 1;
constexpr std::size_t kDroppedAtOnce = 2000;

template <typename Number>
void append(std::string& out, Number value) {
    out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void appendText(std::string& out, std::string_view text) {
    append(out, static_cast<std::uint32_t>(text.size()));
    out += text;
}

std::string encode(const RecordEntry& entry) {
    std::string out;
    out.reserve(256);
    out += kBinary;
    append(out, entry.sequence);
    append(out, entry.parent);
    append(out, std::int64_t(entry.start.time_since_epoch().count()));
    append(out, std::int64_t(entry.end.time_since_epoch().count()));
    append(out, entry.wallMicros);
    for (const auto* text : {&entry.trace, &entry.kind, &entry.service, &entry.operation, &entry.resource,
                             &entry.account, &entry.region, &entry.error})
        appendText(out, *text);
    if (!entry.detail.IsNull()) out += writeJson(entry.detail);
    return out;
}

template <typename Number>
Number take(std::string_view& rest) {
    Number value;
    if (rest.size() < sizeof value) throw std::out_of_range("an entry of the record ends too early");
    std::memcpy(&value, rest.data(), sizeof value);
    rest.remove_prefix(sizeof value);
    return value;
}

std::string_view takeText(std::string_view& rest) {
    const auto size = take<std::uint32_t>(rest);
    if (rest.size() < size) throw std::out_of_range("an entry of the record ends too early");
    const auto text = rest.substr(0, size);
    rest.remove_prefix(size);
    return text;
}

/// The first entries of all were written in another form. They have long gone from any record that is in use.
bool isReadable(std::string_view row) { return row.starts_with(kBinary); }

RecordView viewOf(std::string_view rest) {
    rest.remove_prefix(1);
    RecordView entry;
    entry.sequence = take<std::uint64_t>(rest);
    entry.parent = take<std::uint64_t>(rest);
    entry.start = Time(Duration(take<std::int64_t>(rest)));
    entry.end = Time(Duration(take<std::int64_t>(rest)));
    entry.wallMicros = take<std::int64_t>(rest);
    for (auto* text : {&entry.trace, &entry.kind, &entry.service, &entry.operation, &entry.resource, &entry.account,
                       &entry.region, &entry.error})
        *text = takeText(rest);
    entry.detailText = rest;
    return entry;
}

RecordView viewOf(const RecordEntry& entry) {
    return {.sequence = entry.sequence,
            .parent = entry.parent,
            .trace = entry.trace,
            .kind = entry.kind,
            .service = entry.service,
            .operation = entry.operation,
            .resource = entry.resource,
            .account = entry.account,
            .region = entry.region,
            .start = entry.start,
            .end = entry.end,
            .wallMicros = entry.wallMicros,
            .error = entry.error,
            .detailText = {},
            .waitingDetail = entry.detail.IsNull() ? nullptr : &entry.detail};
}

std::optional<std::string_view> unlessEmpty(std::string_view text) {
    return text.empty() ? std::nullopt : std::optional(text);
}

}  // namespace

/// Times are microseconds since 1970.
Json describe(const RecordView& entry) {
    Json result = object({{"sequence", entry.sequence},
                          {"parent", entry.parent},
                          {"trace", entry.trace},
                          {"kind", entry.kind},
                          {"service", unlessEmpty(entry.service)},
                          {"operation", unlessEmpty(entry.operation)},
                          {"resource", unlessEmpty(entry.resource)},
                          {"account", unlessEmpty(entry.account)},
                          {"region", unlessEmpty(entry.region)},
                          {"start", entry.start.time_since_epoch().count()},
                          {"end", entry.end.time_since_epoch().count()},
                          {"wallMicros", entry.wallMicros},
                          {"error", unlessEmpty(entry.error)}});
    if (entry.waitingDetail) set(result, "detail", copy(*entry.waitingDetail));
    if (!entry.detailText.empty()) set(result, "detail", rowJson(entry.detailText));
    return result;
}

std::uint64_t Record::add(RecordEntry entry) {
    entry.sequence = reserve();
    waiting_.push_back(std::move(entry));
    return waiting_.back().sequence;
}

void Record::open(const Txn& txn, Table table) {
    waiting_.clear();
    Cursor cursor(txn, table);
    next_ = cursor.last() ? KeyReader(cursor.key()).number() + 1 : 1;
    count_ = txn.count(table);
}

void Record::flush(Txn& txn, Table table) {
    for (const auto& entry : waiting_) txn.put(table, Key().number(entry.sequence), encode(entry));
    flushed_ = count_ + waiting_.size();
    // Dropped in portions: a walk to the first key costs more than an erase. A ring that was made smaller shrinks bit
    // by bit.
    if (flushed_ <= limit_ + std::min<std::size_t>(limit_ / 64, kDroppedAtOnce / 2)) return;
    std::vector<std::string> oldest;
    {
        Cursor cursor(txn, table);
        const std::size_t most = std::min(flushed_ - limit_, kDroppedAtOnce);
        for (bool more = cursor.first(); more && oldest.size() < most; more = cursor.next())
            oldest.emplace_back(cursor.key());
    }
    for (const auto& key : oldest) txn.erase(table, key);
    flushed_ = txn.count(table);
}

void Record::written() {
    count_ = flushed_;
    waiting_.clear();
}

void Record::dropAfter(std::size_t kept) {
    if (kept < waiting_.size()) waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(kept), waiting_.end());
}

void Record::boundWaiting() {
    if (waiting_.size() > kWaitLimit)
        waiting_.erase(waiting_.begin(), waiting_.begin() + kWaitLimit / 8);  // in portions: the rest moves up
}

void Record::scan(const Txn& txn, Table table, std::uint64_t after, const Each& each) const {
    {
        Cursor cursor(txn, table);
        for (bool more = cursor.seek(Key().number(after + 1)); more; more = cursor.next())
            if (isReadable(cursor.value()) && !each(viewOf(cursor.value()))) return;
    }
    for (const auto& entry : waiting_)
        if (entry.sequence > after && !each(viewOf(entry))) return;
}

void Record::scanBack(const Txn& txn, Table table, std::uint64_t before, const Each& each) const {
    for (auto entry = waiting_.rbegin(); entry != waiting_.rend(); ++entry)
        if (entry->sequence < before && !each(viewOf(*entry))) return;
    Cursor cursor(txn, table);
    for (bool more = cursor.seekBefore(Key().number(before)); more; more = cursor.previous())
        if (isReadable(cursor.value()) && !each(viewOf(cursor.value()))) return;
}

}  // namespace backlot
