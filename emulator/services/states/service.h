#pragma once

#include "emulator/world/operation.h"

namespace backlot::states {

/// AWS Step Functions over the interpreter in asl/. Value, history and commands of a step are stored in one transaction;
/// tasks and timers are jobs whose answers come back as events. Signals `states:ended:EXECUTIONARN`.
Service statesService();

}  // namespace backlot::states
