#pragma once
// The parameters that expressions have replaced: read into the same conditions and updates, with their own checks.
// Source: Developer Guide, "Legacy DynamoDB conditional parameters".

#include <deque>
#include <optional>
#include <string>

#include "emulator/base/json.h"
#include "emulator/services/dynamodb/expressions/resolve.h"

namespace backlot::dynamodb {

/// Where the names and values of what was read are kept; the result points into it.
using Storage = std::deque<std::string>;

/// Expected with ConditionalOperator. Nothing where the request has none. Throws ValidationException.
std::optional<expressions::Bound> readExpected(const Fields& request, Storage& storage);
/// QueryFilter or ScanFilter.
std::optional<expressions::Bound> readFilter(const Fields& request, std::string_view member, Storage& storage);
/// AttributeUpdates.
std::optional<expressions::Bound> readAttributeUpdates(const Fields& request, Storage& storage);
/// AttributesToGet: distinct names, or nothing.
std::optional<std::vector<std::string>> readAttributesToGet(const Fields& request);
/// KeyConditions: a conjunction of comparisons, as KeyConditionExpression gives it.
expressions::Bound readKeyConditions(const Fields& request, Storage& storage);

/// Refuses expressions together with what they have replaced: both lists name the request's members.
void refuseMixture(const Fields& request, std::initializer_list<std::string_view> legacy,
                   std::initializer_list<std::string_view> expressions);

}  // namespace backlot::dynamodb
