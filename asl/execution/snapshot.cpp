#include "asl/execution/bytes.h"
#include "asl/execution/frames.h"

namespace backlot::asl::detail {

namespace {

constexpr std::uint64_t kFormat = 1;

void write(BytesWriter& out, const Identity& identity) {
    for (const auto* text : {&identity.executionArn, &identity.executionName, &identity.stateMachineArn,
                             &identity.stateMachineName, &identity.roleArn})
        out.text(*text);
    out.optionalText(identity.stateMachineAliasArn);
    out.optionalText(identity.stateMachineVersionArn);
    out.time(identity.startTime);
    out.payload(identity.mapItem);
    out.signedNumber(identity.redriveCount);
}

Identity readIdentity(BytesReader& in) {
    Identity identity;
    for (auto* text : {&identity.executionArn, &identity.executionName, &identity.stateMachineArn,
                       &identity.stateMachineName, &identity.roleArn})
        *text = in.text();
    identity.stateMachineAliasArn = in.optionalText();
    identity.stateMachineVersionArn = in.optionalText();
    identity.startTime = in.time();
    identity.mapItem = in.payload();
    identity.redriveCount = in.signedNumber();
    return identity;
}

void write(BytesWriter& out, const Join& join) {
    out.payload(join.items);
    for (const auto number : {join.count, join.next, join.running, join.maxConcurrency}) out.number(number);
    out.number(join.results.size());
    for (const auto& result : join.results) out.optional(result, [&](const Payload& payload) { out.payload(payload); });
}

std::unique_ptr<Join> readJoin(BytesReader& in) {
    auto join = std::make_unique<Join>();
    join->items = in.payload();
    for (auto* number : {&join->count, &join->next, &join->running, &join->maxConcurrency})
        *number = static_cast<std::uint32_t>(in.number());
    for (auto count = in.number(); count > 0; --count)
        join->results.push_back(in.optional([&] { return in.payload(); }));
    return join;
}

void write(BytesWriter& out, const Frame& frame) {
    for (const std::uint64_t number :
         {std::uint64_t{frame.id}, std::uint64_t{frame.parent}, std::uint64_t{frame.index}, frame.lastEventId,
          frame.enteredEventId, frame.enteredPrevious, std::uint64_t{frame.retryCount}, frame.attempt})
        out.number(number);
    out.signedNumber(frame.scope);
    out.signedNumber(frame.state);
    out.number(static_cast<std::uint64_t>(frame.phase));
    out.number(frame.variables.size());
    for (const auto& [name, value] : frame.variables) {
        out.text(name);
        out.payload(value);
    }
    out.optional(frame.mapItem, [&](const Payload& item) { out.payload(item); });
    out.payload(frame.input);
    out.time(frame.enteredTime);
    out.number(frame.attempts.size());
    for (const auto count : frame.attempts) out.number(count);
    out.optional(frame.timeoutDue, [&](Time due) { out.time(due); });
    out.optional(frame.heartbeatDue, [&](Time due) { out.time(due); });
    out.signedNumber(frame.heartbeatSeconds);
    out.optionalText(frame.taskToken);
    out.flag(frame.join != nullptr);
    if (frame.join) write(out, *frame.join);
    out.text(frame.mapRunArn);
}

Frame readFrame(BytesReader& in) {
    Frame frame;
    frame.id = static_cast<FrameId>(in.number());
    frame.parent = static_cast<FrameId>(in.number());
    frame.index = static_cast<std::uint32_t>(in.number());
    frame.lastEventId = in.number();
    frame.enteredEventId = in.number();
    frame.enteredPrevious = in.number();
    frame.retryCount = static_cast<std::uint32_t>(in.number());
    frame.attempt = in.number();
    frame.scope = static_cast<ScopeId>(in.signedNumber());
    frame.state = static_cast<StateId>(in.signedNumber());
    frame.phase = in.enumeration<Phase>(kPhases);
    for (auto count = in.number(); count > 0; --count) {
        auto name = in.text();
        frame.variables.emplace(std::move(name), in.payload());
    }
    frame.mapItem = in.optional([&] { return in.payload(); });
    frame.input = in.payload();
    frame.enteredTime = in.time();
    for (auto count = in.number(); count > 0; --count)
        frame.attempts.push_back(static_cast<std::uint32_t>(in.number()));
    frame.timeoutDue = in.optional([&] { return in.time(); });
    frame.heartbeatDue = in.optional([&] { return in.time(); });
    frame.heartbeatSeconds = in.signedNumber();
    frame.taskToken = in.optionalText();
    if (in.flag()) frame.join = readJoin(in);
    frame.mapRunArn = in.text();
    return frame;
}

}  // namespace

std::string toBytes(const ExecutionState& state) {
    BytesWriter out;
    out.number(kFormat);
    write(out, state.identity);
    out.signedNumber(state.scope);
    out.number(static_cast<std::uint64_t>(state.status));
    out.flag(state.started);
    out.payload(state.input);
    out.payload(state.output);
    out.optionalText(state.error);
    out.optionalText(state.cause);
    out.number(state.frames.size());
    for (const auto& [id, frame] : state.frames) write(out, frame);
    out.number(state.ready.size());
    for (const auto& ready : state.ready) {
        out.number(ready.frame);
        out.number(static_cast<std::uint64_t>(ready.turn));
    }
    out.number(state.nextFrame);
    out.number(state.lastAttempt);
    out.number(state.wholeAttempt);
    out.number(state.lastEventId);
    return out.take();
}

std::unique_ptr<ExecutionState> stateFromBytes(std::shared_ptr<const Machine> machine, std::string_view bytes) {
    BytesReader in(bytes);
    if (in.number() != kFormat) throw std::runtime_error("asl: an execution of another format");
    auto state = std::make_unique<ExecutionState>();
    const auto scopes = static_cast<ScopeId>(machine->scopes.size());
    const auto states = static_cast<StateId>(machine->states.size());
    state->machine = std::move(machine);
    state->identity = readIdentity(in);
    state->scope = static_cast<ScopeId>(in.signedNumber());
    state->status = in.enumeration<ExecutionStatus>(5);
    state->started = in.flag();
    state->input = in.payload();
    state->output = in.payload();
    state->error = in.optionalText();
    state->cause = in.optionalText();
    for (auto count = in.number(); count > 0; --count) {
        Frame frame = readFrame(in);
        if (frame.scope < 0 || frame.scope >= scopes || frame.state < 0 || frame.state >= states)
            throw std::runtime_error("asl: an execution of another machine");
        const auto id = frame.id;
        state->frames.emplace(id, std::move(frame));
    }
    for (auto count = in.number(); count > 0; --count) {
        const auto frame = static_cast<FrameId>(in.number());
        state->ready.push_back({frame, in.enumeration<Turn>(2)});
    }
    state->nextFrame = static_cast<FrameId>(in.number());
    state->lastAttempt = in.number();
    state->wholeAttempt = in.number();
    state->lastEventId = in.number();
    return state;
}

}  // namespace backlot::asl::detail
