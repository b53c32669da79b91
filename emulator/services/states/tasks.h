#pragma once
// What a Task's Resource means: which operation of which service it calls, with which request, and what its answer is.

#include "asl/execution/commands.h"
#include "emulator/services/states/executions.h"

namespace backlot::states {

/// Makes the job that does the task; its answer comes back to TaskEnded or, where the task waits for a token, TaskSubmitted.
void startTask(Call& call, const ExecutionRow& row, const asl::StartTask& task);

/// The event that the answer of such a job is: {"context", "output" | "error"}.
asl::Event taskAnswer(Call& call, const Fields& context, const Fields& request);

/// A failure that is known at once, delivered as a job so that the step that caused it ends first.
void answerLater(Call& call, const ExecutionRow& row, asl::AttemptId attempt, const AwsError& error);

/// Members as the SDK for Java spells them, which task results show: first letters upper-case.
Json sdkSpelling(Json value);

}  // namespace backlot::states
