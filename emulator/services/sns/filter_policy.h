#pragma once

#include <string>

#include "emulator/base/event_pattern.h"
#include "emulator/base/json.h"

namespace backlot::sns {

/// Compiles a filter policy within SNS's limits: five keys at most, and not too many combinations (150: for every key
/// the number of its values times its depth, multiplied; alternatives of `$or` are added).
/// Throws InvalidParameterException; `before` stands between "Invalid parameter: " and "FilterPolicy: …".
EventPattern compileFilterPolicy(const std::string& policy, bool onBody, const std::string& before);

/// What a policy over message attributes is matched against: attribute name → text, number or the elements of an array.
Json attributesEvent(const Json* messageAttributes);

}  // namespace backlot::sns
