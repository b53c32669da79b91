#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "emulator/services/dynamodb/capacity.h"
#include "emulator/services/dynamodb/memory.h"
#include "emulator/services/dynamodb/stream_records.h"

namespace backlot::dynamodb {

inline constexpr std::size_t kItemLimitBytes = 409'600;

/// One item from what it was to what it is (nothing: not there), with everything that follows in the same transaction:
/// index entries, counters, stream record, expiry. A change that changes nothing writes nothing.
/// The views must not point into the store. What it cost.
Units changeItem(Memory& memory, Call& call, const TableInfo& table, const std::string& key,
                 std::optional<std::string_view> before, std::optional<std::string_view> after,
                 Actor actor = Actor::client);

}  // namespace backlot::dynamodb
