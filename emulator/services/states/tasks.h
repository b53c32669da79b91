#pragma once
// Tasks on their way out: which operation of which service a Resource calls, and with which request.

#include "asl/execution/commands.h"
#include "emulator/services/states/executions.h"

namespace backlot::states {

/// Makes the job that does the task; its answer comes back to TaskEnded or, where the task waits for its end,
/// TaskSubmitted.
void startTask(Runner& runner, Call& call, const ExecutionRow& row, const asl::StartTask& task);

/// The same for TestState, whose answers come back to the test run of that number.
void startTestTask(Runner& runner, Call& call, std::uint64_t test, const asl::StartTask& task);

}  // namespace backlot::states
