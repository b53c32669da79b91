// The states that need nobody else: Pass, Succeed, Choice, Wait, Fail.

#include <cmath>

#include "asl/execution/interpreter.h"

namespace backlot::asl::detail {

namespace {

constexpr std::int64_t kLongestWaitSeconds = 31'536'000;  // an execution lasts a year at most

/// The value as an error text shows it: strings without quotes.
std::string shown(const Json& value) { return value.IsString() ? text(value) : writeJson(value); }

std::string textOf(const Field& field, const FrameScene& scene) {
    const Payload value = field.value.evaluate(scene, field.name);
    if (value.json().IsString()) return text(value.json());
    if (field.value.expression && field.value.expression->jsonata())
        throw evaluationFailure("The JSONata expression '" + field.value.expression->text() +
                                    "' specified for the field '" + field.name +
                                    "' returned an unexpected result type. Expected 'string', but was '" +
                                    typeName(value.json()) + "' for value: " + value.text(),
                                field.name);
    throw runtimeFailure("The " + field.name + " parameter does not reference a string: " +
                         (field.value.expression ? field.value.expression->text() + " == " : "") + shown(value.json()));
}

}  // namespace

void Interpreter::runPass(Frame& frame, const State& state) {
    FrameScene scene(state_, frame, now_, dice_);
    const auto prepared = prepare(frame, state, scene);
    leave(frame, state.result ? *state.result : prepared.arguments);
}

void Interpreter::runChoice(Frame& frame, const State& state) {
    FrameScene scene(state_, frame, now_, dice_);
    const auto prepared = prepare(frame, state, scene);
    scene.input = prepared.effective;
    const std::optional<Template>*assign = &state.assign, *output = &state.output;
    std::optional<StateId> next = state.defaultState;
    for (std::size_t i = 0; i < state.choices.size(); ++i) {
        const auto& rule = state.choices[i];
        bool matched = false;
        if (rule.condition.kind == Condition::Kind::jsonata) {
            const std::string field = "Choices[" + std::to_string(i) + "]/Condition";
            const Payload value = rule.condition.expression->evaluate(scene, field);
            if (!value.json().IsBool()) {
                const auto* expression = rule.condition.expression->expression.get();
                throw evaluationFailure("The JSONata expression '" + (expression ? expression->text() : value.text()) +
                                            "' specified for the field '" + field +
                                            "' returned an unexpected result type. Expected 'boolean', but was '" +
                                            typeName(value.json()) + "' for value: " + value.text(),
                                        field);
            }
            matched = value.json().IsTrue();
        } else {
            matched = holds(rule.condition, scene);
        }
        if (!matched) continue;
        assign = &rule.assign;
        output = &rule.output;
        next = rule.next;
        break;
    }
    if (!next) throw runtimeFailure("Failed to transition out of the state. The state does not point to a next state.");
    Payload out = prepared.effective;
    if (*output) out = (*output)->evaluate(scene, "Output");
    std::optional<Payload> assigned;
    if (*assign) assigned = (*assign)->evaluate(scene, "Assign");
    if (state.language == QueryLanguage::jsonPath) out = select(state.outputPath, out, scene);
    exit(frame, std::move(out), assigned, *next);
}

void Interpreter::runWait(Frame& frame, const State& state) {
    FrameScene scene(state_, frame, now_, dice_);
    scene.input = prepare(frame, state, scene).effective;
    const auto due = waitDue(frame, state, scene);
    if (due <= now_ || inspection_) return leave(frame, scene.input);
    await(frame, Phase::waiting);
    setTimer(frame.attempt, Timer::wait, due);
}

Time Interpreter::waitDue(Frame& frame, const State& state, const FrameScene& scene) {
    const Field& field = state.seconds ? *state.seconds : *state.timestamp;
    const Expression* expression = field.value.expression.get();
    const JsonPath* path = expression ? expression->path() : nullptr;
    Payload value;
    if (path) {
        try {
            value = Payload(readPath(*path, scene));
        } catch (const PathNotFound&) {
            throw runtimeFailure("The " + field.name + " parameter does not reference an input value: " + path->text());
        }
    } else {
        value = field.value.evaluate(scene, field.name);
    }
    const Json& json = value.json();
    const auto cited = [&] { return path->text() + " == " + shown(json); };
    if (state.timestamp) {
        const auto time = json.IsString() ? parseIso8601(view(json)) : std::nullopt;
        if (time) {
            if (*time - now_ > std::chrono::seconds(kLongestWaitSeconds))
                throw runtimeFailure("Wait state delay is too long.");
            return *time;
        }
        if (path)
            throw runtimeFailure(
                "The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format "
                "string: " +
                cited());
        throw evaluationFailure(
            "The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: " +
                shown(json),
            "Timestamp");
    }
    std::optional<std::int64_t> seconds;
    if (json.IsInt64())
        seconds = json.GetInt64();
    else if (json.IsDouble() && json.GetDouble() == std::floor(json.GetDouble()) && std::abs(json.GetDouble()) < 1e15)
        seconds = static_cast<std::int64_t>(json.GetDouble());
    if (!seconds) {
        if (path) throw runtimeFailure("The SecondsPath parameter cannot be parsed as a long value: " + cited());
        throw evaluationFailure("The JSONata expression '" + (expression ? expression->text() : value.text()) +
                                    "' specified for the field 'Seconds' returned an unexpected result type. Expected "
                                    "'integer', but was '" +
                                    typeName(json) + "' for value: " + value.text(),
                                "Seconds");
    }
    if (*seconds < 0) {
        if (path) throw runtimeFailure("The SecondsPath parameter references a negative value: " + cited());
        throw evaluationFailure("The Seconds field cannot be negative: " + value.text(), "Seconds");
    }
    if (*seconds > kLongestWaitSeconds) throw runtimeFailure("Wait state delay is too long.");
    frame.heartbeatSeconds = 0;
    return now_ + std::chrono::seconds(*seconds);
}

void Interpreter::runFail(Frame& frame, const State& state) {
    FrameScene scene(state_, frame, now_, dice_);
    if (state.language == QueryLanguage::jsonPath) note("afterInputPath", frame.input);
    StateError error;
    if (state.error) error.error = textOf(*state.error, scene);
    if (state.cause) error.cause = textOf(*state.cause, scene);
    fail(frame, error);
}

}  // namespace backlot::asl::detail
