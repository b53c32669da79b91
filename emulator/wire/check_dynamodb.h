#pragma once

#include <string_view>
#include <vector>

#include "emulator/base/json.h"
#include "emulator/wire/check_constraints.h"

namespace backlot::wire {

// What DynamoDB checks or words otherwise than its published model says.  Source: answers of the service, recorded in 2026.

/// Checks that come before all others and end the request at once: the table's name, required lists of requests.
/// Throws AwsError.
void checkDynamoDb(std::string_view operation, const Json& input);

/// Adds the violations that the model does not know of, in their places.
void addDynamoDb(std::string_view operation, const Json& input, std::vector<Violation>& found);

/// Rewords the violations that some operations word in their own way.
void rewordDynamoDb(std::string_view operation, std::vector<Violation>& found);

}  // namespace backlot::wire
