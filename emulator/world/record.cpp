#include "emulator/world/record.h"

#include "emulator/store/key.h"

namespace backlot {
namespace {

RecordEntry parse(std::string_view text) {
    Json json = parseJson(text);
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
    for (const auto& entry : waiting_) txn.put(table, Key().number(entry.sequence), writeJson(describe(entry)));
    count_ += waiting_.size();
    waiting_.clear();
    if (count_ <= kLimit + kLimit / 64) return;   // dropped in portions: a walk to the first key costs more than an erase
    std::vector<std::string> oldest;
    {
        Cursor cursor(txn, table);
        for (bool more = cursor.first(); more && oldest.size() < count_ - kLimit; more = cursor.next()) oldest.emplace_back(cursor.key());
    }
    for (const auto& key : oldest) txn.erase(table, key);
    count_ = txn.count(table);
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
