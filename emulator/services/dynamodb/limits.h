#pragma once

#include "emulator/services/dynamodb/memory.h"

namespace backlot::dynamodb {

Json describeLimits(Memory& memory, Call& call, const Fields& request);
Json describeEndpoints(Memory& memory, Call& call, const Fields& request);

}  // namespace backlot::dynamodb
