#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/json.h"
#include "emulator/services/dynamodb/expressions/resolve.h"
#include "emulator/services/dynamodb/legacy.h"

namespace backlot::dynamodb::partiql {

enum class Returning { nothing, allOld, allNew, modifiedOld, modifiedNew };

/// A statement with its parameters put in. Conditions, updates and projections are those of expressions: one engine for
/// both.
struct Statement {
    Statement() = default;
    Statement(Statement&&) = default;  // no copies: `bound` points into `storage`, and a growing vector would copy
    Statement& operator=(Statement&&) = default;

    enum class Kind { select, insert, update, remove, exists };
    Kind kind = Kind::select;
    std::string table, index;
    std::string item;          // insert: the item's bytes
    expressions::Bound bound;  // condition (WHERE), update, projection; no projection: *
    bool hasWhere = false;
    std::optional<std::string> orderBy;
    bool descending = false;
    Returning returning = Returning::nothing;
    Storage storage;  // what `bound` points into

    bool isRead() const { return kind == Kind::select; }
};

/// select := SELECT (* | path, …) FROM table[.index] [WHERE condition] [ORDER BY path [ASC|DESC]]
/// insert := INSERT INTO table VALUE {…}
/// update := UPDATE table (SET path = value, … | REMOVE path, …)… WHERE condition [RETURNING (ALL|MODIFIED) (OLD|NEW)
/// *] delete := DELETE FROM table WHERE condition [RETURNING ALL OLD *] exists := EXISTS (select) `parameters`: an
/// array of attribute values for the question marks, or null. Throws ValidationException: "Statement wasn't well
/// formed, can't be processed: …".
/// Source: Developer Guide, "PartiQL - A SQL-compatible query language for Amazon DynamoDB".
Statement parseStatement(std::string_view text, const Json* parameters);

}  // namespace backlot::dynamodb::partiql
