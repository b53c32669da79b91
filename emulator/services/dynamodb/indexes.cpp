#include "emulator/services/dynamodb/indexes.h"

#include <algorithm>

#include "emulator/base/base64.h"
#include "emulator/services/dynamodb/errors.h"
#include "emulator/services/dynamodb/keys.h"
#include "emulator/services/dynamodb/ttl.h"

namespace backlot::dynamodb {
namespace {

constexpr std::size_t kRowsAtOnce = 200;  // one transaction's share of a long work
constexpr std::size_t kHashKeyLimit = 2048, kRangeKeyLimit = 1024;

struct Entry {
    std::string key, value;
};

std::optional<Entry> entryOf(const TableInfo& table, const Index& index, std::optional<std::string_view> item) {
    if (!item) return std::nullopt;
    auto key = entryKey(table, index, *item);
    if (!key) return std::nullopt;
    return Entry{std::move(*key), projected(table, index, *item)};
}

double chargeFor(const std::optional<Entry>& before, const std::optional<Entry>& after) {
    const auto size = [](const Entry& entry) { return sizeOfItem(entry.value); };
    if (before && after && before->key == after->key) return writeUnits(size(*before), size(*after));
    return (before ? writeUnits(size(*before), 0) : 0) + (after ? writeUnits(0, size(*after)) : 0);
}

void changeEntry(Call& call, const Index& index, const std::optional<Entry>& before, const std::optional<Entry>& after,
                 Tally& tally) {
    const auto size = [](const Entry& entry) { return static_cast<std::int64_t>(sizeOfItem(entry.value)); };
    // An index that is still being filled may not have the entry yet.
    const bool hadBefore = before && (!index.creating || call.has(before->key));
    if (hadBefore) tally.change(-1, -size(*before));
    if (before && !(after && after->key == before->key)) call.erase(before->key);
    if (after) {
        call.put(after->key, after->value);
        tally.change(1, size(*after));
    }
}

/// Fills up to kRowsAtOnce items' entries; the key to go on from, or nothing at the end.
std::optional<std::string> fillSome(Call& call, const TableInfo& table, const Index& index, const std::string& from) {
    std::vector<Entry> entries;
    std::optional<std::string> next;
    std::size_t seen = 0;
    call.scan(
        itemsPrefix(table.id),
        [&](std::string_view key, std::string_view item) {
            if (seen++ == kRowsAtOnce) {
                next = std::string(key);
                return false;
            }
            if (auto entry = entryOf(table, index, item)) entries.push_back(std::move(*entry));
            return true;
        },
        from);
    auto statistics = loadStatistics(call, table.id);
    auto& tally = statistics.ofIndex(index.id);
    for (const auto& entry : entries) {
        if (call.has(entry.key)) continue;  // written since the index was made
        call.put(entry.key, entry.value);
        tally.change(1, static_cast<std::int64_t>(sizeOfItem(entry.value)));
    }
    saveStatistics(call, table.id, statistics);
    return next;
}

void fill(Memory& memory, Call& call, const std::string& name, std::uint64_t tableId, std::uint64_t indexId,
          const std::string& from) {
    const auto table = findTable(memory, call, name);
    if (!table || table->id != tableId) return;  // deleted meanwhile
    const auto index =
        std::find_if(table->indexes.begin(), table->indexes.end(), [&](const Index& i) { return i.id == indexId; });
    if (index == table->indexes.end()) return;
    if (const auto next = fillSome(call, *table, *index, from)) {
        call.soon({.service = "dynamodb",
                   .operation = "BackfillIndex",
                   .request = object(
                       {{"table", name}, {"tableId", tableId}, {"index", indexId}, {"from", base64Encode(*next)}}),
                   .label = "fill index " + index->name + " of table " + name});
        return;
    }
    TableInfo changed = *table;
    changed.indexes[index->place].creating = false;
    save(call, changed);
}

}  // namespace

std::string projected(const TableInfo& table, const Index& index, std::string_view item) {
    if (index.projection == ProjectionType::all) return std::string(item);
    std::string out;
    while (!item.empty()) {
        const auto attribute = takeAttribute(item);
        const auto& extra = index.nonKeyAttributes;
        if (!table.key.contains(attribute.name) && !index.key.contains(attribute.name) &&
            (index.projection == ProjectionType::keysOnly ||
             std::find(extra.begin(), extra.end(), attribute.name) == extra.end()))
            continue;
        appendName(out, attribute.name);
        out += attribute.value.bytes;
    }
    return out;
}

void requireIndexKeys(const TableInfo& table, std::string_view item) {
    for (const auto& index : table.indexes) {
        for (const auto* parts : {&index.key.hash, &index.key.range}) {
            for (const auto& part : *parts) {
                const auto value = findAttribute(item, part.name);
                if (!value) continue;
                if (value->type != part.type)
                    throw invalidParameter(
                        "Type mismatch for Index Key " + part.name + " Expected: " + std::string(nameOf(part.type)) +
                        " Actual: " + std::string(nameOf(value->type)) + " IndexName: " + index.name);
                if (value->payload.empty())
                    throw notValidParameter(
                        "A value specified for a secondary index key is not supported. The AttributeValue for a key "
                        "attribute "
                        "cannot contain an empty " +
                        std::string(part.type == Type::S ? "string" : "binary") + " value. IndexName: " + index.name +
                        ", IndexKey: " + part.name);
                const bool hash = parts == &index.key.hash;
                if (value->payload.size() > (hash ? kHashKeyLimit : kRangeKeyLimit))
                    throw invalidParameter(
                        hash ? "Size of hashkey has exceeded the maximum size limit of2048 bytes"
                             : "Aggregated size of all range keys has exceeded the size limit of 1024 bytes");
            }
        }
    }
}

void changeEntries(Call& call, const TableInfo& table, std::optional<std::string_view> before,
                   std::optional<std::string_view> after, Statistics& statistics, Units& units) {
    for (const auto& index : table.indexes) {
        const auto entryBefore = entryOf(table, index, before), entryAfter = entryOf(table, index, after);
        if (!entryBefore && !entryAfter) continue;
        if (entryBefore && entryAfter && entryBefore->key == entryAfter->key &&
            entryBefore->value == entryAfter->value && !index.creating)
            continue;
        changeEntry(call, index, entryBefore, entryAfter, statistics.ofIndex(index.id));
        (index.global ? units.global : units.local)[index.name] += chargeFor(entryBefore, entryAfter);
    }
}

void beginBackfill(Memory& memory, Call& call, const TableInfo& table, const Index& index) {
    fill(memory, call, table.name, table.id, index.id, {});
}

Json backfillPortion(Memory& memory, Call& call, const Fields& request) {
    fill(memory, call, request.text("table"), static_cast<std::uint64_t>(request.integer("tableId")),
         static_cast<std::uint64_t>(request.integer("index")), base64Decode(request.text("from")).value_or(""));
    return object();
}

void eraseEntries(Call& call, std::uint64_t table, std::uint64_t index) {
    call.sweep(entriesPrefix(table, index));
    auto statistics = loadStatistics(call, table);
    std::erase_if(statistics.indexes, [&](const auto& entry) { return entry.first == index; });
    saveStatistics(call, table, statistics);
}

void eraseTableRows(Call& call, std::uint64_t table) {
    call.erase(statisticsRow(table));
    const auto allEntries = "x" + itemsPrefix(table).substr(1);
    for (const auto& prefix : {itemsPrefix(table), allEntries}) call.sweep(prefix);
}

}  // namespace backlot::dynamodb
