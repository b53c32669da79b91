#pragma once

#include "emulator/services/lambda/functions.h"

namespace backlot::lambda {

/// A function's resource policy, one for the function and one for each qualifier. Kept and shown, not enforced.
Json addPermission(Call& call, const Fields& request);
Json removePermission(Call& call, const Fields& request);
Json getPolicy(Call& call, const Fields& request);

}  // namespace backlot::lambda
