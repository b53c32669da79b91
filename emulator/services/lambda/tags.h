#pragma once

#include "emulator/services/lambda/functions.h"

namespace backlot::lambda {

/// Tags of functions and event source mappings, by ARN.
Json tagResource(Call& call, const Fields& request);
Json untagResource(Call& call, const Fields& request);
Json listTags(Call& call, const Fields& request);

}  // namespace backlot::lambda
