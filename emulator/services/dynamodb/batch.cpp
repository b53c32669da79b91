#include "emulator/services/dynamodb/batch.h"

#include <set>

#include "emulator/services/dynamodb/errors.h"
#include "emulator/services/dynamodb/item_codec.h"
#include "emulator/services/dynamodb/items.h"
#include "emulator/services/dynamodb/key_paths.h"
#include "emulator/services/dynamodb/keys.h"
#include "emulator/services/dynamodb/selection.h"
#include "emulator/services/dynamodb/writes.h"

namespace backlot::dynamodb {
namespace {

constexpr std::size_t kGetLimit = 100, kWriteLimit = 25;
constexpr std::size_t kAnswerBytes = 16 * 1024 * 1024;
/// What one partition gives to a batch: 1 MB and what the item that passes it brings.  Source: API Reference,
/// BatchGetItem; recorded.
constexpr std::size_t kPartitionBytes = 1024 * 1024 + kItemLimitBytes;
/// What one partition serves. A provisioned table that needs no more has one; a table on demand begins with several.
constexpr Throughput kPartition{3000, 1000};

const Json& requireItems(const Fields& request, std::string_view operation) {
    const Json& items = request.value("RequestItems");
    if (items.MemberCount() == 0)
        throw validation("The requestItems parameter is required for " + std::string(operation));
    return items;
}

/// What is asked of one table.
struct TableGet {
    TableRef table;
    std::string asked;  // the name as given
    Selection selection;
    bool consistent = false;
    std::vector<std::string> keys;  // key attributes
    const Json* request = nullptr;
};

TableGet readTableGet(Memory& memory, std::string_view name, const Json& json) {
    const Fields request(json);
    TableGet get;
    get.asked = name;
    get.request = &json;
    LoneSelection lone(request);
    get.consistent = request.valueOr("ConsistentRead", false);
    for (const Json* key : request.items("Keys")) get.keys.push_back(encodeItem(*key));
    get.selection = lone.read(memory);
    if (std::set<std::string>(get.keys.begin(), get.keys.end()).size() != get.keys.size())
        throw validation("Provided list of item keys contains duplicates");
    return get;
}

/// The rest of a table's request, as UnprocessedKeys says it.
Json unprocessed(const TableGet& get, std::size_t from) {
    Json rest = copy(*get.request);
    Json keys = list();
    for (std::size_t i = from; i < get.keys.size(); ++i) push(keys, itemToJson(get.keys[i]));
    set(rest, "Keys", std::move(keys));
    return rest;
}

bool hasOnePartition(const TableInfo& table) {
    return table.provisioned && table.throughput.read <= kPartition.read && table.throughput.write <= kPartition.write;
}

/// Whether `admit` lets the request in; otherwise its error is kept.
template <typename Admit>
bool admitted(const Admit& admit, std::optional<AwsError>& throttled) {
    try {
        admit();
        return true;
    } catch (const AwsError& error) {
        if (!isThrottled(error)) throw;
        throttled = error;
        return false;
    }
}

struct TableWrites {
    TableRef table;
    std::string asked;
    const Json* entries = nullptr;  // as given, one for each write
    std::vector<Write> writes;
};

Write readBatchWrite(const std::string& table, const Fields& entry) {
    const bool put = entry.has("PutRequest"), removal = entry.has("DeleteRequest");
    if (put == removal)  // AWS says the same of neither as of both
        throw validation(
            "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported "
            "datatypes");
    return put ? plainPut(table, entry.child("PutRequest").value("Item"))
               : plainDelete(table, entry.child("DeleteRequest").value("Key"));
}

}  // namespace

Json batchGetItem(Memory& memory, Call& call, const Fields& request) {
    const Json& requested = requireItems(request, "BatchGetItem");
    std::vector<TableGet> gets;
    std::size_t total = 0;
    for (const auto& member : requested.GetObject()) {
        total += Fields(member.value).items("Keys").size();
        if (total > kGetLimit) throw validation("Too many items requested for the BatchGetItem call");
    }
    for (const auto& member : requested.GetObject())
        gets.push_back(readTableGet(memory, view(member.name), member.value));
    for (auto& get : gets) {
        get.table = requireTable(memory, call, get.asked);
        for (auto& key : get.keys) key = requireKey(*get.table, std::move(key));
        requireScalarKeys(*get.table, get.selection.paths);
    }

    Json responses = object(), rest = object();
    CapacityByTable capacity;
    std::size_t bytes = 0, done = 0;
    std::optional<AwsError> throttled;
    for (const auto& get : gets) {
        Json found = list();
        Units units;
        std::size_t next = 0;
        const auto tableLimit = hasOnePartition(*get.table) ? kPartitionBytes : kAnswerBytes;
        std::size_t tableBytes = 0;
        for (; next < get.keys.size() && bytes <= kAnswerBytes; ++next) {
            if (!admitted([&] { memory.throttle.admitRead(*get.table, nullptr, call.now); }, throttled)) break;
            const auto item = call.get(itemKey(*get.table, get.keys[next]));
            const auto size = item ? sizeOfItem(*item) : 0;
            if (bytes > 0 && (bytes + size > kAnswerBytes || tableBytes + size > tableLimit)) break;
            bytes += size;
            tableBytes += size;
            const auto charged = readUnits(size, get.consistent);
            units.table += charged;
            memory.throttle.charge(*get.table, Units{.table = charged, .local = {}, .global = {}}, Direction::read);
            ++done;
            if (item) push(found, get.selection.toJson(*item));
        }
        if (next < get.keys.size()) {
            set(rest, get.asked, unprocessed(get, next));
            units.table += readUnits(0, get.consistent) *
                           static_cast<double>(get.keys.size() - next);  // it has looked, and charges for it
        }
        set(responses, get.asked, std::move(found));
        capacity.add(get.table, units);
    }
    if (throttled && done == 0) throw *throttled;
    Json result = object({{"Responses", std::move(responses)}, {"UnprocessedKeys", std::move(rest)}});
    if (const auto report = wantedCapacity(request); report != ReportCapacity::none)
        set(result, "ConsumedCapacity", capacity.describe(report));
    return result;
}

Json batchWriteItem(Memory& memory, Call& call, const Fields& request) {
    const Json& requested = requireItems(request, "BatchWriteItem");
    std::size_t total = 0;
    for (const auto& member : requested.GetObject()) {
        total += member.value.Size();
        if (member.value.Empty()) throw validation("The batch write request list for a table cannot be null or empty");
    }
    if (total > kWriteLimit) throw validation("Too many items requested for the BatchWriteItem call");
    std::vector<TableWrites> tables;
    for (const auto& member : requested.GetObject()) {
        auto& writes = tables.emplace_back();
        writes.asked = text(member.name);
        writes.entries = &member.value;
        for (const auto& entry : member.value.GetArray())
            writes.writes.push_back(readBatchWrite(writes.asked, Fields(entry)));
    }
    for (auto& writes : tables) {
        writes.table = requireTable(memory, call, writes.asked);
        std::set<std::string> seen;
        for (auto& write : writes.writes) {
            joinTable(write, writes.table);
            if (!seen.insert(write.key).second) throw validation("Provided list of item keys contains duplicates");
        }
    }

    CapacityByTable capacity;
    Json metrics = object();
    const bool wantsMetrics = wantsItemCollectionMetrics(request);
    Json rest = object();
    std::optional<AwsError> throttled;
    std::size_t done = 0;
    for (const auto& writes : tables) {
        Json ofTable = list(), unprocessed = list();
        for (std::size_t i = 0; i < writes.writes.size(); ++i) {
            const auto& write = writes.writes[i];
            if (!admitted([&] { capacity.add(writes.table, carryOut(memory, call, write).units); }, throttled)) {
                push(unprocessed, copy((*writes.entries)[static_cast<rapidjson::SizeType>(i)]));
                continue;
            }
            ++done;
            if (wantsMetrics)
                if (auto metric = itemCollectionMetrics(write)) push(ofTable, std::move(*metric));
        }
        if (!unprocessed.Empty()) set(rest, writes.asked, std::move(unprocessed));
        if (!ofTable.Empty()) set(metrics, writes.asked, std::move(ofTable));
    }
    if (throttled && done == 0) throw *throttled;
    Json result = object({{"UnprocessedItems", std::move(rest)}});
    if (wantsMetrics && !metrics.ObjectEmpty()) set(result, "ItemCollectionMetrics", std::move(metrics));
    if (const auto report = wantedCapacity(request); report != ReportCapacity::none)
        set(result, "ConsumedCapacity", capacity.describe(report));
    return result;
}

}  // namespace backlot::dynamodb
