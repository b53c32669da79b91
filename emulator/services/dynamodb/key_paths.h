#pragma once

#include <optional>

#include "emulator/services/dynamodb/expressions/resolve.h"
#include "emulator/services/dynamodb/table.h"

namespace backlot::dynamodb {

/// Refuses paths that lead into a key attribute of the table or of an index: those are scalars. Throws
/// ValidationException.
void requireScalarKeys(const TableInfo& table, const std::optional<expressions::Bound>& expression);

}  // namespace backlot::dynamodb
