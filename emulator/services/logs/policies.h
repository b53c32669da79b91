#pragma once

#include "emulator/world/call.h"
#include "emulator/world/operation.h"

namespace backlot::logs {

// Resource policies of the account: up to ten a region. Stored, not enforced. Those of one group (resourceArn) are
// refused by name with InvalidParameterException.
// Source of all: Amazon CloudWatch Logs API Reference; recorded answers of AWS.

/// Throws InvalidParameterException for a document that is no JSON, LimitExceededException.
Json putResourcePolicy(Call& call, const Fields& request);
/// A page of up to `limit` (1–1000, else 50) policies by name.
Json describeResourcePolicies(Call& call, const Fields& request);
/// Throws ResourceNotFoundException.
Json deleteResourcePolicy(Call& call, const Fields& request);

}  // namespace backlot::logs
