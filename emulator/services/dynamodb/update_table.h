#pragma once

#include "emulator/services/dynamodb/memory.h"

namespace backlot::dynamodb {

Json updateTable(Memory& memory, Call& call, const Fields& request);

}  // namespace backlot::dynamodb
