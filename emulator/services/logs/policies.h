#pragma once

#include "emulator/world/call.h"
#include "emulator/world/operation.h"

namespace backlot::logs {

/// Resource policies: up to ten an account and region. Stored, not enforced.
Json putResourcePolicy(Call& call, const Fields& request);
Json describeResourcePolicies(Call& call, const Fields& request);
Json deleteResourcePolicy(Call& call, const Fields& request);

}  // namespace backlot::logs
