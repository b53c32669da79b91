// What an execution shows outside: events, logs, mocks, redrive, TestState.

#include "tests/emulator/services/states/bench.h"

using namespace backlot;
using namespace std::chrono_literals;

namespace {

const char* kTask =
    R"({"StartAt":"T","States":{"T":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Parameters":{"FunctionName":"pay","Payload.$":"$"},"OutputPath":"$.Payload","End":true}}})";

}  // namespace

TEST_CASE("status changes of standard executions go onto the default event bus") {
    StatesBench bench;
    bench.start(bench.machine("m", kPass));
    CHECK(textOr(bench.call("events", "Statuses"), "statuses") == "RUNNING SUCCEEDED ");
}

TEST_CASE("a log group gets the events of its level") {
    StatesBench bench;
    const auto create = [&](const char* name, const char* level) {
        return textOr(
            bench.call(
                "states", "CreateStateMachine",
                object(
                    {{"name", name},
                     {"definition", R"({"StartAt":"F","States":{"F":{"Type":"Fail","Error":"Bad"}}})"},
                     {"roleArn", "arn:aws:iam::000000000000:role/r"},
                     {"type", "EXPRESS"},
                     {"loggingConfiguration",
                      object(
                          {{"level", level},
                           {"destinations",
                            list({object(
                                {{"cloudWatchLogsLogGroup",
                                  object({{"logGroupArn",
                                           "arn:aws:logs:us-east-1:000000000000:log-group:/aws/states:*"}})}})})}})}})),
            "stateMachineArn");
    };
    bench.start(create("fatal", "FATAL"));
    CHECK(textOr(bench.call("logs", "Logged"), "lines") == "ExecutionFailed ");
    bench.start(create("error", "ERROR"));
    CHECK(textOr(bench.call("logs", "Logged"), "lines") == "ExecutionFailed FailStateEntered ExecutionFailed ");
    CHECK(bench.errorOf("states", "UpdateStateMachine",
                        object({{"stateMachineArn", create("none", "OFF")},
                                {"loggingConfiguration", object({{"level", "ALL"}})}})) ==
          "InvalidLoggingConfiguration");
}

TEST_CASE("a mock configuration answers for tasks, try by try") {
    StatesBench bench({.mockConfig = R"({"StateMachines":{"m":{"TestCases":{"Second":{"T":"Flaky"}}}},
        "MockedResponses":{"Flaky":{"0":{"Throw":{"Error":"Busy","Cause":"told to"}},"1-2":{"Return":{"Payload":{"mocked":true}}}}}})"});
    const auto arn = bench.machine(
        "m",
        R"({"StartAt":"T","States":{"T":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Parameters":{"FunctionName":"pay","Payload.$":"$"},
        "Retry":[{"ErrorEquals":["Busy"],"IntervalSeconds":1}],"OutputPath":"$.Payload","End":true}}})");
    const auto execution = bench.start(arn + "#Second", "{}");
    CHECK(bench.status(execution) == "RUNNING");
    bench.advance(1s);
    CHECK(textOr(bench.describe(execution), "output") == R"({"mocked":true})");
    CHECK(textOr(bench.describe(bench.start(arn, R"({"real":1})")), "output") == R"({"real":1})");
}

TEST_CASE("a failed execution is redriven from the state that failed") {
    StatesBench bench;
    const auto execution = bench.start(bench.machine("m", kTask), R"({"fail":"Busy","times":1})");
    CHECK(bench.status(execution) == "FAILED");
    CHECK(textOr(bench.describe(execution), "redriveStatus") == "REDRIVABLE");
    bench.call("states", "RedriveExecution", object({{"executionArn", execution}}));
    const Json described = bench.describe(execution);
    CHECK(textOr(described, "status") == "SUCCEEDED");
    CHECK(intOr(described, "redriveCount", 0) == 1);
    CHECK(bench.errorOf("states", "RedriveExecution", object({{"executionArn", execution}})) ==
          "ExecutionNotRedrivable");
}

TEST_CASE("a task that stops waiting for its child execution stops it") {
    StatesBench bench;
    bench.machine("child", R"({"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":600,"End":true}}})");
    const auto arn = bench.machine(
        "parent",
        R"({"StartAt":"T","States":{"T":{"Type":"Task","Resource":"arn:aws:states:::states:startExecution.sync:2","TimeoutSeconds":10,
        "Parameters":{"StateMachineArn":"arn:aws:states:us-east-1:000000000000:stateMachine:child","Name":"c"},"End":true}}})");
    const auto execution = bench.start(arn);
    bench.advance(10s);
    CHECK(textOr(bench.describe(execution), "error") == "States.Timeout");
    CHECK(bench.status("arn:aws:states:us-east-1:000000000000:execution:child:c") == "ABORTED");
    CHECK(bench.world.due(10).empty());
}

TEST_CASE("TestState runs a task for real, and takes a mock instead") {
    StatesBench bench;
    const char* state =
        R"({"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Parameters":{"FunctionName":"pay","Payload.$":"$"},"OutputPath":"$.Payload","End":true})";
    const Json real = bench.call(
        "states", "TestState",
        object({{"definition", state}, {"roleArn", "arn:aws:iam::000000000000:role/r"}, {"input", R"({"a":1})"}}));
    CHECK(textOr(real, "status") == "SUCCEEDED");
    CHECK(textOr(real, "output") == R"({"a":1})");
    const Json mocked = bench.call(
        "states", "TestState",
        object({{"definition", state}, {"input", "{}"}, {"mock", object({{"result", R"({"Payload":{"b":2}})"}})}}));
    CHECK(textOr(mocked, "output") == R"({"b":2})");
}

TEST_CASE("an express execution can be neither described nor stopped") {
    StatesBench bench;
    const auto execution = bench.start(
        bench.machine("m", R"({"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":60,"End":true}}})", "EXPRESS"));
    CHECK(bench.errorOf("states", "DescribeExecution", object({{"executionArn", execution}})) ==
          "ExecutionDoesNotExist");
    CHECK(bench.errorOf("states", "StopExecution", object({{"executionArn", execution}})) ==
          "StateMachineTypeNotSupported");
    bench.advance(60s);
    CHECK(bench.world.due(10).empty());
}

TEST_CASE("fifteen virtual days of waits pass in no time, to the millisecond") {
    StatesBench bench;
    const auto execution = bench.start(bench.machine(
        "m",
        R"asl({"StartAt":"N","States":{"N":{"Type":"Pass","Result":{"n":0},"Next":"W"},"W":{"Type":"Wait","Seconds":86400,"Next":"C"},
        "C":{"Type":"Pass","Parameters":{"n.$":"States.MathAdd($.n, 1)"},"Next":"D"},"D":{"Type":"Choice","Choices":[{"Variable":"$.n","NumericLessThan":15,"Next":"W"}],"Default":"E"},"E":{"Type":"Succeed"}}})asl"));
    const Time began = bench.world.now();
    bench.advance(std::chrono::days(15));
    const Json described = bench.describe(execution);
    CHECK(textOr(described, "status") == "SUCCEEDED");
    CHECK(find(described, "stopDate")->GetDouble() - find(described, "startDate")->GetDouble() ==
          doctest::Approx(15 * 86400.0));
    CHECK(bench.world.now() - began == std::chrono::days(15));
}

TEST_CASE("two runs of one seed are the same to the byte: tokens, jitter, ids, times") {
    const char* definition = R"asl({"StartAt":"M","States":{
        "M":{"Type":"Map","ItemsPath":"$.items","MaxConcurrency":2,"ResultPath":"$.done","Next":"P","ItemProcessor":{"StartAt":"I","States":{"I":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke",
            "Parameters":{"FunctionName":"pay","Payload.$":"$"},"Retry":[{"ErrorEquals":["Busy"],"JitterStrategy":"FULL","IntervalSeconds":7}],"End":true}}}},
        "P":{"Type":"Parallel","ResultPath":"$.both","Next":"E","Branches":[
            {"StartAt":"U","States":{"U":{"Type":"Pass","Parameters":{"id.$":"States.UUID()","n.$":"States.MathRandom(1, 1000000)"},"End":true}}},
            {"StartAt":"T","States":{"T":{"Type":"Task","Resource":"arn:aws:states:::sqs:sendMessage.waitForTaskToken","TimeoutSeconds":60,"Parameters":{"QueueUrl":"q","MessageBody":{"token.$":"$$.Task.Token"}},
                "Catch":[{"ErrorEquals":["States.Timeout"],"Next":"L"}],"End":true},"L":{"Type":"Pass","End":true}}}]},
        "E":{"Type":"Succeed"}}})asl";
    const auto run = [&] {
        StatesBench bench;
        const auto execution =
            bench.start(bench.machine("m", definition), R"({"items":[{"fail":"Busy","times":2},1,2]})");
        bench.advance(std::chrono::minutes(10));
        CHECK(bench.status(execution) == "SUCCEEDED");
        return writeJson(bench.describe(execution)) +
               writeJson(bench.call("states", "GetExecutionHistory",
                                    object({{"executionArn", execution}, {"maxResults", 1000}})));
    };
    CHECK(run() == run());
}

TEST_CASE("thousands of executions wait at once, each in a small row, and all go on at their hour") {
    StatesBench bench;
    const auto machine = bench.machine("m", R"({"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":3600,"Next":"T"},
        "T":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Parameters":{"FunctionName":"pay","Payload.$":"$"},"OutputPath":"$.Payload","End":true}}})");
    std::vector<std::string> executions;
    for (int i = 0; i < 2'000; ++i) executions.push_back(bench.start(machine, std::to_string(i)));
    bench.advance(1h);
    for (int i = 0; i < 2'000; i += 333)
        CHECK(textOr(bench.describe(executions[static_cast<std::size_t>(i)]), "output") == std::to_string(i));
    CHECK(bench.world.due(10).empty());
}
