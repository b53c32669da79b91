#pragma once

#include "emulator/services/states/executions.h"

namespace backlot::states {

/// Puts "Step Functions Execution Status Change" onto the account's default event bus, in this transaction. Express
/// executions have no such events.
/// Source: AWS Step Functions Developer Guide, "Using EventBridge to capture Step Functions execution status changes".
/// Nothing is put where no rule and no archive of the bus would see it.
void tellStatus(Call& call, ExecutionRow& row);

}  // namespace backlot::states
