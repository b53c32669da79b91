#pragma once

#include "emulator/services/dynamodb/memory.h"

namespace backlot::dynamodb {

Json createBackup(Memory& memory, Call& call, const Fields& request);
Json describeBackup(Memory& memory, Call& call, const Fields& request);
Json listBackups(Memory& memory, Call& call, const Fields& request);
Json deleteBackup(Memory& memory, Call& call, const Fields& request);
Json restoreTableFromBackup(Memory& memory, Call& call, const Fields& request);

Json describeContinuousBackups(Memory& memory, Call& call, const Fields& request);
Json updateContinuousBackups(Memory& memory, Call& call, const Fields& request);
/// Differs: only the latest state can be restored; earlier ones are not kept.
Json restoreTableToPointInTime(Memory& memory, Call& call, const Fields& request);

}  // namespace backlot::dynamodb
