#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "emulator/services/dynamodb/expressions/resolve.h"

namespace backlot::dynamodb::expressions {

/// The item after an update expression. All right sides read `item` as it was. Throws ValidationException where the
/// item does not bear the update: a path whose parent is missing, an operand of a wrong type, an attribute that does
/// not exist. Of an item that did not exist (`isNew`: `item` is its key alone) there is nothing to remove: such actions
/// are passed over.
std::string applyUpdate(const Bound& bound, std::string_view item, bool isNew = false);

/// The sum or difference of numbers given as Number::key().
std::string addNumbers(std::string_view a, std::string_view b, bool subtract = false);
/// The set with the elements of another of its type put in or taken out; empty where none is left.
std::string unionOf(const ValueView& set, const ValueView& more);
std::string differenceOf(const ValueView& set, const ValueView& less);

}  // namespace backlot::dynamodb::expressions
