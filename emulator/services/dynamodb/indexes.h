#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "emulator/services/dynamodb/capacity.h"
#include "emulator/services/dynamodb/memory.h"
#include "emulator/services/dynamodb/statistics.h"

namespace backlot::dynamodb {

/// What an index keeps of an item: keys of the index and the table, and what its projection names.
std::string projected(const TableInfo& table, const Index& index, std::string_view item);
/// Throws ValidationException where an attribute of an index's key has a type, or an emptiness, that the key does not
/// allow.
void requireIndexKeys(const TableInfo& table, std::string_view item);
/// Brings the entries of all indexes from the item before to the item after; counts them and the units they cost.
void changeEntries(Call& call, const TableInfo& table, std::optional<std::string_view> before,
                   std::optional<std::string_view> after, Statistics& statistics, Units& units);

/// Fills an index that was added to a table with items: at once where they are few, else in portions by a job.
void beginBackfill(Memory& memory, Call& call, const TableInfo& table, const Index& index);
Json backfillPortion(Memory& memory, Call& call, const Fields& request);
/// Removes the entries of an index, or all rows of a table that is gone.
void eraseEntries(Call& call, std::uint64_t table, std::uint64_t index);
void eraseTableRows(Call& call, std::uint64_t table);

}  // namespace backlot::dynamodb
