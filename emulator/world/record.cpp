#include "emulator/world/record.h"

#include <cstring>
#include <stdexcept>

#include "emulator/store/key.h"
#include "emulator/world/row_json.h"

namespace backlot {
namespace {

// A stored entry: this byte, the numbers, then each text with its length, then the detail as JSON. Some of each call's cost is
// writing this down, so it is no JSON; entries of before begin with a brace.
constexpr char kBinary = 1;

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
    for (const auto* text : {&entry.trace, &entry.kind, &entry.service, &entry.operation, &entry.resource, &entry.account, &entry.region, &entry.error})
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

std::string takeText(std::string_view& rest) {
    const auto size = take<std::uint32_t>(rest);
    if (rest.size() < size) throw std::out_of_range("an entry of the record ends too early");
    std::string text(rest.substr(0, size));
    rest.remove_prefix(size);
    return text;
}

RecordEntry decode(std::string_view rest) {
    rest.remove_prefix(1);
    RecordEntry entry;
    entry.sequence = take<std::uint64_t>(rest);
    entry.parent = take<std::uint64_t>(rest);
    entry.start = Time(Duration(take<std::int64_t>(rest)));
    entry.end = Time(Duration(take<std::int64_t>(rest)));
    entry.wallMicros = take<std::int64_t>(rest);
    for (auto* text : {&entry.trace, &entry.kind, &entry.service, &entry.operation, &entry.resource, &entry.account, &entry.region, &entry.error})
        *text = takeText(rest);
    if (!rest.empty()) entry.detail = rowJson(rest);
    return entry;
}

RecordEntry parse(std::string_view text) {
    if (text.starts_with(kBinary)) return decode(text);
    Json json = rowJson(text);
    RecordEntry entry;
    entry.sequence = static_cast<std::uint64_t>(intOr(json, "sequence", 0));
    entry.parent = static_cast<std::uint64_t>(intOr(json, "parent", 0));
    entry.trace = textOr(json, "trace");
    entry.kind = textOr(json, "kind");
    entry.service = textOr(json, "service");
    entry.operation = textOr(json, "operation");
    entry.resource = textOr(json, "resource");
    entry.account = textOr(json, "account");
    entry.region = textOr(json, "region");
    entry.start = Time(Duration(intOr(json, "start", 0)));
    entry.end = Time(Duration(intOr(json, "end", 0)));
    entry.wallMicros = intOr(json, "wallMicros", 0);
    entry.error = textOr(json, "error");
    if (Json* detail = find(json, "detail")) entry.detail = std::move(*detail);
    return entry;
}

std::optional<std::string_view> unlessEmpty(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional<std::string_view>(text);
}

}  // namespace

/// Times are microseconds since 1970.
Json describe(const RecordEntry& entry) {
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
    if (!entry.detail.IsNull()) set(result, "detail", copy(entry.detail));
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
    if (flushed_ <= kLimit + kLimit / 64) return;   // dropped in portions: a walk to the first key costs more than an erase
    std::vector<std::string> oldest;
    {
        Cursor cursor(txn, table);
        for (bool more = cursor.first(); more && oldest.size() < flushed_ - kLimit; more = cursor.next()) oldest.emplace_back(cursor.key());
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
    if (waiting_.size() > kWaitLimit) waiting_.erase(waiting_.begin(), waiting_.begin() + kWaitLimit / 8);   // in portions: the rest moves up
}

void Record::scan(const Txn& txn, Table table, std::uint64_t after, const std::function<bool(const RecordEntry&)>& each) const {
    {
        Cursor cursor(txn, table);
        for (bool more = cursor.seek(Key().number(after + 1)); more; more = cursor.next())
            if (!each(parse(cursor.value()))) return;
    }
    for (const auto& entry : waiting_)
        if (entry.sequence > after && !each(entry)) return;
}

}  // namespace backlot
