// Task: schedule, start, submit, answer, heartbeat, time out.

#include <cmath>

#include "asl/execution/interpreter.h"
#include "emulator/base/arn.h"
#include "emulator/base/base64.h"

namespace backlot::asl::detail {

namespace {

constexpr std::size_t kMaxPayloadBytes = 262'144;
constexpr std::int64_t kMaxSeconds = 99'999'999;

/// The events of a task by what its Resource names.
struct TaskEvents {
    EventType scheduled, started, succeeded, failed, timedOut;
};

constexpr TaskEvents kEvents[] = {
    {EventType::LambdaFunctionScheduled, EventType::LambdaFunctionStarted, EventType::LambdaFunctionSucceeded,
     EventType::LambdaFunctionFailed, EventType::LambdaFunctionTimedOut},
    {EventType::ActivityScheduled, EventType::ActivityStarted, EventType::ActivitySucceeded, EventType::ActivityFailed,
     EventType::ActivityTimedOut},
    {EventType::TaskScheduled, EventType::TaskStarted, EventType::TaskSucceeded, EventType::TaskFailed,
     EventType::TaskTimedOut},
};

const TaskEvents& eventsOf(const State& state) { return kEvents[static_cast<std::size_t>(state.resource.kind)]; }

/// An integration's events name it; those of functions and activities do not.
std::vector<Detail> detailsOf(const State& state) {
    if (state.resource.kind != ResourceKind::integration) return {};
    return {{Member::resourceType, state.resource.service}, {Member::resource, state.resource.actionWithPattern()}};
}

void add(std::vector<Detail>& details, Member member, const std::optional<std::string>& text) {
    if (text) details.emplace_back(member, *text);
}

/// Opaque to clients; AWS's are base64 as well.
std::string makeToken(Dice& dice) {
    std::string bytes;
    for (int i = 0; i < 3; ++i) bytes += randomUuid(dice);
    return base64Encode(bytes);
}

}  // namespace

/// TimeoutSeconds, HeartbeatSeconds and their Path forms.
std::optional<std::int64_t> Interpreter::seconds(const std::optional<Field>& field, const FrameScene& scene) {
    if (!field) return std::nullopt;
    const Expression* expression = field->value.expression.get();
    const JsonPath* path = expression ? expression->path() : nullptr;
    const Payload value = path ? Payload(readPathOrFail(*path, scene)) : field->value.evaluate(scene, field->name);
    const Json& json = value.json();
    if (json.IsInt64() && json.GetInt64() > 0 && json.GetInt64() <= kMaxSeconds) return json.GetInt64();
    if (json.IsDouble() && json.GetDouble() == std::floor(json.GetDouble()) && json.GetDouble() > 0 &&
        json.GetDouble() <= double(kMaxSeconds))
        return static_cast<std::int64_t>(json.GetDouble());
    if (path)
        throw runtimeFailure("The " + field->name + " parameter does not reference a positive integer: " +
                             path->text() + " == " + value.text());
    throw evaluationFailure("The JSONata expression '" + (expression ? expression->text() : value.text()) +
                                "' specified for the field '" + field->name +
                                "' returned an unexpected result type. Expected 'positive integer', but was '" +
                                typeName(json) + "' for value: " + value.text(),
                            field->name);
}

void Interpreter::runTask(Frame& frame, const State& state) {
    const bool hasToken =
        state.resource.pattern == IntegrationPattern::waitForTaskToken || state.resource.kind == ResourceKind::activity;
    if (hasToken) frame.taskToken = makeToken(dice_);  // before the parameters, which may hold it
    FrameScene scene(state_, frame, now_, dice_);
    const auto prepared = prepare(frame, state, scene);
    if (state.language == QueryLanguage::jsonPath) scene.input = prepared.effective;
    StartTask task{.attempt = 0,
                   .stateName = state.name,
                   .resource = state.resource,
                   .parameters = prepared.arguments,
                   .taskToken = frame.taskToken};
    task.timeoutSeconds = seconds(state.timeoutSeconds, scene);
    task.heartbeatSeconds = seconds(state.heartbeatSeconds, scene);
    if (state.credentialsRoleArn) {
        const auto role = state.credentialsRoleArn->value.evaluate(scene, "Credentials/RoleArn");
        task.roleArn = role.json().IsString() ? text(role.json()) : role.text();
    }
    limit(frame, task.parameters);
    if (inspection_) {
        inspectedTask_ = std::move(task);
        return await(frame, Phase::task);
    }

    if (state.resource.kind == ResourceKind::activity && activityExists_ && !activityExists_(state.resource.arn))
        throw runtimeFailure("The activity " + state.resource.arn + " does not exist.");

    await(frame, Phase::task);
    task.attempt = frame.attempt;
    std::vector<Detail> details = detailsOf(state);
    if (state.resource.kind == ResourceKind::integration) {
        const auto parts = parseArn(state_.identity.stateMachineArn.empty() ? state_.identity.executionArn
                                                                            : state_.identity.stateMachineArn);
        details.emplace_back(Member::region, parts ? parts->region : std::string("us-east-1"));
        details.emplace_back(Member::parameters, task.parameters);
    } else {
        details.emplace_back(Member::resource, state.resource.arn);
        details.emplace_back(Member::input, task.parameters);
    }
    if (task.timeoutSeconds) details.emplace_back(Member::timeoutInSeconds, *task.timeoutSeconds);
    if (task.heartbeatSeconds && state.resource.kind != ResourceKind::lambdaArn)
        details.emplace_back(Member::heartbeatInSeconds, *task.heartbeatSeconds);
    if (task.roleArn) details.emplace_back(Member::taskCredentials, Payload(object({{"roleArn", *task.roleArn}})));
    emit(frame, eventsOf(state).scheduled, std::move(details));
    if (task.timeoutSeconds) {
        frame.timeoutDue = now_ + std::chrono::seconds(*task.timeoutSeconds);
        setTimer(frame.attempt, Timer::taskTimeout, *frame.timeoutDue);
    }
    if (task.heartbeatSeconds) {
        frame.heartbeatSeconds = *task.heartbeatSeconds;
        frame.heartbeatDue = now_ + std::chrono::seconds(*task.heartbeatSeconds);
        setTimer(frame.attempt, Timer::heartbeat, *frame.heartbeatDue);
    }
    command(std::move(task));
    if (state.resource.kind != ResourceKind::activity)
        state_.ready.push_back({frame.id, Turn::taskStarted});  // an activity starts when polled
}

void Interpreter::taskStarted(Frame& frame) {
    if (frame.phase == Phase::task) emit(frame, eventsOf(stateOf(frame)).started, detailsOf(stateOf(frame)));
}

void Interpreter::on(const TaskStarted& started) {
    Frame* frame = waiting(started.attempt, Phase::task);
    if (frame && stateOf(*frame).resource.kind == ResourceKind::activity)
        emit(*frame, EventType::ActivityStarted, {{Member::workerName, started.workerName}});
}

void Interpreter::on(const TaskSubmitted& submitted) {
    Frame* frame = waiting(submitted.attempt, Phase::task);
    if (!frame || stateOf(*frame).resource.pattern == IntegrationPattern::requestResponse) return;
    auto details = detailsOf(stateOf(*frame));
    details.emplace_back(Member::output, submitted.output);
    emit(*frame, EventType::TaskSubmitted, std::move(details));
}

void Interpreter::on(const TaskSucceeded& succeeded) {
    Frame* frame = waiting(succeeded.attempt, Phase::task);
    if (!frame) return;
    const State& state = stateOf(*frame);
    if (succeeded.output.size() > kMaxPayloadBytes) {
        const auto& what =
            state.resource.kind == ResourceKind::integration ? state.resource.service : state.resource.arn;
        return on(
            TaskFailed{succeeded.attempt, "States.DataLimitExceeded",
                       "The state/task '" + what +
                           "' returned a result with a size exceeding the maximum number of bytes service limit."});
    }
    auto details = detailsOf(state);
    details.emplace_back(Member::output, succeeded.output);
    emit(*frame, eventsOf(state).succeeded, std::move(details));
    const auto attempt = frame->attempt;
    if (frame->timeoutDue || frame->heartbeatDue) command(Cancel{attempt});
    frame->attempt = 0;
    guarded(*frame, [&] { leave(*frame, succeeded.output); });
}

void Interpreter::on(const TaskFailed& failed) {
    if (Frame* frame = waiting(failed.attempt, Phase::readingItems)) {
        command(Cancel{failed.attempt});
        std::vector<Detail> details;
        add(details, Member::error, failed.error);
        add(details, Member::cause, failed.cause);
        emit(*frame, EventType::MapRunFailed, std::move(details));
        frame->attempt = 0;
        return guarded(*frame, [&] { fail(*frame, {failed.error, failed.cause}); });
    }
    Frame* frame = waiting(failed.attempt, Phase::task);
    if (!frame) return;
    const State& state = stateOf(*frame);
    auto details = detailsOf(state);
    add(details, Member::error, failed.error);
    add(details, Member::cause, failed.cause);
    emit(*frame, eventsOf(state).failed, std::move(details));
    if (frame->timeoutDue || frame->heartbeatDue) command(Cancel{failed.attempt});
    frame->attempt = 0;
    guarded(*frame, [&] { fail(*frame, {failed.error, failed.cause}); });
}

void Interpreter::on(const TaskHeartbeat& heartbeat) {
    Frame* frame = waiting(heartbeat.attempt, Phase::task);
    if (!frame || !frame->heartbeatDue) return;
    frame->heartbeatDue = now_ + std::chrono::seconds(frame->heartbeatSeconds);
    setTimer(frame->attempt, Timer::heartbeat, *frame->heartbeatDue);
}

/// Everything that times out at this instant does so before any failure spreads to siblings: recorded on AWS.
void Interpreter::timeOut(AttemptId attempt, Timer timer) {
    Frame* first = waiting(attempt, Phase::task);
    const auto isDue = [&](const Frame& frame) {
        return (frame.timeoutDue && *frame.timeoutDue <= now_) || (frame.heartbeatDue && *frame.heartbeatDue <= now_);
    };
    if (!first || !isDue(*first)) return;  // a heartbeat came in between
    std::vector<std::pair<FrameId, AttemptId>> due;
    for (auto& [id, frame] : state_.frames) {
        if (frame.phase != Phase::task || frame.attempt == 0 || !isDue(frame)) continue;
        const State& state = stateOf(frame);
        auto details = detailsOf(state);
        details.emplace_back(Member::error, std::string("States.Timeout"));
        emit(frame, eventsOf(state).timedOut, std::move(details));
        due.emplace_back(id, frame.attempt);
    }
    for (const auto& [id, which] : due) {
        const auto found = state_.frames.find(id);
        if (found == state_.frames.end() || found->second.attempt != which) continue;  // gone with a failing parent
        Frame& frame = found->second;
        const bool heartbeat = timer == Timer::heartbeat || !(frame.timeoutDue && *frame.timeoutDue <= now_);
        command(Cancel{which});
        frame.attempt = 0;
        guarded(frame, [&] { fail(frame, {.error = "States.Timeout", .cause = "", .heartbeat = heartbeat}); });
    }
}

}  // namespace backlot::asl::detail
