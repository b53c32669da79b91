// Data on its way through a state: InputPath, Parameters, ResultSelector, ResultPath, OutputPath; Arguments, Output;
// Assign.

#include "asl/execution/interpreter.h"

namespace backlot::asl::detail {

namespace {

/// Source: AWS Step Functions Developer Guide, "Service quotas": input and output of a state, as UTF-8.
constexpr std::size_t kMaxPayloadBytes = 262'144;

EventType exited(StateType type) {
    constexpr EventType types[] = {EventType::TaskStateExited,     EventType::PassStateExited,
                                   EventType::ChoiceStateExited,   EventType::WaitStateExited,
                                   EventType::SucceedStateExited,  EventType::SucceedStateExited,
                                   EventType::ParallelStateExited, EventType::MapStateExited};
    return types[static_cast<std::size_t>(type)];
}

bool hasResult(StateType type) {
    return type == StateType::task || type == StateType::parallel || type == StateType::map;
}

}  // namespace

const char* typeName(const Json& value) {
    switch (value.GetType()) {
        case rapidjson::kNullType: return "null";
        case rapidjson::kObjectType: return "object";
        case rapidjson::kArrayType: return "array";
        case rapidjson::kStringType: return "string";
        case rapidjson::kNumberType: return "number";
        default: return "boolean";
    }
}

Payload Interpreter::select(const PathField& path, const Payload& document, const Scene& scene) {
    if (path.discards) return Payload(Json(rapidjson::kObjectType));
    if (path.isWhole()) return document;
    if (path.path->root() != JsonPath::Root::input) return Payload(readPathOrFail(*path.path, scene));
    try {
        return Payload(path.path->read(document.json()));
    } catch (const PathNotFound& missing) {
        throw runtimeFailure("Invalid path '" + path.path->text() + "' : " + missing.what());
    }
}

Payload Interpreter::place(const PathField& path, const Payload& document, const Payload& result) {
    if (path.discards) return document;
    if (path.isWhole()) return result;
    try {
        return Payload(path.path->place(copy(document.json()), copy(result.json())));
    } catch (const PathNotFound&) {
        throw StateFailure("States.ResultPathMatchFailure",
                           "Unable to apply ReferencePath " + path.path->text() + " to input " + document.text());
    }
}

Prepared Interpreter::prepare(Frame& frame, const State& state, FrameScene& scene) {
    if (state.language == QueryLanguage::jsonata) {
        if (!state.arguments) return {frame.input, frame.input};
        auto arguments = state.arguments->evaluate(scene, "Arguments");
        if (state.type == StateType::task) note("afterArguments", arguments);
        return {frame.input, std::move(arguments)};
    }
    Prepared out;
    out.effective = select(state.inputPath, frame.input, scene);
    const bool shown = state.type != StateType::parallel && !state.result;  // as recorded from TestState
    if (shown) note("afterInputPath", out.effective);
    out.arguments = out.effective;
    if (state.parameters) {
        scene.input = out.effective;
        out.arguments = state.parameters->evaluate(scene, "Parameters");
    }
    if (shown && (state.type == StateType::task || state.type == StateType::pass))
        note("afterParameters", out.arguments);
    return out;
}

void Interpreter::limit(const Frame& frame, const Payload& payload) {
    if (payload.size() <= kMaxPayloadBytes) return;
    throw StateError{"States.DataLimitExceeded",
                     "The state/task '" + stateOf(frame).name +
                         "' returned a result with a size exceeding the maximum number of bytes service limit."};
}

/// Shapes the result into the state's output and goes on.
void Interpreter::leave(Frame& frame, const Payload& result) {
    const State& state = stateOf(frame);
    FrameScene scene(state_, frame, now_, dice_);
    std::optional<Payload> assigned;
    Payload output;
    if (state.language == QueryLanguage::jsonata) {
        if (hasResult(state.type)) scene.result = result;
        output = state.output ? state.output->evaluate(scene, "Output") : result;
        if (state.assign) assigned = state.assign->evaluate(scene, "Assign");
    } else {
        scene.input = result;
        if (state.assign) assigned = state.assign->evaluate(scene, "Assign");
        Payload selected = result;
        if (state.resultSelector) selected = state.resultSelector->evaluate(scene, "ResultSelector");
        if (state.result) note("result", result);
        if (hasResult(state.type) || state.type == StateType::pass) note("afterResultSelector", selected);
        const Payload whole = place(state.resultPath, frame.input, selected);
        if (hasResult(state.type) || state.type == StateType::pass) note("afterResultPath", whole);
        output = select(state.outputPath, whole, scene);
    }
    exit(frame, std::move(output), assigned, state.next);
}

/// Writes the Exited event, takes over the variables, and follows the transition.
void Interpreter::exit(Frame& frame, Payload output, const std::optional<Payload>& assigned, StateId next) {
    limit(frame, output);
    const State& state = stateOf(frame);
    std::vector<Detail> details{{Member::name, state.name}, {Member::output, output}};
    if (assigned && assigned->json().IsObject() && !assigned->json().ObjectEmpty()) {
        details.emplace_back(Member::assignedVariables, *assigned);
        for (const auto& variable : assigned->json().GetObject()) {
            Payload value{copy(variable.value)};
            limit(frame, value);
            frame.variables.insert_or_assign(text(variable.name), std::move(value));
        }
        note("variables", *assigned);
    }
    emit(frame, exited(state.type), std::move(details));
    goTo(frame, next, std::move(output));
}

}  // namespace backlot::asl::detail
