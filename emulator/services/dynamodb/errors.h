#pragma once

#include <string>
#include <string_view>

#include "emulator/base/aws_error.h"

namespace backlot::dynamodb {

/// ValidationException with just this text.
AwsError validation(std::string message);
/// ValidationException: "One or more parameter values were invalid: …".
AwsError invalidParameter(std::string_view what);
/// ValidationException: "One or more parameter values are not valid. …", the newer wording that some checks use.
AwsError notValidParameter(std::string_view what);
/// A table that an item operation names is not there.
AwsError resourceNotFound();
/// The same from an operation on tables, which names it.
AwsError tableNotFound(std::string_view table);
AwsError resourceNotFound(std::string message);
AwsError resourceInUse(std::string message);
AwsError limitExceeded(std::string message);
/// `item`: the stored item's JSON where ReturnValuesOnConditionCheckFailure asked for it; else null.
AwsError conditionalCheckFailed(Json item);
AwsError keyDoesNotMatchSchema();

}  // namespace backlot::dynamodb
