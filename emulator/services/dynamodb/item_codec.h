#pragma once

#include <string>
#include <string_view>

#include "emulator/base/json.h"
#include "emulator/services/dynamodb/attribute_value.h"

namespace backlot::dynamodb {

inline constexpr int kNestingLimit = 32;

/// {"pk": {"S": "ORDER#1"}, …} as an item's bytes. Throws ValidationException for what no attribute value may be: no
/// type or several, a number that is none, an empty or doubled set, NULL that is not true, more than 32 levels.
std::string encodeItem(const Json& attributes);
/// {"S": "x"} appended to `out`; throws as encodeItem.
void encodeValue(const Json& value, std::string& out, int depth = 1);

/// Throws where an item that was put together of parts (by an update, a PartiQL tuple) has more than 32 levels.
void requireNesting(std::string_view item);

Json toJson(const ValueView& value);
Json itemToJson(std::string_view item);

}  // namespace backlot::dynamodb
