#pragma once

#include "emulator/services/dynamodb/memory.h"

namespace backlot::dynamodb {

Json batchGetItem(Memory& memory, Call& call, const Fields& request);
Json batchWriteItem(Memory& memory, Call& call, const Fields& request);

}  // namespace backlot::dynamodb
