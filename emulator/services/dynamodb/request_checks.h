#pragma once

#include <string_view>
#include <vector>

#include "emulator/base/violation.h"

namespace backlot::dynamodb {

// What DynamoDB checks or words otherwise than its published model says.  Source: answers of the service, recorded in
// 2026.

/// Checks that come before all others and end the request at once: the table's name, required lists of requests.
/// Throws AwsError (ValidationException).
void checkFirst(std::string_view operation, const Json& input);

/// Rewords the violations that some operations word in their own way, and adds, in their places, those that the model
/// does not know of.
void amendViolations(std::string_view operation, const Json& input, const ValueText& asText,
                     std::vector<Violation>& found);

}  // namespace backlot::dynamodb
