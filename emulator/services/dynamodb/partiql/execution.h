#pragma once

#include "emulator/services/dynamodb/memory.h"

namespace backlot::dynamodb {

Json executeStatement(Memory& memory, Call& call, const Fields& request);
Json batchExecuteStatement(Memory& memory, Call& call, const Fields& request);
Json executeTransaction(Memory& memory, Call& call, const Fields& request);

}  // namespace backlot::dynamodb
