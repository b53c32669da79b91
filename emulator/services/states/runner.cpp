#include "emulator/services/states/runner.h"

#include <algorithm>

#include "emulator/services/states/activities.h"
#include "emulator/services/states/ended_executions.h"
#include "emulator/services/states/history.h"
#include "emulator/services/states/status_events.h"
#include "emulator/services/states/task_answers.h"
#include "emulator/services/states/tasks.h"
#include "emulator/services/states/tokens.h"
#include "emulator/world/record.h"

namespace backlot::states {
namespace {

constexpr std::size_t kLiveKept = 256;

Key valueKey(const ExecutionRow& row) { return Key("value").number(row.number); }
Key timerPrefix(const ExecutionRow& row) { return Key("timer").number(row.number); }
Key timerKey(const ExecutionRow& row, asl::AttemptId attempt, asl::Timer timer) {
    return timerPrefix(row).number(attempt).number(static_cast<std::uint64_t>(timer));
}

/// A row is the number of steps taken, and the interpreter's value.
std::string valueRow(std::uint64_t steps, const asl::Execution& execution) {
    std::string row = Key().number(steps).bytes();
    row += execution.bytes();
    return row;
}

std::string labelOf(const ExecutionRow& row, asl::Timer timer) {
    static constexpr const char* kNames[] = {"Wait",     "Retry", "task time-out", "heartbeat", "execution time-out",
                                             "next turn"};
    return "execution " + row.name + ": " + kNames[static_cast<std::size_t>(timer)];
}

/// State transitions into the record, under the execution's own entry; what a state causes hangs on its transition.
void recordTransitions(Call& call, const ExecutionRow& row, const std::vector<asl::HistoryEvent>& events) {
    const std::uint64_t own = call.cause.entry;
    std::uint64_t last = row.entry;
    for (const auto& event : events) {
        const auto type = asl::nameOf(event.type);
        const bool entered = type.ends_with("StateEntered"),
                   failed = type.ends_with("Failed") || type.ends_with("TimedOut") || type == "ExecutionAborted";
        if (!entered && !failed && !type.starts_with("Execution")) continue;
        std::string name, error;
        for (const auto& detail : event.details) {
            if (detail.member == asl::Member::name) name = std::get<std::string>(detail.value);
            if (detail.member == asl::Member::error) error = std::get<std::string>(detail.value);
        }
        call.cause.entry = row.entry;
        const auto entry = call.note({.kind = "transition",
                                      .service = "states",
                                      .operation = std::string(type),
                                      .resource = entered ? row.name + "/" + name : row.name,
                                      .error = error});
        if (entered) last = entry;
    }
    call.cause.entry = last == row.entry ? own : last;
}

}  // namespace

std::uint64_t nextNumber(Call& call, std::string_view kind) {
    const Key key(kind);
    const auto last = call.get(key);
    const std::uint64_t number = (last ? std::stoull(std::string(*last)) : 0) + 1;
    call.put(key, std::to_string(number));
    return number;
}

std::uint64_t Runner::nextExecution(Call& call) {
    if (!lastExecution_) {
        const auto stored = call.get(Key("numbers"));
        lastExecution_ = stored ? std::stoull(std::string(*stored)) : 0;
    }
    // What is undone leaves a gap: a number is never given twice.
    call.put(Key("numbers"), std::to_string(++*lastExecution_));
    return *lastExecution_;
}

Key syncChildKey(std::uint64_t execution, asl::AttemptId attempt) {
    return Key("child").number(execution).number(attempt);
}

Runner::Runner(Surroundings surroundings)
    : surroundings_(std::move(surroundings)), mocks_(surroundings_.mockConfig), httpTasks_(surroundings_.outside) {}

void Runner::forget() {
    lastExecution_.reset();
    live_.clear();
    machines_.forget();
    mapRuns_.forget();
    testRuns_.forget();
    httpTasks_.forget();
}

void Runner::start(Call& call, ExecutionRow& row, asl::ScopeId scope, asl::Payload mapItem) {
    const auto definition = machines_.definition(call, row.revision);
    const std::string machineName = row.machineArn.substr(row.machineArn.rfind(':') + 1);
    asl::Execution execution(definition->machine,
                             asl::Identity{.executionArn = row.arn,
                                           .executionName = row.name,
                                           .stateMachineArn = row.machineArn,
                                           .stateMachineName = machineName,
                                           .roleArn = definition->revision.roleArn,
                                           .stateMachineAliasArn = row.aliasArn,
                                           .stateMachineVersionArn = row.versionArn,
                                           .startTime = call.now,
                                           .mapItem = std::move(mapItem)},
                             scope);
    tellStatus(call, row);
    run(call, row, *definition, {std::move(execution), 0}, asl::Start{asl::Payload(row.input)});
}

Runner::Live Runner::take(Call& call, const ExecutionRow& row, const Definition& definition) {
    const auto stored = call.get(valueKey(row));
    if (!stored) throw std::runtime_error("the value of " + row.arn + " is missing");
    KeyReader reader(*stored);
    const std::uint64_t steps = reader.number();
    if (auto node = live_.extract(row.number); node && node.mapped().steps == steps) return std::move(node.mapped());
    return {asl::Execution::fromBytes(definition.machine, reader.rest()), steps};
}

void Runner::step(Call& call, ExecutionRow& row, const asl::Event& event) {
    if (!row.running()) return;
    const auto definition = machines_.definition(call, row.revision);
    run(call, row, *definition, take(call, row, *definition), event);
}

void Runner::redrive(Call& call, ExecutionRow& row) {
    save(call, row);
    tellStatus(call, row);
    step(call, row, asl::Redrive{});
}

bool Runner::isWaitingFor(Call& call, const ExecutionRow& row, asl::AttemptId attempt) {
    if (!row.running()) return false;
    auto live = take(call, row, *machines_.definition(call, row.revision));
    const bool waits = live.execution.isWaitingFor(attempt);
    live_.insert_or_assign(row.number, std::move(live));
    return waits;
}

void Runner::run(Call& call, ExecutionRow& row, const Definition& definition, Live live, const asl::Event& event) {
    CallDice dice(call);
    asl::Execution& execution = live.execution;
    const asl::Step step = execution.step(
        event, call.now, dice, [&](std::string_view arn) { return findActivity(call, std::string(arn)).has_value(); });
    appendHistory(call, row, definition, step.history);
    const std::uint64_t entry = call.cause.entry;
    recordTransitions(call, row, step.history);
    const bool isNew = std::holds_alternative<asl::Start>(event);
    const bool ends = execution.status() != asl::ExecutionStatus::running;
    // What failed can be redriven, so its value stays.
    const bool keepsValue =
        !ends || (execution.status() != asl::ExecutionStatus::succeeded && !row.express() && !row.mapRunArn);
    if (keepsValue) call.put(valueKey(row), valueRow(++live.steps, execution));
    if (isNew && !ends) save(call, row);
    row.bare = isNew && ends && std::none_of(step.commands.begin(), step.commands.end(), [](const auto& command) {
                   return std::holds_alternative<asl::StartTimer>(command);
               });
    if (!ends) {
        if (live_.size() >= kLiveKept) live_.clear();
        live_.insert_or_assign(row.number, std::move(live));
    }
    for (const auto& command : step.commands) carryOut(call, row, command);
    if (!keepsValue && !isNew) call.erase(valueKey(row));
    call.cause.entry = entry;
}

void Runner::forgetValue(Call& call, const ExecutionRow& row) { call.erase(valueKey(row)); }

void Runner::carryOut(Call& call, ExecutionRow& row, const asl::Command& command) {
    if (const auto* task = std::get_if<asl::StartTask>(&command)) {
        if (task->taskToken) keepToken(call, row, *task);
        if (!startMock(*this, call, row, *task)) startTask(*this, call, row, *task);
    } else if (const auto* timer = std::get_if<asl::StartTimer>(&command)) {
        startTimer(call, row, *timer);
    } else if (const auto* cancel = std::get_if<asl::Cancel>(&command)) {
        forgetAttempt(call, row, cancel->attempt);
    } else if (const auto* read = std::get_if<asl::ReadItems>(&command)) {
        mapRuns_.readLater(call, row, *read);
    } else if (const auto* map = std::get_if<asl::StartMapRun>(&command)) {
        mapRuns_.start(call, row, *map);
    } else if (const auto* done = std::get_if<asl::Done>(&command)) {
        end(call, row, *done);
    }
}

void Runner::startTimer(Call& call, const ExecutionRow& row, const asl::StartTimer& timer) {
    const Key key = timerKey(row, timer.attempt, timer.timer);
    if (const auto old = call.get(key))
        if (const auto job = JobId::parse(*old)) call.cancel(*job);
    const JobId job = call.later(timer.due, {.service = "states",
                                             .operation = "TimerDue",
                                             .request = object({{"execution", row.arn},
                                                                {"attempt", timer.attempt},
                                                                {"timer", static_cast<int>(timer.timer)},
                                                                {"due", timer.due.time_since_epoch().count()}}),
                                             .label = labelOf(row, timer.timer)});
    call.put(key, job.text());
}

void Runner::forgetTimers(Call& call, const Key& prefix) {
    std::vector<std::string> keys;
    std::vector<JobId> jobs;
    call.scan(prefix, [&](std::string_view key, std::string_view value) {
        keys.emplace_back(key);
        if (const auto job = JobId::parse(value)) jobs.push_back(*job);
        return true;
    });
    for (const auto& job : jobs) call.cancel(job);
    for (const auto& key : keys) call.erase(key);
}

void Runner::forgetAttempt(Call& call, const ExecutionRow& row, asl::AttemptId attempt) {
    forgetTimers(call, timerPrefix(row).number(attempt));
    forgetActivityTask(call, row.number, attempt);
    mapRuns_.abortOf(call, row, attempt);
    const Key childKey = syncChildKey(row.number, attempt);
    if (const auto child = call.get(childKey)) {  // AWS stops what a .sync task started when it stops waiting for it
        const std::string arn(*child);
        call.erase(childKey);
        if (auto running = findExecution(call, arn); running && running->running()) {
            running->parent.clear();
            step(call, *running, asl::Stop{});
        }
    }
}

void Runner::end(Call& call, ExecutionRow& row, const asl::Done& done) {
    row.status = asl::nameOf(done.status);
    row.stoppedAt = call.now;
    if (done.status == asl::ExecutionStatus::succeeded) row.output = done.output.text();
    row.error = done.error;
    row.cause = done.cause;
    if (!row.bare) forgetTimers(call, timerPrefix(row));
    if (row.keeps() || (row.sync && !row.fresh))
        save(call, row);
    else if (!row.bare)
        removeExecution(call, row);
    if (row.sync && !row.fresh) call.signal(endedTopic(row.arn));
    tellStatus(call, row);
    tellParent(call, row);
    if (row.mapRunArn)
        mapRuns_.childEnded(call, row);
    else if (row.keeps())
        noteEnded(call, row, surroundings_.retention);
}

/// A `.sync` task hears how its execution ended.
void Runner::tellParent(Call& call, const ExecutionRow& row) {
    if (row.parent.empty()) return;
    Json context = parseJson(row.parent);
    set(context, "kind", "sync");
    Json request = syncAnswerOf(row, boolOr(context, "parsed", false));
    set(request, "context", std::move(context));
    call.soon({.service = "states", .operation = "TaskEnded", .request = std::move(request)});
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
    if (const auto test = context.optionalInteger("test")) {
        testRuns_.answered(call, static_cast<std::uint64_t>(*test), taskAnswer(*this, call, context, request));
        return object();
    }
    auto row = findExecution(call, context.text("execution"));
    if (!row) return object();
    const auto answer = taskAnswer(*this, call, context, request);
    if (context.valueOr("kind", "") == "sync")
        call.erase(syncChildKey(row->number, static_cast<asl::AttemptId>(context.integer("attempt"))));
    step(call, *row, answer);
    return object();
}

Json Runner::taskSubmitted(Call& call, const Fields& request) {
    const Fields context = request.child("context");
    auto row = findExecution(call, context.text("execution"));
    if (!row) return object();
    const auto answer = taskAnswer(*this, call, context, request);
    const auto* ok = std::get_if<asl::TaskSucceeded>(&answer);
    if (!ok) {
        step(call, *row, answer);
        return object();
    }
    if (const auto child = request.child("output").optionalText("executionArn");
        child && context.valueOr("api", "") == "states" && context.valueOr("kind", "") == "optimised") {
        if (!isWaitingFor(call, *row, ok->attempt)) return object();
        call.put(syncChildKey(row->number, ok->attempt), *child);
    }
    step(call, *row, asl::TaskSubmitted{ok->attempt, ok->output});
    return object();
}

}  // namespace backlot::states
