#include "asl/execution/test_state.h"

#include <algorithm>
#include <cmath>

#include "asl/execution/interpreter.h"

namespace backlot::asl {

namespace {

constexpr const char* kStateName = "StateName";  // AWS's name for a state that is given without one

AwsError invalid(std::string message) { return {"ValidationException", std::move(message)}; }

void addTarget(Json& states, const Json* name) {
    if (name && name->IsString() && !find(states, view(*name))) set(states, view(*name), object({{"Type", "Succeed"}}));
}

/// A lone state as a machine: what it leads to becomes a Succeed state of that name.
std::string wrapped(const std::string& definition) {
    auto state = tryParseJson(definition, 500);
    if (!state || !state->IsObject()) return definition;
    Json states(rapidjson::kObjectType);
    set(states, kStateName, copy(*state));
    addTarget(states, find(*state, "Next"));
    addTarget(states, find(*state, "Default"));
    for (const char* list : {"Choices", "Catch"})
        if (const Json* entries = find(*state, list); entries && entries->IsArray())
            for (const auto& entry : entries->GetArray()) addTarget(states, find(entry, "Next"));
    return writeJson(object({{"StartAt", kStateName}, {"States", std::move(states)}}));
}

Payload parsed(const std::string& text, const char* message) {
    if (!tryParseJson(text)) throw invalid(message);
    return Payload(text);
}

}  // namespace

namespace detail {

/// Drives one frame through one state.
class SingleState {
public:
    SingleState(ExecutionState& execution, Inspection& inspection, Time now, Dice& dice)
        : execution_(execution), interpreter_(execution, now, dice, none_, &inspection) {}

    void enter() {
        guard([&](Frame& frame) { interpreter_.enter(frame); });
    }
    void leave(const Payload& result) {
        guard([&](Frame& frame) { interpreter_.leave(frame, result); });
    }
    void fail(const StateError& error) {
        guard([&](Frame& frame) { interpreter_.fail(frame, error); });
    }

    std::optional<StartTask> task() { return std::move(interpreter_.inspectedTask_); }

private:
    template <typename Work>
    void guard(const Work& work) {
        Frame& frame = interpreter_.frame(kRoot);
        interpreter_.guarded(frame, [&] { work(frame); });
    }
    ActivityExists none_;
    ExecutionState& execution_;
    Interpreter interpreter_;
};

}  // namespace detail

StateTest::StateTest(TestStateRequest request, Identity identity, Time now, Dice& dice)
    : request_(std::move(request)), identity_(std::move(identity)), now_(now), dice_(dice) {
    const std::string definition = request_.stateName ? request_.definition : wrapped(request_.definition);
    auto compiled = compile(definition);
    std::erase_if(compiled.diagnostics, [](const auto& d) { return d.message.ends_with("is not reachable."); });
    if (!compiled.machine)
        throw AwsError("InvalidDefinition", invalidDefinitionMessage(compiled.diagnostics, request_.definition));
    machine_ = compiled.machine;
    const auto name = request_.stateName.value_or(kStateName);
    const auto found = std::find_if(machine_->states.begin(), machine_->states.end(),
                                    [&](const State& state) { return state.name == name; });
    if (found == machine_->states.end()) throw invalid("State not found in the state machine definition");
    stateId_ = static_cast<StateId>(found - machine_->states.begin());
    checkMock();
    start();
    applyMock();
}

StateTest::~StateTest() = default;

const State& StateTest::state() const { return machine_->state(stateId_); }
const Resource* StateTest::resource() const { return state().type == StateType::task ? &state().resource : nullptr; }

void StateTest::checkMock() {
    const bool joins = state().type == StateType::map || state().type == StateType::parallel;
    if (!request_.mock) {
        if (joins)
            throw AwsError("InvalidDefinition",
                           "TestState API does not support Map or Parallel states. Supported state types include: "
                           "[Task, Wait, Pass, Succeed, Fail, Choice]");
        return;
    }
    if (!joins && state().type != StateType::task)
        throw invalid("State type '" + std::string(nameOf(state().type)) +
                      "' is not supported when a mock is specified");
    if (request_.revealSecrets) throw invalid("TestState does not support RevealSecrets when a mock is specified.");
    if (!request_.mock->result) return;
    const Payload result = parsed(*request_.mock->result, "Mocked result must be valid JSON");
    if (state().type == StateType::map && state().map->writer && !result.json().IsObject())
        throw invalid("Mocked result must be a JSON object.");
    if (joins && !(state().map && state().map->writer) && !result.json().IsArray())
        throw invalid("Mocked result must be an array.");
    if (request_.mapIterationFailureCount && result.json().IsArray() &&
        *request_.mapIterationFailureCount > static_cast<std::int64_t>(result.json().Size()))
        throw invalid("Map iteration failure count must be less than or equal to the number of Map iterations");
}

/// What `$$` is: the request's own, checked, or one made up from the identity.
Json StateTest::contextObject() const {
    const auto pattern = state().resource.pattern;
    const bool waits = state().type == StateType::task && pattern != IntegrationPattern::requestResponse;
    if (request_.context) {
        auto context = tryParseJson(*request_.context);
        const auto refuse = [](const std::string& why) { return invalid("Invalid Context object provided: " + why); };
        if (!context || !context->IsObject()) throw refuse("Context object must be a valid JSON object");
        for (const auto& member : context->GetObject()) {
            const auto name = text(member.name);
            if (name == "Map") throw refuse("'Map' field is not supported when mocking a Context object");
            if (name != "Execution" && name != "State" && name != "StateMachine" && name != "Task")
                throw refuse("Field '" + name + "' is not allowed");
            if (name == "Task" && !waits)
                throw refuse(
                    "Context object contains 'Task' when state is not a Task state with a '.sync' or "
                    "'.waitForTaskToken' service "
                    "integration pattern");
            if (!member.value.IsObject()) throw refuse(name + " must be an object");
            for (const auto& inner : member.value.GetObject()) {
                const auto field = text(inner.name);
                const bool number = field == "RetryCount" || field == "RedriveCount";
                if (field != "Input" && (number ? !inner.value.IsNumber() : !inner.value.IsString()))
                    throw refuse(name + "." + field + " must be a " + (number ? "number" : "string"));
            }
        }
        return std::move(*context);
    }
    Json role = identity_.roleArn.empty() ? Json() : str(identity_.roleArn);
    Json current = object({{"Name", kStateName}, {"EnteredTime", iso8601Millis(now_)}});
    const auto type = state().type;
    if (type == StateType::task || type == StateType::map || type == StateType::parallel)
        set(current, "RetryCount", request_.retrierRetryCount);
    Json context =
        object({{"Execution", object({{"Id", identity_.executionArn},
                                      {"Input", parseJson(request_.input)},
                                      {"StartTime", iso8601Millis(now_)},
                                      {"Name", identity_.executionName},
                                      {"RoleArn", std::move(role)}})},
                {"StateMachine", object({{"Id", identity_.stateMachineArn}, {"Name", identity_.stateMachineName}})},
                {"State", std::move(current)}});
    if (waits && pattern == IntegrationPattern::waitForTaskToken)
        set(context, "Task", object({{"Token", randomUuid(dice_)}}));
    return context;
}

void StateTest::start() {
    execution_ = std::make_unique<detail::ExecutionState>();
    execution_->machine = machine_;
    execution_->identity = identity_;
    execution_->started = true;
    execution_->input = parsed(request_.input, "Input must be valid JSON");
    execution_->context = Payload(contextObject());
    detail::Frame frame;
    frame.scope = state().scope;
    frame.state = stateId_;
    frame.input = execution_->input;
    if (request_.variables) {
        const Payload variables = parsed(*request_.variables, "Variables must be valid JSON");
        if (variables.json().IsObject())
            for (const auto& variable : variables.json().GetObject())
                frame.variables.emplace(text(variable.name), Payload(copy(variable.value)));
        inspection_.note("variables", variables);
    }
    execution_->frames.emplace(detail::kRoot, std::move(frame));
    inspection_.attempts.assign(state().retry.size(), request_.retrierRetryCount);
    detail::SingleState run(*execution_, inspection_, now_, dice_);
    run.enter();
    task_ = run.task();
}

void StateTest::applyMock() {
    const bool open = execution_->status == ExecutionStatus::running && !inspection_.exit;
    if (!request_.mock || !open) return;
    task_.reset();
    if (const auto& error = request_.mock->errorOutput) return answer(error->error, error->cause);
    const Payload result(*request_.mock->result);
    if (state().type == StateType::map && request_.mapIterationFailureCount) {
        const auto& map = *state().map;
        const auto failures = static_cast<double>(*request_.mapIterationFailureCount);
        const auto noted = [&](std::string_view name) -> std::optional<double> {
            for (const auto& [key, value] : inspection_.notes)
                if (key == name && value.json().IsNumber()) return value.json().GetDouble();
            return std::nullopt;
        };
        const auto count = noted("toleratedFailureCount"), percentage = noted("toleratedFailurePercentage");
        const double total = result.json().IsArray() && !result.json().Empty() ? result.json().Size() : 1;
        const bool exceeded = (map.toleratedFailureCount && count && failures > *count) ||
                              (map.toleratedFailurePercentage && percentage && failures * 100 / total > *percentage);
        if (exceeded)
            return answer("States.ExceedToleratedFailureThreshold",
                          "The specified tolerated failure threshold was exceeded");
    }
    answer(result);
}

void StateTest::answer(Payload output) {
    task_.reset();
    if (state().type == StateType::task) inspection_.note("result", output);
    detail::SingleState(*execution_, inspection_, now_, dice_).leave(output);
}

void StateTest::answer(std::optional<std::string> error, std::optional<std::string> cause) {
    task_.reset();
    error_ = error;
    cause_ = cause;
    detail::SingleState(*execution_, inspection_, now_, dice_).fail({error, cause});
}

Json StateTest::response() const {
    Json out(rapidjson::kObjectType);
    const bool failed = execution_->status == ExecutionStatus::failed;
    const bool caught = inspection_.exit && inspection_.catcher;
    const bool retriable = !inspection_.exit && !failed && inspection_.backsOff;
    if (inspection_.exit) {
        set(out, "output", inspection_.exit->output.text());
        if (inspection_.exit->next != kEnd) set(out, "nextState", machine_->state(inspection_.exit->next).name);
    }
    if (failed) {
        set(out, "error", execution_->error);
        set(out, "cause", execution_->cause);
    } else if (caught || retriable) {
        set(out, "error", inspection_.error);
        set(out, "cause", inspection_.cause);
    }
    set(out, "status", caught ? "CAUGHT_ERROR" : failed ? "FAILED" : retriable ? "RETRIABLE" : "SUCCEEDED");
    if (request_.inspectionLevel == InspectionLevel::info) return out;
    Json data(rapidjson::kObjectType);
    for (const auto& [name, value] : inspection_.notes) {
        if (value.json().IsNumber() && name != "input" && !name.starts_with("after") && name != "result")
            set(data, name, copy(value.json()));
        else
            set(data, name, value.text());
    }
    Json errorDetails(rapidjson::kObjectType);
    if (inspection_.catcher) set(errorDetails, "catchIndex", static_cast<std::uint64_t>(*inspection_.catcher));
    if (inspection_.retrier) set(errorDetails, "retryIndex", static_cast<std::uint64_t>(*inspection_.retrier));
    if (inspection_.backsOff)
        set(errorDetails, "retryBackoffIntervalSeconds",
            static_cast<std::int64_t>(std::llround(inspection_.backoffSeconds)));
    if (!errorDetails.ObjectEmpty()) set(data, "errorDetails", std::move(errorDetails));
    set(out, "inspectionData", std::move(data));
    return out;
}

}  // namespace backlot::asl
