#include "asl/execution/interpreter.h"

namespace backlot::asl::detail {

FrameScene::FrameScene(const ExecutionState& state, const Frame& frame, Time now, Dice& dice)
    : state_(state), frame_(frame) {
    input = frame.input;
    this->now = now;
    this->dice = &dice;
}

const Payload* FrameScene::variable(std::string_view name) const {
    for (const Frame* frame = &frame_;; frame = &state_.frames.at(frame->parent)) {
        const auto found = frame->variables.find(name);
        if (found != frame->variables.end()) return &found->second;
        if (frame->id == kRoot) return nullptr;
    }
}

void FrameScene::setMapItem(Payload item) {
    mapItem_ = std::move(item);
    if (context_) set(*context_, "Map", object({{"Item", copy(mapItem_->json())}}));
}

/// The context object. Source: AWS Step Functions Developer Guide, "Context object"; recorded answers.
const Json& FrameScene::context(bool withExecutionInput) const {
    if (state_.context) return state_.context->json();
    if (!context_) {
        const auto& identity = state_.identity;
        const State& current = state_.machine->state(frame_.state);
        Json state = object({{"Name", current.name}, {"EnteredTime", iso8601Millis(frame_.enteredTime)}});
        const bool retries =
            current.type == StateType::task || current.type == StateType::map || current.type == StateType::parallel;
        if (retries) set(state, "RetryCount", frame_.retryCount);
        context_ =
            object({{"Execution", object({{"Id", identity.executionArn},
                                          {"StartTime", iso8601Millis(identity.startTime)},
                                          {"Name", identity.executionName},
                                          {"RoleArn", identity.roleArn},
                                          {"RedriveCount", identity.redriveCount}})},
                    {"StateMachine", object({{"Id", identity.stateMachineArn}, {"Name", identity.stateMachineName}})},
                    {"State", std::move(state)}});
        if (frame_.taskToken) set(*context_, "Task", object({{"Token", *frame_.taskToken}}));
        if (const Payload* item = currentItem()) set(*context_, "Map", object({{"Item", copy(item->json())}}));
    }
    if (withExecutionInput && !hasExecutionInput_) {
        set(*find(*context_, "Execution"), "Input", copy(state_.input.json()));
        hasExecutionInput_ = true;
    }
    return *context_;
}

/// The item of the innermost Map around the frame; of a Distributed Map's child, the one it was started with.
const Payload* FrameScene::currentItem() const {
    if (mapItem_) return &*mapItem_;
    for (const Frame* frame = &frame_;; frame = &state_.frames.at(frame->parent)) {
        if (frame->mapItem) return &*frame->mapItem;
        if (frame->id == kRoot) break;
    }
    return state_.identity.mapItem.json().IsNull() ? nullptr : &state_.identity.mapItem;
}

}  // namespace backlot::asl::detail
