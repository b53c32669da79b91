#pragma once

#include <optional>
#include <string_view>

#include "emulator/services/dynamodb/attribute_value.h"
#include "emulator/services/dynamodb/expressions/resolve.h"

namespace backlot::dynamodb::expressions {

/// The value at a path of an item, where there is one. A view into the item.
std::optional<ValueView> valueAt(std::string_view item, const Path& path, const Bound& bound);

/// Whether the condition holds for the item (empty bytes: there is no item).
/// Values of unlike types are never equal and never in order; what is missing is not equal to anything.
bool holds(const Condition& condition, const Bound& bound, std::string_view item);
inline bool holds(const Bound& bound, std::string_view item) { return holds(bound.condition(), bound, item); }

/// Whether `container` holds `what`: a substring, an element of a set or of a list.
bool containsValue(const ValueView& container, const ValueView& what);

}  // namespace backlot::dynamodb::expressions
