#include "emulator/services/dynamodb/statistics.h"

#include <cstring>

#include "emulator/services/dynamodb/keys.h"

namespace backlot::dynamodb {
namespace {

template <typename T>
void append(std::string& out, T value) {
    out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

template <typename T>
T take(std::string_view& rest) {
    T value;
    std::memcpy(&value, rest.data(), sizeof value);
    rest.remove_prefix(sizeof value);
    return value;
}

Tally takeTally(std::string_view& rest) {
    const auto items = take<std::int64_t>(rest);
    return {items, take<std::int64_t>(rest)};
}

}  // namespace

Tally& Statistics::ofIndex(std::uint64_t id) {
    for (auto& [known, tally] : indexes)
        if (known == id) return tally;
    return indexes.emplace_back(id, Tally{}).second;
}

Tally Statistics::ofIndexOrNone(std::uint64_t id) const {
    for (const auto& [known, tally] : indexes)
        if (known == id) return tally;
    return {};
}

Statistics loadStatistics(const Call& call, std::uint64_t table) {
    Statistics statistics;
    const auto row = call.get(statisticsRow(table));
    if (!row) return statistics;
    auto rest = *row;
    statistics.table = takeTally(rest);
    statistics.lastSequence = take<std::uint64_t>(rest);
    while (!rest.empty()) {
        const auto id = take<std::uint64_t>(rest);
        statistics.indexes.emplace_back(id, takeTally(rest));
    }
    return statistics;
}

void saveStatistics(Call& call, std::uint64_t table, const Statistics& statistics) {
    std::string row;
    row.reserve(24 + statistics.indexes.size() * 24);
    append(row, statistics.table.items);
    append(row, statistics.table.bytes);
    append(row, statistics.lastSequence);
    for (const auto& [id, tally] : statistics.indexes) {
        append(row, id);
        append(row, tally.items);
        append(row, tally.bytes);
    }
    call.put(statisticsRow(table), row);
}

}  // namespace backlot::dynamodb
