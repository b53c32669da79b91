#pragma once

#include <string_view>

namespace backlot::dynamodb::expressions {

/// Whether an attribute's name must be written as a placeholder, in any case of letters.
/// Source: Developer Guide, "Reserved words in DynamoDB" (573 words).
bool isReservedWord(std::string_view name);

}  // namespace backlot::dynamodb::expressions
