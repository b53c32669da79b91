#pragma once

#include "asl/execution/commands.h"
#include "emulator/services/states/executions.h"

namespace backlot::states {

/// Remembers whose a task's token is.
void keepToken(Call& call, const ExecutionRow& row, const asl::StartTask& task);

/// What a worker tells with a token. Throw InvalidToken for one that was never given out, TaskTimedOut for one whose
/// task nobody waits for any more. Source: AWS Step Functions API Reference.
Json sendTaskSuccess(Runner& runner, Call& call, const Fields& request);
Json sendTaskFailure(Runner& runner, Call& call, const Fields& request);
Json sendTaskHeartbeat(Runner& runner, Call& call, const Fields& request);

}  // namespace backlot::states
