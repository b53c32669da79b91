#include "asl/execution/execution.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/asl/host.h"

namespace backlot::asl {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::shared_ptr<const Machine> machineOf(const std::string& definition) {
    const auto compiled = compile(definition);
    for (const auto& diagnostic : compiled.diagnostics) FAIL_CHECK(diagnostic.message << " at " << diagnostic.location);
    REQUIRE(compiled.machine);
    return compiled.machine;
}

std::shared_ptr<const Machine> taskWith(const std::string& fields) {
    return machineOf(
        R"({"StartAt": "Pay", "States": {"Pay": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": "pay"}, )" +
        fields + R"(, "End": true}}})");
}

std::vector<std::string> types(const std::vector<HistoryEvent>& history) {
    std::vector<std::string> out;
    for (const auto& event : history) out.emplace_back(nameOf(event.type));
    return out;
}

/// When each task was scheduled, in milliseconds after the start.
std::vector<std::int64_t> scheduledAt(const Host::Run& run) {
    std::vector<std::int64_t> out;
    for (const auto& event : run.history)
        if (event.type == EventType::TaskScheduled)
            out.push_back(
                std::chrono::duration_cast<milliseconds>(event.timestamp - run.history.front().timestamp).count());
    return out;
}

Host alwaysFailing(std::string error) {
    return Host([error](const StartTask& task) {
        return std::vector<Event>{TaskFailed{task.attempt, error, "no funds"}};
    });
}

template <typename T>
const T* commandOf(const Step& step) {
    for (const auto& command : step.commands)
        if (const auto* found = std::get_if<T>(&command)) return found;
    return nullptr;
}

}  // namespace

TEST_CASE("retries wait Interval * Backoff^n, at most MaxDelaySeconds") {
    auto host = alwaysFailing("Payment.Declined");
    const auto run =
        host.run(taskWith(R"("Retry": [{"ErrorEquals": ["Payment.Declined"], "IntervalSeconds": 2, "BackoffRate": 3,
        "MaxAttempts": 4, "MaxDelaySeconds": 20}])"),
                 Payload(std::string("{}")));
    CHECK(scheduledAt(run) == std::vector<std::int64_t>{0, 2'000, 8'000, 26'000, 46'000});
    CHECK(run.execution.status() == ExecutionStatus::failed);
    CHECK(run.execution.error() == "Payment.Declined");
}

TEST_CASE("full jitter draws the delay between nothing and all of it, the same for the same dice") {
    const auto machine = taskWith(
        R"("Retry": [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 10, "MaxAttempts": 2, "JitterStrategy": "FULL"}])");
    auto first = alwaysFailing("E"), second = alwaysFailing("E");
    const auto times = scheduledAt(first.run(machine, Payload(std::string("{}"))));
    REQUIRE(times.size() == 3);
    CHECK(times[1] < 10'000);
    CHECK(times[2] - times[1] < 20'000);
    CHECK(times == scheduledAt(second.run(machine, Payload(std::string("{}")))));
}

TEST_CASE("each retrier counts for itself, and a Catch comes after them") {
    const auto machine = machineOf(R"({"StartAt": "Pay", "States": {
        "Pay": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "pay"},
            "Retry": [{"ErrorEquals": ["A"], "MaxAttempts": 1}, {"ErrorEquals": ["B"], "MaxAttempts": 1}],
            "Catch": [{"ErrorEquals": ["States.TaskFailed"], "ResultPath": "$.failure", "Next": "Sorry"}], "End": true},
        "Sorry": {"Type": "Pass", "End": true}}})");
    int calls = 0;
    Host host([&](const StartTask& task) {
        constexpr const char* errors[] = {"A", "B", "A"};
        return std::vector<Event>{TaskFailed{task.attempt, errors[calls++ % 3], "why"}};
    });
    const auto run = host.run(machine, Payload(std::string(R"({"order": 1})")));
    CHECK(calls == 3);
    CHECK(run.execution.output().text() == R"({"order":1,"failure":{"Error":"A","Cause":"why"}})");
}

TEST_CASE("a time-out comes at its second, and an answer after it is dropped") {
    const auto machine = taskWith(R"("TimeoutSeconds": 5)");
    SeededDice dice;
    const Time start = fromSeconds(1'000'000);
    Execution execution(machine, Host::exampleIdentity());
    const Step started = execution.step(Start{Payload(std::string("{}"))}, start, dice);
    const auto* task = commandOf<StartTask>(started);
    const auto* timer = commandOf<StartTimer>(started);
    REQUIRE(task);
    REQUIRE(timer);
    CHECK(timer->due == start + seconds(5));
    CHECK(execution.isWaitingFor(task->attempt));
    const Step timedOut = execution.step(TimerDue{timer->attempt, timer->timer, timer->due}, timer->due, dice);
    CHECK(types(timedOut.history) == std::vector<std::string>{"TaskTimedOut", "ExecutionFailed"});
    CHECK(execution.error() == "States.Timeout");
    CHECK_FALSE(execution.isWaitingFor(task->attempt));
    const Step late = execution.step(TaskSucceeded{task->attempt, Payload(std::string("1"))}, timer->due, dice);
    CHECK(late.history.empty());
    CHECK(late.commands.empty());
}

TEST_CASE("a heartbeat moves the heartbeat's time-out") {
    const auto machine = machineOf(R"({"StartAt": "Ask", "States": {"Ask": {"Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "HeartbeatSeconds": 10, "TimeoutSeconds": 100,
        "Parameters": {"MessageBody": {"token.$": "$$.Task.Token"}},
        "Catch": [{"ErrorEquals": ["States.HeartbeatTimeout"], "Next": "Silence"}], "End": true}, "Silence": {"Type": "Pass", "End": true}}})");
    SeededDice dice;
    const Time start = fromSeconds(1'000'000);
    Execution execution(machine, Host::exampleIdentity());
    const Step started = execution.step(Start{Payload(std::string("{}"))}, start, dice);
    const auto* task = commandOf<StartTask>(started);
    REQUIRE(task);
    CHECK(textOr(*find(task->parameters.json(), "MessageBody"), "token") == *task->taskToken);
    const Step beat = execution.step(TaskHeartbeat{task->attempt}, start + seconds(8), dice);
    REQUIRE(commandOf<StartTimer>(beat));
    CHECK(commandOf<StartTimer>(beat)->due == start + seconds(18));
    CHECK(execution.step(TimerDue{task->attempt, Timer::heartbeat, start + seconds(10)}, start + seconds(10), dice)
              .history.empty());
    const Step silent =
        execution.step(TimerDue{task->attempt, Timer::heartbeat, start + seconds(18)}, start + seconds(18), dice);
    CHECK(types(silent.history).front() == "TaskTimedOut");
    CHECK(execution.status() == ExecutionStatus::succeeded);
}

TEST_CASE("a failing branch aborts its siblings and cancels what they wait for") {
    const auto machine =
        machineOf(R"({"StartAt": "Both", "States": {"Both": {"Type": "Parallel", "End": true, "Branches": [
        {"StartAt": "Slow", "States": {"Slow": {"Type": "Wait", "Seconds": 100, "End": true}}},
        {"StartAt": "Bad", "States": {"Bad": {"Type": "Fail", "Error": "Out", "Cause": "of stock"}}}]}}})");
    Host host;
    const auto run = host.run(machine, Payload(std::string("{}")));
    CHECK(types(run.history) == std::vector<std::string>{"ExecutionStarted", "ParallelStateEntered",
                                                         "ParallelStateStarted", "WaitStateEntered", "FailStateEntered",
                                                         "WaitStateAborted", "ParallelStateFailed", "ExecutionFailed"});
    CHECK(run.execution.cause() == "of stock");
}

TEST_CASE("a branch that fails first of many takes the later ones with it") {
    const auto machine =
        machineOf(R"({"StartAt": "Both", "States": {"Both": {"Type": "Parallel", "End": true, "Branches": [
        {"StartAt": "Bad", "States": {"Bad": {"Type": "Pass", "InputPath": "$.missing", "End": true}}},
        {"StartAt": "One", "States": {"One": {"Type": "Pass", "End": true}}},
        {"StartAt": "Two", "States": {"Two": {"Type": "Wait", "Seconds": 9, "End": true}}}]}}})");
    Host host;
    const auto run = host.run(machine, Payload(std::string("{}")));
    CHECK(run.execution.error() == "States.Runtime");
    CHECK(types(run.history).back() == "ExecutionFailed");
}

TEST_CASE("a Map runs at most MaxConcurrency items at a time and joins them by index") {
    const auto machine =
        machineOf(R"({"StartAt": "Each", "States": {"Each": {"Type": "Map", "MaxConcurrency": 2, "End": true,
        "ItemSelector": {"n.$": "$$.Map.Item.Value", "i.$": "$$.Map.Item.Index"},
        "ItemProcessor": {"StartAt": "Do", "States": {"Do": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {"FunctionName": "f", "Payload.$": "$"}, "End": true}}}}}})");
    SeededDice dice;
    const Time now = fromSeconds(1'000'000);
    Execution execution(machine, Host::exampleIdentity());
    std::vector<AttemptId> open;
    const auto note = [&](const Step& step) {
        for (const auto& command : step.commands)
            if (const auto* task = std::get_if<StartTask>(&command)) open.push_back(task->attempt);
    };
    note(execution.step(Start{Payload(std::string("[10,20,30]"))}, now, dice));
    CHECK(open.size() == 2);
    note(execution.step(TaskSucceeded{open[1], Payload(std::string("\"second\""))}, now, dice));
    CHECK(open.size() == 3);
    note(execution.step(TaskSucceeded{open[2], Payload(std::string("\"third\""))}, now, dice));
    note(execution.step(TaskSucceeded{open[2], Payload(std::string("\"again\""))}, now, dice));
    note(execution.step(TaskSucceeded{open[0], Payload(std::string("\"first\""))}, now, dice));
    CHECK(execution.output().text() == R"(["first","second","third"])");
}

TEST_CASE("stopping cancels everything and the execution says nothing more") {
    const auto machine = taskWith(R"("TimeoutSeconds": 50)");
    SeededDice dice;
    Execution execution(machine, Host::exampleIdentity());
    const Step started = execution.step(Start{Payload(std::string("{}"))}, fromSeconds(1), dice);
    const Step stopped = execution.step(Stop{"Test", "enough"}, fromSeconds(2), dice);
    CHECK(types(stopped.history) == std::vector<std::string>{"ExecutionAborted"});
    CHECK(stopped.history[0].previousEventId == 0);
    REQUIRE(commandOf<Cancel>(stopped));
    CHECK(commandOf<Cancel>(stopped)->attempt == commandOf<StartTask>(started)->attempt);
    CHECK(execution.status() == ExecutionStatus::aborted);
}

TEST_CASE("a redrive runs the failed state again and goes on from there") {
    int calls = 0;
    const auto machine = machineOf(R"({"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "Pay"},
        "Pay": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "pay"}, "End": true}}})");
    SeededDice dice;
    Execution execution(machine, Host::exampleIdentity());
    Step step = execution.step(Start{Payload(std::string("{}"))}, fromSeconds(1), dice);
    step = execution.step(TaskFailed{commandOf<StartTask>(step)->attempt, "E", "c"}, fromSeconds(2), dice);
    CHECK(execution.status() == ExecutionStatus::failed);
    Execution again = Execution::fromBytes(machine, execution.bytes());
    step = again.step(Redrive{}, fromSeconds(3), dice);
    CHECK(types(step.history) == std::vector<std::string>{"ExecutionRedriven", "TaskScheduled", "TaskStarted"});
    REQUIRE(commandOf<StartTask>(step));
    step =
        again.step(TaskSucceeded{commandOf<StartTask>(step)->attempt, Payload(std::string("1"))}, fromSeconds(4), dice);
    CHECK(again.status() == ExecutionStatus::succeeded);
    CHECK(calls == 0);
}

TEST_CASE("a redrive of a Parallel or a Map runs only what had not succeeded, wherever it was written down") {
    struct Case {
        const char* definition;
        const char* input;
        std::vector<std::string> again;  // tasks of the redrive
        const char* output;
    };
    const Case cases[] = {
        {R"({"StartAt": "P", "States": {"P": {"Type": "Parallel", "End": true, "Branches": [
             {"StartAt": "Good", "States": {"Good": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:000000000000:function:good", "End": true}}},
             {"StartAt": "Bad", "States": {"Bad": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:000000000000:function:bad", "Next": "After"}, "After": {"Type": "Pass", "End": true}}},
             {"StartAt": "Slow", "States": {"Slow": {"Type": "Wait", "Seconds": 60, "End": true}}}]}}})",
         R"({"n": 1})",
         {"Bad"},
         R"([{"n": 1},{"n": 1},{"n": 1}])"},
        {R"({"StartAt": "M", "States": {"M": {"Type": "Map", "MaxConcurrency": 1, "End": true, "ItemProcessor": {"StartAt": "P", "States": {"P": {"Type": "Parallel", "OutputPath": "$[0]", "End": true, "Branches": [
             {"StartAt": "Item", "States": {"Item": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:000000000000:function:item", "End": true}}}]}}}}}})",
         R"([0, 13, 2])",
         {"Item", "Item"},
         "[0,13,2]"},
    };
    for (const auto& test : cases) {
        const auto machine = machineOf(test.definition);
        SeededDice dice;
        Execution execution(machine, Host::exampleIdentity());
        std::vector<std::string> called;
        bool broken = true;
        const auto drive = [&](Step step) {
            Time now = fromSeconds(1);
            for (std::size_t i = 0; i < step.commands.size(); ++i) {
                std::optional<Event> answer;
                if (const auto* task = std::get_if<StartTask>(&step.commands[i])) {
                    called.push_back(task->stateName);
                    if (broken && (task->stateName == "Bad" || task->parameters.text() == "13"))
                        answer = TaskFailed{task->attempt, "E", "c"};
                    else
                        answer = TaskSucceeded{task->attempt, task->parameters};
                } else if (const auto* timer = std::get_if<StartTimer>(&step.commands[i]); timer && !broken) {
                    answer = TimerDue{timer->attempt, timer->timer, timer->due};
                }
                if (!answer) continue;
                execution = Execution::fromBytes(machine, execution.bytes());
                Step next = execution.step(*answer, now, dice);
                std::move(next.commands.begin(), next.commands.end(), std::back_inserter(step.commands));
            }
        };
        drive(execution.step(Start{Payload(std::string(test.input))}, fromSeconds(1), dice));
        REQUIRE(execution.status() == ExecutionStatus::failed);
        CHECK_FALSE(execution.isWaitingFor(1));
        called.clear();
        broken = false;
        execution = Execution::fromBytes(machine, execution.bytes());
        drive(execution.step(Redrive{}, fromSeconds(2), dice));
        CHECK(called == test.again);
        CHECK(execution.status() == ExecutionStatus::succeeded);
        CHECK(execution.output().text() == test.output);
    }
}

TEST_CASE("an execution's own time-out ends it as TIMED_OUT") {
    const auto machine = machineOf(
        R"({"TimeoutSeconds": 60, "StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 100, "End": true}}})");
    Host host;
    const auto run = host.run(machine, Payload(std::string("{}")));
    CHECK(run.execution.status() == ExecutionStatus::timedOut);
    CHECK(types(run.history).back() == "ExecutionTimedOut");
    CHECK(run.history.back().timestamp - run.history.front().timestamp == seconds(60));
}

TEST_CASE("an endless loop ends at 25,000 events and lets its host take turns") {
    const auto machine = machineOf(
        R"({"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "Next": "A"}}})");
    SeededDice dice;
    Execution execution(machine, Host::exampleIdentity());
    const Step first = execution.step(Start{Payload(std::string("{}"))}, fromSeconds(1), dice);
    CHECK(first.history.size() < 10'000);
    REQUIRE(commandOf<StartTimer>(first));
    CHECK(commandOf<StartTimer>(first)->timer == Timer::turn);
    Host host;
    const auto run = host.run(machine, Payload(std::string("{}")));
    CHECK(run.history.size() == 25'000);
    CHECK(run.execution.cause() == "The execution reached the maximum number of history events (25000).");
}

TEST_CASE("a result above 256 KiB is States.DataLimitExceeded") {
    const auto machine = taskWith(R"("Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Pay"}])");
    Host host([](const StartTask& task) {
        return std::vector<Event>{TaskSucceeded{task.attempt, Payload(str(std::string(262'144, 'a')))}};
    });
    const auto plain = taskWith(R"("Comment": "no Catch")");
    const auto run = host.run(plain, Payload(std::string("{}")));
    CHECK(run.execution.error() == "States.DataLimitExceeded");
    CHECK(run.execution.cause() ==
          "The state/task 'lambda' returned a result with a size exceeding the maximum number of bytes service limit.");
}

TEST_CASE("a task's answer that is no JSON fails the state and nothing else") {
    Host host([](const StartTask& task) {
        return std::vector<Event>{TaskSucceeded{task.attempt, Payload(std::string("{oops"))}};
    });
    const auto run = host.run(taskWith(R"("ResultSelector": {"a.$": "$.a"})"), Payload(std::string("{}")));
    CHECK(run.execution.error() == "States.Runtime");
}

TEST_CASE("numbers and white space of a payload that nobody touches stay as they were") {
    const auto machine = machineOf(R"({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}})");
    Host host;
    CHECK(host.run(machine, Payload(std::string(R"({"price": 1.0, "big": 12345678901234567890123})")))
              .execution.output()
              .text() == R"({"price": 1.0, "big": 12345678901234567890123})");
}

TEST_CASE("a waiting execution is small when it is written down") {
    const auto machine = taskWith(R"("TimeoutSeconds": 5)");
    SeededDice dice;
    Execution execution(machine, Host::exampleIdentity());
    execution.step(Start{Payload(std::string(R"({"orderId": "ORDER#1001"})"))}, fromSeconds(1), dice);
    CHECK(execution.bytes().size() < 1'000);
    CHECK(Execution::fromBytes(machine, execution.bytes()).bytes() == execution.bytes());
    CHECK_THROWS(Execution::fromBytes(machine, execution.bytes().substr(0, 40)));
    CHECK_THROWS(Execution::fromBytes(machine, ""));
}

}  // namespace backlot::asl
