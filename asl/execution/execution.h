#pragma once
// An execution is a value: an event goes in, history and commands come out, and it can be written down in between.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "asl/dice.h"
#include "asl/execution/commands.h"
#include "asl/execution/history.h"
#include "asl/language/machine.h"

namespace backlot::asl {

/// Who the execution is: what the context object `$$` tells and ARNs are made from.
struct Identity {
    std::string executionArn, executionName;
    std::string stateMachineArn, stateMachineName;
    std::string roleArn;
    std::optional<std::string> stateMachineAliasArn, stateMachineVersionArn;
    Time startTime;
    /// Of a Distributed Map's child: {"Index": …, "Value": …} for `$$.Map.Item`. Null otherwise.
    Payload mapItem;
    std::int64_t redriveCount = 0;
};

/// Whether an activity is there. A Task that names a missing one fails before it is scheduled.
using ActivityExists = std::function<bool(std::string_view activityArn)>;

struct Step {
    std::vector<HistoryEvent> history;  ///< to append, ids go on from the last
    std::vector<Command> commands;      ///< to carry out once everything is stored
};

namespace detail {
struct ExecutionState;
}

class Execution {
public:
    /// Runs `machine` from `scope`'s StartAt; a Distributed Map's children run the scope of their ItemProcessor.
    Execution(std::shared_ptr<const Machine> machine, Identity identity, ScopeId scope = kWholeMachine);
    /// Takes up what bytes() wrote. The machine must be compiled from the same definition.
    /// Throws std::runtime_error where the bytes are not such.
    static Execution fromBytes(std::shared_ptr<const Machine> machine, std::string_view bytes);
    Execution(Execution&&) noexcept;
    Execution& operator=(Execution&&) noexcept;
    ~Execution();

    /// Takes one event as far as the execution can go without its host. Never throws for anything a definition, an
    /// input or a task's answer holds. Late, repeated and foreign answers give an empty Step.
    /// Without `activityExists` every activity is taken to be there.
    Step step(const Event& event, Time now, Dice& dice, const ActivityExists& activityExists = {});

    std::string bytes() const;
    ExecutionStatus status() const;
    const Machine& machine() const;
    /// Of an execution that ended: its output, or its error and cause.
    const Payload& output() const;
    const std::optional<std::string>& error() const;
    const std::optional<std::string>& cause() const;
    /// True while the frame that started this attempt still waits for it (is a token still good?).
    bool isWaitingFor(AttemptId attempt) const;

private:
    explicit Execution(std::unique_ptr<detail::ExecutionState> state);
    std::unique_ptr<detail::ExecutionState> state_;
};

}  // namespace backlot::asl
