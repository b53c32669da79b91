#include "asl/execution/execution.h"

#include <algorithm>

#include "asl/execution/frames.h"
#include "asl/execution/interpreter.h"

namespace backlot::asl {

Execution::Execution(std::shared_ptr<const Machine> machine, Identity identity, ScopeId scope)
    : state_(std::make_unique<detail::ExecutionState>()) {
    state_->machine = std::move(machine);
    state_->identity = std::move(identity);
    state_->scope = scope;
}

Execution::Execution(std::unique_ptr<detail::ExecutionState> state) : state_(std::move(state)) {}
Execution::Execution(Execution&&) noexcept = default;
Execution& Execution::operator=(Execution&&) noexcept = default;
Execution::~Execution() = default;

Execution Execution::fromBytes(std::shared_ptr<const Machine> machine, std::string_view bytes) {
    return Execution(detail::stateFromBytes(std::move(machine), bytes));
}

Step Execution::step(const Event& event, Time now, Dice& dice, const ActivityExists& activityExists) {
    return detail::Interpreter(*state_, now, dice, activityExists).take(event);
}

std::string Execution::bytes() const { return detail::toBytes(*state_); }
ExecutionStatus Execution::status() const { return state_->status; }
const Machine& Execution::machine() const { return *state_->machine; }
const Payload& Execution::output() const { return state_->output; }
const std::optional<std::string>& Execution::error() const { return state_->error; }
const std::optional<std::string>& Execution::cause() const { return state_->cause; }

bool Execution::isWaitingFor(AttemptId attempt) const {
    return std::any_of(state_->frames.begin(), state_->frames.end(),
                       [&](const auto& entry) { return entry.second.attempt == attempt; });
}

}  // namespace backlot::asl
