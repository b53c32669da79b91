#pragma once

#include <memory>
#include <string_view>

#include "emulator/services/dynamodb/expressions/ast.h"

namespace backlot::dynamodb::expressions {

/// Parses any text; what is wrong with it is in the result (`syntaxError`, `faults`), so that it can be kept like any
/// other.
///
///   condition  := and { OR and }          and := not { AND not }         not := NOT not | primary
///   primary    := '(' condition ')' | operand comparator operand | operand BETWEEN operand AND operand
///               | operand IN '(' operand { ',' operand } ')' | function
///   operand    := path | :value | function | '(' operand ')'
///   path       := name { '.' name | '[' integer ']' }
///   update     := { SET path '=' sum { ',' … } | REMOVE path { ',' path } | ADD path :value { ',' … } | DELETE path
///   :value { ',' … } } sum        := operand [ '+' operand | '-' operand ] projection := path { ',' path }
Expression parse(ExpressionKind kind, std::string_view text);

}  // namespace backlot::dynamodb::expressions
