#pragma once
// A copy of a table's items as they were at one moment, made in shares between other work while the table goes on
// changing: what is about to change and is not copied yet is copied first. Everything is rows and jobs, so a copy goes
// on after a restart.
//
//   b (copy, rest of the item's key)   the item; empty where there was none at that moment

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/services/dynamodb/memory.h"

namespace backlot::dynamodb {

/// One transaction's share of a long work on items: where it begins (the whole key of a row, empty: at the first) and
/// what ends it.
struct Share {
    std::string from;
    std::size_t items = 200, bytes = 256 * 1024;
};
/// The items below `prefix`, by the rest of their keys, copied so that rows may be written meanwhile; `from` where to
/// go on, or nothing at the end.
struct ItemShare {
    std::vector<std::pair<std::string, std::string>> items;
    std::optional<std::string> from;
};
ItemShare takeShare(const Call& call, const std::string& prefix, const Share& share);

/// Begins a copy, whose number must be new (newId()). True: it is complete, the table was small. Else jobs go on with
/// it, and call `operation` with `request` at its end.
bool beginCopy(Call& call, const TableInfo& table, std::uint64_t copy, std::string operation, Json request);
/// A job: the next share.
Json copyPortion(Memory& memory, Call& call, const Fields& request);
/// Before an item changes: keeps it for the copies under way.
void keepForCopies(Call& call, const TableInfo& table, std::string_view key, std::optional<std::string_view> before);

}  // namespace backlot::dynamodb
