#pragma once
// Tasks on their way back: results and errors as AWS shows them to a state machine.

#include "asl/execution/commands.h"
#include "emulator/services/states/executions.h"

namespace backlot::states {

/// The event that the answer of a task's job is: {"context", "output" | "error"}.
asl::Event taskAnswer(Runner& runner, Call& call, const Fields& context, const Fields& request);

/// What a `.sync` task gets of the execution that it started: {"output"}, or {"error"} where that did not succeed.
/// `parsed`: input and output as JSON (`.sync:2`), else as texts.
Json syncAnswerOf(const ExecutionRow& row, bool parsed);

}  // namespace backlot::states
