#pragma once

#include "emulator/services/dynamodb/memory.h"

namespace backlot::dynamodb {

Json query(Memory& memory, Call& call, const Fields& request);
Json scan(Memory& memory, Call& call, const Fields& request);

}  // namespace backlot::dynamodb
