#include "emulator/services/dynamodb/changes.h"

#include "emulator/services/dynamodb/copies.h"
#include "emulator/services/dynamodb/indexes.h"
#include "emulator/services/dynamodb/statistics.h"
#include "emulator/services/dynamodb/ttl.h"

namespace backlot::dynamodb {

Units changeItem(Memory& memory, Call& call, const TableInfo& table, const std::string& key,
                 std::optional<std::string_view> before, std::optional<std::string_view> after, Actor actor) {
    const auto sizeBefore = before ? sizeOfItem(*before) : 0, sizeAfter = after ? sizeOfItem(*after) : 0;
    Units units{.table = writeUnits(sizeBefore, sizeAfter), .local = {}, .global = {}};
    if (before == after) return units;

    if (!table.copies.empty()) keepForCopies(call, table, key, before);
    if (after)
        call.put(key, *after);
    else
        call.erase(key);
    auto statistics = loadStatistics(call, table.id);
    statistics.table.change((after ? 1 : 0) - (before ? 1 : 0),
                            static_cast<std::int64_t>(sizeAfter) - static_cast<std::int64_t>(sizeBefore));
    if (!table.indexes.empty()) changeEntries(call, table, before, after, statistics, units);
    if (table.stream.enabled) {
        recordChange(call, table, ++statistics.lastSequence, actor, before, after);
        keepLatestRecords(call, table.stream.id, statistics.lastSequence, memory.settings.retention.streamRecords);
    }
    saveStatistics(call, table.id, statistics);
    if (!table.ttlAttribute.empty()) noteExpiry(memory, call, table, key, before, after);
    return units;
}

}  // namespace backlot::dynamodb
