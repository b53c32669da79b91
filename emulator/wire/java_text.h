#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/json.h"
#include "emulator/wire/model.h"

namespace backlot::wire {

/// A value as AWS's validation messages print it, which is how Java prints it:
/// text, 5, 2.0, true, [a, b], {k=v}, KeySchemaElement(attributeName=pk, keyType=HASH).
std::string javaText(const Model& model, const Shape& shape, const Json& value);

/// A bound as a message prints it: 5, or 1.0 for a `decimal`.
std::string javaNumber(bool decimal, double value);

/// "TableName" → "tableName": member names in paths.
std::string lowerFirst(std::string_view name);

/// The values of an enum in the order AWS prints them: that of a Java hash table of 32 buckets without spreading, each
/// bucket filled at its head. Found from recorded answers, all of which it explains; values AWS keeps to itself are
/// missing here.
std::vector<std::string_view> javaOrder(const std::vector<std::string_view>& values);

}  // namespace backlot::wire
