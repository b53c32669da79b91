#pragma once

#include <memory>
#include <unordered_map>

#include "asl/execution/execution.h"
#include "emulator/services/states/executions.h"
#include "emulator/services/states/http_task.h"
#include "emulator/services/states/machines.h"
#include "emulator/services/states/map_runs.h"
#include "emulator/services/states/mocks.h"
#include "emulator/services/states/service.h"
#include "emulator/services/states/test_state.h"

namespace backlot::states {

/// Steps executions: an event goes into the interpreter; value, history and commands come out and are stored together.
class Runner {
public:
    explicit Runner(Surroundings surroundings);
    /// The first step of a new execution; `row` is as it stands afterwards. A map run's child runs a scope of its own.
    void start(Call& call, ExecutionRow& row, asl::ScopeId scope = asl::kWholeMachine, asl::Payload mapItem = {});
    /// Any later one. An execution that has ended takes no event.
    void step(Call& call, ExecutionRow& row, const asl::Event& event);
    /// Takes an execution up that has failed; `row` says so already.
    void redrive(Call& call, ExecutionRow& row);
    /// Whether the execution still waits for the attempt.
    bool isWaitingFor(Call& call, const ExecutionRow& row, asl::AttemptId attempt);

    Machines& machines() { return machines_; }
    MapRuns& mapRuns() { return mapRuns_; }
    TestRuns& testRuns() { return testRuns_; }
    HttpTasks& httpTasks() { return httpTasks_; }
    const Mocks& mocks() const { return mocks_; }
    const Surroundings& surroundings() const { return surroundings_; }
    void forget();
    /// What was kept of an ended execution in case it is redriven.
    static void forgetValue(Call& call, const ExecutionRow& row);
    /// The number of a new execution: its short name in keys.
    std::uint64_t nextExecution(Call& call);

    // Operations of our own: what jobs bring back.
    Json timerDue(Call& call, const Fields& request);
    Json taskEnded(Call& call, const Fields& request);
    Json taskSubmitted(Call& call, const Fields& request);

private:
    /// An execution at rest, as it was after its last step.
    struct Live {
        asl::Execution execution;
        std::uint64_t steps = 0;
    };
    /// Takes the execution out of memory, or makes it from its row; `steps` is how many the row has.
    Live take(Call& call, const ExecutionRow& row, const Definition& definition);
    void run(Call& call, ExecutionRow& row, const Definition& definition, Live live, const asl::Event& event);
    void carryOut(Call& call, ExecutionRow& row, const asl::Command& command);
    void startTimer(Call& call, const ExecutionRow& row, const asl::StartTimer& timer);
    void forgetAttempt(Call& call, const ExecutionRow& row, asl::AttemptId attempt);
    void forgetTimers(Call& call, const Key& prefix);
    void end(Call& call, ExecutionRow& row, const asl::Done& done);
    void tellParent(Call& call, const ExecutionRow& row);

    Surroundings surroundings_;
    Mocks mocks_;
    Machines machines_;
    MapRuns mapRuns_{*this};
    TestRuns testRuns_{*this};
    HttpTasks httpTasks_;
    std::optional<std::uint64_t> lastExecution_;  // none: not read yet
    /// Executions stepped lately, by number. One is good only where its steps are as many as its row's: a transaction
    /// that was undone leaves it behind.
    std::unordered_map<std::uint64_t, Live> live_;
};

/// Random numbers of a call.
class CallDice : public asl::Dice {
public:
    explicit CallDice(Call& call) : call_(call) {}
    std::uint64_t next() override { return call_.roll("asl"); }

private:
    Call& call_;
};

/// Short names in keys: 1, 2, 3 …
std::uint64_t nextNumber(Call& call, std::string_view kind);

/// A child execution that a `.sync` task waits for, so that it can be stopped with the task.
Key syncChildKey(std::uint64_t execution, asl::AttemptId attempt);

}  // namespace backlot::states
