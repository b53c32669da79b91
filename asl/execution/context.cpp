#include "asl/execution/interpreter.h"

namespace backlot::asl::detail {

FrameScene::FrameScene(const ExecutionState& state, const Frame& frame, Time now, Dice& dice) : state_(state), frame_(frame) {
    input = frame.input;
    this->now = now;
    this->dice = &dice;
}

FrameScene::FrameScene(const FrameScene& other) : Scene(other), mapItem(other.mapItem), state_(other.state_), frame_(other.frame_) {}

const Payload* FrameScene::variable(std::string_view name) const {
    for (const Frame* frame = &frame_;; frame = &state_.frames.at(frame->parent)) {
        const auto found = frame->variables.find(name);
        if (found != frame->variables.end()) return &found->second;
        if (frame->id == kRoot) return nullptr;
    }
}

std::vector<const Variables*> FrameScene::scopes() const {
    std::vector<const Variables*> out;
    for (const Frame* frame = &frame_;; frame = &state_.frames.at(frame->parent)) {
        out.push_back(&frame->variables);
        if (frame->id == kRoot) return out;
    }
}

/// The context object. Source: AWS Step Functions Developer Guide, "Context object"; recorded answers.
const Json& FrameScene::context() const {
    if (state_.context) return state_.context->json();
    if (context_) return *context_;
    const auto& identity = state_.identity;
    Json out = object({
        {"Execution", object({{"Id", identity.executionArn},
                              {"Input", copy(state_.input.json())},
                              {"StartTime", iso8601Millis(identity.startTime)},
                              {"Name", identity.executionName},
                              {"RoleArn", identity.roleArn},
                              {"RedriveCount", identity.redriveCount}})},
        {"StateMachine", object({{"Id", identity.stateMachineArn}, {"Name", identity.stateMachineName}})},
    });
    const State& current = state_.machine->state(frame_.state);
    Json state = object({{"Name", current.name}, {"EnteredTime", iso8601Millis(frame_.enteredTime)}});
    const bool retries = current.type == StateType::task || current.type == StateType::map || current.type == StateType::parallel;
    if (retries) set(state, "RetryCount", frame_.retryCount);
    set(out, "State", std::move(state));
    if (frame_.taskToken) set(out, "Task", object({{"Token", *frame_.taskToken}}));
    const Payload* item = mapItem ? &*mapItem : nullptr;
    for (const Frame* frame = &frame_; !item; frame = &state_.frames.at(frame->parent)) {
        if (frame->mapItem) item = &*frame->mapItem;
        if (frame->id == kRoot) break;
    }
    if (!item && !identity.mapItem.json().IsNull()) item = &identity.mapItem;
    if (item) set(out, "Map", object({{"Item", copy(item->json())}}));
    context_ = std::move(out);
    return *context_;
}

}  // namespace backlot::asl::detail
