#pragma once

#include <memory>

#include "asl/execution/execution.h"
#include "emulator/services/states/executions.h"
#include "emulator/services/states/machines.h"

namespace backlot::states {

/// Steps executions: an event goes into the interpreter; value, history and commands come out and are stored together.
class Runner {
public:
    /// The first step of a new execution; `row` is as it stands afterwards.
    void start(Call& call, ExecutionRow& row, const StateMachine& machine);
    /// Any later one. An execution that has ended takes no event.
    void step(Call& call, ExecutionRow& row, const asl::Event& event);
    Machines& machines() { return machines_; }

    // Operations of our own: what jobs bring back.
    Json timerDue(Call& call, const Fields& request);
    Json taskEnded(Call& call, const Fields& request);
    Json taskSubmitted(Call& call, const Fields& request);

    // Task tokens.
    Json sendTaskSuccess(Call& call, const Fields& request);
    Json sendTaskFailure(Call& call, const Fields& request);
    Json sendTaskHeartbeat(Call& call, const Fields& request);

private:
    void run(Call& call, ExecutionRow& row, asl::Execution& execution, const asl::Event& event);
    void carryOut(Call& call, ExecutionRow& row, const asl::Command& command);
    void startTimer(Call& call, const ExecutionRow& row, const asl::StartTimer& timer);
    void forgetAttempt(Call& call, const ExecutionRow& row, asl::AttemptId attempt);
    void end(Call& call, ExecutionRow& row, const asl::Done& done);
    /// The execution that a token belongs to. Throws InvalidToken, TaskTimedOut.
    struct TokenOwner {
        ExecutionRow row;
        asl::AttemptId attempt;
    };
    TokenOwner ownerOf(Call& call, const Fields& request);

    Machines machines_;
};

/// Short names for executions in keys: 1, 2, 3 …
std::uint64_t nextNumber(Call& call);

}  // namespace backlot::states
