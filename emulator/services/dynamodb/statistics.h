#pragma once
// The counters of a table: how many items and bytes it and its indexes hold, and the last sequence number of its
// stream. One small row that is rewritten with every change.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/services/dynamodb/table.h"

namespace backlot::dynamodb {

struct Tally {
    std::int64_t items = 0, bytes = 0;
    void change(std::int64_t itemsBy, std::int64_t bytesBy) { items += itemsBy, bytes += bytesBy; }
};

struct Statistics {
    Tally table;
    std::uint64_t lastSequence = 0;
    std::vector<std::pair<std::uint64_t, Tally>> indexes;  // by index id

    Tally& ofIndex(std::uint64_t id);
    Tally ofIndexOrNone(std::uint64_t id) const;
};

Statistics loadStatistics(const Call& call, std::uint64_t table);
void saveStatistics(Call& call, std::uint64_t table, const Statistics& statistics);

}  // namespace backlot::dynamodb
