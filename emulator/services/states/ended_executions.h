#pragma once
// Executions that have ended, oldest first: what is beyond the limits goes when others end.
//
//   ended (stoppedAt, number)   the execution's ARN
//   endedCount                  how many they are

#include "emulator/base/retention.h"
#include "emulator/services/states/executions.h"

namespace backlot::states {

/// Notes that the execution has ended, and removes at most two that are too many or too old, with all that is kept of
/// them.
void noteEnded(Call& call, const ExecutionRow& row, const Retention& retention);

}  // namespace backlot::states
