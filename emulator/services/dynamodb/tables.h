#pragma once

#include <string_view>

#include "emulator/services/dynamodb/memory.h"

namespace backlot::dynamodb {

Json createTable(Memory& memory, Call& call, const Fields& request);
Json describeTable(Memory& memory, Call& call, const Fields& request);
Json listTables(Memory& memory, Call& call, const Fields& request);
Json deleteTable(Memory& memory, Call& call, const Fields& request);

/// TableDescription. `status`: "ACTIVE"; the answers of operations that change a table say what AWS says in them
/// ("CREATING", "UPDATING", "DELETING"), although here the change is done: a waiter's first look finds it so.
Json describe(const Call& call, const TableInfo& table, std::string_view status);

}  // namespace backlot::dynamodb
