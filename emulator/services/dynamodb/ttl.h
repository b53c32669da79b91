#pragma once

#include <optional>
#include <string_view>

#include "emulator/services/dynamodb/memory.h"

namespace backlot::dynamodb {

/// Keeps the table's list of expiries right when an item changes, and has the next sweep come in time.
void noteExpiry(Memory& memory, Call& call, const TableInfo& table, std::string_view itemKey,
                std::optional<std::string_view> before, std::optional<std::string_view> after);
/// Lists the expiries of a table that has just got a time-to-live attribute: a job in portions.
void listExpiries(Call& call, const TableInfo& table);
void forgetExpiries(Call& call, const TableInfo& table);

Json updateTimeToLive(Memory& memory, Call& call, const Fields& request);
Json describeTimeToLive(Memory& memory, Call& call, const Fields& request);

// Jobs.
Json sweepExpired(Memory& memory, Call& call, const Fields& request);
Json listExpiriesPortion(Memory& memory, Call& call, const Fields& request);

}  // namespace backlot::dynamodb
