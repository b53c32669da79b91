#include "emulator/services/states/runner.h"

#include "emulator/services/states/errors.h"
#include "emulator/services/states/tasks.h"
#include "emulator/world/record.h"

namespace backlot::states {
namespace {

class CallDice : public asl::Dice {
public:
    explicit CallDice(Call& call) : call_(call) {}
    std::uint64_t next() override { return call_.roll("asl"); }

private:
    Call& call_;
};

Key valueKey(const ExecutionRow& row) { return Key("value").number(row.number); }
Key timerPrefix(const ExecutionRow& row) { return Key("timer").number(row.number); }
Key timerKey(const ExecutionRow& row, asl::AttemptId attempt, asl::Timer timer) {
    return timerPrefix(row).number(attempt).number(static_cast<std::uint64_t>(timer));
}
Key tokenKey(std::string_view token) { return Key("token").text(token); }

std::string labelOf(const ExecutionRow& row, asl::Timer timer) {
    static constexpr const char* kNames[] = {"Wait", "Retry", "task time-out", "heartbeat", "execution time-out", "next turn"};
    return "execution " + row.name + ": " + kNames[static_cast<std::size_t>(timer)];
}

std::string statusText(asl::ExecutionStatus status) { return std::string(asl::nameOf(status)); }

/// State transitions into the record, under the execution's own entry; what a state causes hangs on its transition.
void recordTransitions(Call& call, const ExecutionRow& row, const std::vector<asl::HistoryEvent>& events) {
    const std::uint64_t own = call.cause.entry;
    std::uint64_t last = row.entry;
    for (const auto& event : events) {
        const auto type = asl::nameOf(event.type);
        const bool entered = type.ends_with("StateEntered"), failed = type.ends_with("Failed") || type.ends_with("TimedOut") || type == "ExecutionAborted";
        if (!entered && !failed && !type.starts_with("Execution")) continue;
        std::string name, error;
        for (const auto& detail : event.details) {
            if (detail.member == asl::Member::name) name = std::get<std::string>(detail.value);
            if (detail.member == asl::Member::error) error = std::get<std::string>(detail.value);
        }
        call.cause.entry = row.entry;
        const auto entry = call.note({.kind = "transition", .service = "states", .operation = std::string(type), .resource = entered ? row.name + "/" + name : row.name, .error = error});
        if (entered) last = entry;
    }
    call.cause.entry = last == row.entry ? own : last;
}

}  // namespace

std::uint64_t nextNumber(Call& call) {
    const Key key("numbers");
    const auto last = call.get(key);
    const std::uint64_t number = (last ? std::stoull(std::string(*last)) : 0) + 1;
    call.put(key, std::to_string(number));
    return number;
}

void Runner::start(Call& call, ExecutionRow& row, const StateMachine& machine) {
    asl::Execution execution(machines_.compiled(call, row.revision),
                             asl::Identity{.executionArn = row.arn, .executionName = row.name, .stateMachineArn = machine.arn, .stateMachineName = machine.name,
                                           .roleArn = machine.roleArn, .startTime = call.now});
    run(call, row, execution, asl::Start{asl::Payload(row.input)});
}

void Runner::step(Call& call, ExecutionRow& row, const asl::Event& event) {
    if (!row.running()) return;
    const auto bytes = call.get(valueKey(row));
    if (!bytes) throw std::runtime_error("the value of " + row.arn + " is missing");
    auto execution = asl::Execution::fromBytes(machines_.compiled(call, row.revision), std::string(*bytes));
    run(call, row, execution, event);
}

void Runner::run(Call& call, ExecutionRow& row, asl::Execution& execution, const asl::Event& event) {
    CallDice dice(call);
    const asl::Step step = execution.step(event, call.now, dice);
    appendHistory(call, row, step.history);
    const std::uint64_t entry = call.cause.entry;
    recordTransitions(call, row, step.history);
    const bool isNew = std::holds_alternative<asl::Start>(event);
    const bool ends = execution.status() != asl::ExecutionStatus::running;
    if (!ends) call.put(valueKey(row), execution.bytes());
    if (isNew && !ends) save(call, row);
    for (const auto& command : step.commands) carryOut(call, row, command);
    if (ends && !isNew) call.erase(valueKey(row));
    call.cause.entry = entry;
}

void Runner::carryOut(Call& call, ExecutionRow& row, const asl::Command& command) {
    if (const auto* task = std::get_if<asl::StartTask>(&command)) {
        if (task->taskToken) call.putJson(tokenKey(*task->taskToken), object({{"execution", row.arn}, {"attempt", task->attempt}}));
        startTask(call, row, *task);
    } else if (const auto* timer = std::get_if<asl::StartTimer>(&command)) {
        startTimer(call, row, *timer);
    } else if (const auto* cancel = std::get_if<asl::Cancel>(&command)) {
        forgetAttempt(call, row, cancel->attempt);
    } else if (const auto* done = std::get_if<asl::Done>(&command)) {
        end(call, row, *done);
    } else {
        asl::AttemptId attempt = 0;
        if (const auto* read = std::get_if<asl::ReadItems>(&command)) attempt = read->attempt;
        if (const auto* map = std::get_if<asl::StartMapRun>(&command)) attempt = map->attempt;
        answerLater(call, row, attempt, AwsError("States.Runtime", "Backlot does not run Distributed Maps yet."));
    }
}

void Runner::startTimer(Call& call, const ExecutionRow& row, const asl::StartTimer& timer) {
    const Key key = timerKey(row, timer.attempt, timer.timer);
    if (const auto old = call.get(key))
        if (const auto job = JobId::parse(*old)) call.cancel(*job);
    const JobId job = call.later(timer.due, {.service = "states", .operation = "TimerDue",
                                             .request = object({{"execution", row.arn}, {"attempt", timer.attempt}, {"timer", static_cast<int>(timer.timer)},
                                                                {"due", timer.due.time_since_epoch().count()}}),
                                             .label = labelOf(row, timer.timer)});
    call.put(key, job.text());
}

void Runner::forgetAttempt(Call& call, const ExecutionRow& row, asl::AttemptId attempt) {
    std::vector<std::string> keys;
    std::vector<JobId> jobs;
    const Key prefix = attempt ? timerPrefix(row).number(attempt) : timerPrefix(row);
    call.scan(prefix, [&](std::string_view key, std::string_view value) {
        keys.emplace_back(key);
        if (const auto job = JobId::parse(value)) jobs.push_back(*job);
        return true;
    });
    for (const auto& job : jobs) call.cancel(job);
    for (const auto& key : keys) call.erase(key);
}

void Runner::end(Call& call, ExecutionRow& row, const asl::Done& done) {
    row.status = statusText(done.status);
    row.stoppedAt = call.now;
    if (done.status == asl::ExecutionStatus::succeeded) row.output = done.output.text();
    row.error = done.error;
    row.cause = done.cause;
    forgetAttempt(call, row, 0);
    save(call, row);
    call.signal(endedTopic(row.arn));
    if (!row.parent.IsNull()) {
        const bool parsed = boolOr(row.parent, "parsed", false);
        Json answer = describe(row);
        if (parsed)
            for (const char* member : {"input", "output"})
                if (const Json* text = find(answer, member))
                    if (auto value = tryParseJson(view(*text))) set(answer, member, std::move(*value));
        Json request = object({{"context", copy(row.parent)}});
        if (done.status == asl::ExecutionStatus::succeeded)
            set(request, "output", sdkSpelling(std::move(answer)));
        else
            set(request, "error", object({{"code", "States.TaskFailed"}, {"message", writeJson(sdkSpelling(std::move(answer)))}}));
        set(*find(request, "context"), "kind", "sync");
        call.soon({.service = "states", .operation = "TaskEnded", .request = std::move(request)});
    }
}

Json Runner::timerDue(Call& call, const Fields& request) {
    auto row = findExecution(call, request.text("execution"));
    if (!row) return object();
    const auto attempt = static_cast<asl::AttemptId>(request.integer("attempt"));
    const auto timer = static_cast<asl::Timer>(request.integer("timer"));
    call.erase(timerKey(*row, attempt, timer));
    step(call, *row, asl::TimerDue{attempt, timer, Time(Duration(request.integer("due")))});
    return object();
}

Json Runner::taskEnded(Call& call, const Fields& request) {
    const Fields context = request.child("context");
    auto row = findExecution(call, context.text("execution"));
    if (!row) return object();
    step(call, *row, taskAnswer(call, context, request));
    return object();
}

Json Runner::taskSubmitted(Call& call, const Fields& request) {
    const Fields context = request.child("context");
    auto row = findExecution(call, context.text("execution"));
    if (!row) return object();
    const auto answer = taskAnswer(call, context, request);
    if (const auto* ok = std::get_if<asl::TaskSucceeded>(&answer))
        step(call, *row, asl::TaskSubmitted{ok->attempt, ok->output});
    else
        step(call, *row, answer);
    return object();
}

Runner::TokenOwner Runner::ownerOf(Call& call, const Fields& request) {
    const auto owner = call.getJson(tokenKey(request.text("taskToken")));
    if (!owner) throw invalidToken("Invalid token");
    auto row = findExecution(call, textOr(*owner, "execution"));
    const auto attempt = static_cast<asl::AttemptId>(intOr(*owner, "attempt", 0));
    if (!row || !row->running()) throw taskTimedOut();
    const auto bytes = call.get(valueKey(*row));
    if (!bytes || !asl::Execution::fromBytes(machines_.compiled(call, row->revision), std::string(*bytes)).isWaitingFor(attempt)) throw taskTimedOut();
    return {std::move(*row), attempt};
}

Json Runner::sendTaskSuccess(Call& call, const Fields& request) {
    const std::string output = request.text("output");
    try {
        parseJson(output);
    } catch (const JsonError& error) {
        throw invalidOutput(error.what());
    }
    auto [row, attempt] = ownerOf(call, request);
    call.about(row.arn);
    step(call, row, asl::TaskSucceeded{attempt, asl::Payload(output)});
    return object();
}

Json Runner::sendTaskFailure(Call& call, const Fields& request) {
    auto [row, attempt] = ownerOf(call, request);
    call.about(row.arn);
    step(call, row, asl::TaskFailed{attempt, request.optionalText("error"), request.optionalText("cause")});
    return object();
}

Json Runner::sendTaskHeartbeat(Call& call, const Fields& request) {
    auto [row, attempt] = ownerOf(call, request);
    step(call, row, asl::TaskHeartbeat{attempt});
    return object();
}

}  // namespace backlot::states
