#include "tests/emulator/services/states/bench.h"

using namespace backlot;
using namespace std::chrono_literals;

TEST_CASE("an execution of Pass states has ended when StartExecution answers") {
    StatesBench bench;
    const auto execution = bench.start(bench.machine("m", kPass), R"({"x":1})", "one");
    const Json described = bench.describe(execution);
    CHECK(textOr(described, "status") == "SUCCEEDED");
    CHECK(textOr(described, "output") == R"({"x":1,"a":{"ok":true}})");
    CHECK(execution == "arn:aws:states:us-east-1:000000000000:execution:m:one");
    CHECK(bench.history(execution) ==
          std::vector<std::string>{"ExecutionStarted", "PassStateEntered", "PassStateExited", "ExecutionSucceeded"});
}

TEST_CASE("a name is good for one execution; the same input while it runs is the same execution") {
    StatesBench bench;
    const auto arn = bench.machine("m", R"({"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":60,"End":true}}})");
    const auto first = bench.start(arn, R"({"a":1})", "order-1");
    CHECK(bench.start(arn, R"({"a":1})", "order-1") == first);
    CHECK(bench.errorOf("states", "StartExecution",
                        object({{"stateMachineArn", arn}, {"input", R"({"a":2})"}, {"name", "order-1"}})) ==
          "ExecutionAlreadyExists");
    CHECK(bench.status(first) == "RUNNING");
    bench.advance(60s);
    CHECK(bench.status(first) == "SUCCEEDED");
    CHECK(bench.errorOf("states", "StartExecution",
                        object({{"stateMachineArn", arn}, {"input", R"({"a":1})"}, {"name", "order-1"}})) ==
          "ExecutionAlreadyExists");
    CHECK(bench.world.due(10).empty());
}

TEST_CASE("a task is tried again after its back-off, on the world's clock") {
    StatesBench bench;
    const auto arn = bench.machine(
        "m",
        R"({"StartAt":"T","States":{"T":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Parameters":{"FunctionName":"pay","Payload.$":"$"},
        "Retry":[{"ErrorEquals":["Busy"],"IntervalSeconds":2,"BackoffRate":2,"MaxAttempts":3}],"OutputPath":"$.Payload","End":true}}})");
    const auto execution = bench.start(arn, R"({"fail":"Busy","times":2})");
    CHECK(bench.status(execution) == "RUNNING");
    bench.advance(2s);
    CHECK(bench.status(execution) == "RUNNING");
    bench.advance(4s);
    CHECK(bench.status(execution) == "SUCCEEDED");
    CHECK(textOr(bench.describe(execution), "output") == R"({"fail":"Busy","times":2})");
}

TEST_CASE("an error that nobody catches fails the execution with the function's error type") {
    StatesBench bench;
    const auto arn = bench.machine(
        "m",
        R"({"StartAt":"T","States":{"T":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:000000000000:function:pay","End":true}}})");
    const Json described = bench.describe(bench.start(arn, R"({"fail":"PaymentDeclined"})"));
    CHECK(textOr(described, "status") == "FAILED");
    CHECK(textOr(described, "error") == "PaymentDeclined");
}

TEST_CASE("a token brings a task to its end, once") {
    StatesBench bench;
    const auto arn = bench.machine(
        "m",
        R"({"StartAt":"T","States":{"T":{"Type":"Task","Resource":"arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "Parameters":{"QueueUrl":"q","MessageBody":{"token.$":"$$.Task.Token"}},"TimeoutSeconds":600,"End":true}}})");
    const auto execution = bench.start(arn);
    const auto token = textOr(parseJson(textOr(bench.call("sqs", "LastBody"), "body")), "token");
    CHECK(bench.errorOf("states", "SendTaskSuccess", object({{"taskToken", "nonsense"}, {"output", "{}"}})) ==
          "InvalidToken");
    CHECK(bench.errorOf("states", "SendTaskSuccess", object({{"taskToken", token}, {"output", "{"}})) ==
          "InvalidOutput");
    bench.call("states", "SendTaskSuccess", object({{"taskToken", token}, {"output", R"({"paid":true})"}}));
    CHECK(textOr(bench.describe(execution), "output") == R"({"paid":true})");
    CHECK(bench.errorOf("states", "SendTaskSuccess", object({{"taskToken", token}, {"output", "{}"}})) ==
          "TaskTimedOut");
    CHECK(bench.world.due(10).empty());  // the task's time-out has gone with it
}

TEST_CASE("a token that nobody uses times the task out") {
    StatesBench bench;
    const auto arn = bench.machine(
        "m",
        R"({"StartAt":"T","States":{"T":{"Type":"Task","Resource":"arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "Parameters":{"QueueUrl":"q","MessageBody.$":"$$.Task.Token"},"TimeoutSeconds":600,"End":true}}})");
    const auto execution = bench.start(arn);
    bench.advance(599s);
    CHECK(bench.status(execution) == "RUNNING");
    bench.advance(1s);
    CHECK(textOr(bench.describe(execution), "error") == "States.Timeout");
}

TEST_CASE("a child execution reports to the task that started it") {
    StatesBench bench;
    bench.machine(
        "child",
        R"({"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":5,"Next":"P"},"P":{"Type":"Pass","Result":{"done":1},"End":true}}})");
    const auto arn = bench.machine(
        "parent",
        R"({"StartAt":"T","States":{"T":{"Type":"Task","Resource":"arn:aws:states:::states:startExecution.sync:2",
        "Parameters":{"StateMachineArn":"arn:aws:states:us-east-1:000000000000:stateMachine:child","Input":{"a":1},"Name":"c"},"OutputPath":"$.Output","End":true}}})");
    const auto execution = bench.start(arn);
    CHECK(bench.status(execution) == "RUNNING");
    bench.advance(5s);
    CHECK(textOr(bench.describe(execution), "output") == R"({"done":1})");
}

TEST_CASE("a synchronous express execution answers when it has ended, and leaves nothing") {
    StatesBench bench;
    const auto arn =
        bench.machine("m", R"({"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":5,"End":true}}})", "EXPRESS");
    const auto answer =
        bench.send("states", "StartSyncExecution", object({{"stateMachineArn", arn}, {"input", R"({"a":1})"}}));
    CHECK_FALSE(answer->has_value());
    bench.advance(5s);
    REQUIRE(answer->has_value());
    CHECK(textOr(std::get<Json>(**answer), "status") == "SUCCEEDED");
    CHECK(textOr(std::get<Json>(**answer), "output") == R"({"a":1})");
    CHECK(bench.errorOf("states", "StartSyncExecution", object({{"stateMachineArn", bench.machine("s", kPass)}})) ==
          "StateMachineTypeNotSupported");
}

TEST_CASE("an express execution ends after five minutes: one that waits, one whose task is in flight, one that loops") {
    const std::string wait =
        R"({"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":400,"Next":"P"},"P":{"Type":"Pass","End":true}}})";
    const std::string task =
        R"({"StartAt":"T","States":{"T":{"Type":"Task","Resource":"arn:aws:states:::sqs:sendMessage","Parameters":{"QueueUrl":"q","MessageBody":"never answered"},"End":true}}})";
    const std::string loop =
        R"({"StartAt":"A","States":{"A":{"Type":"Pass","Next":"B"},"B":{"Type":"Choice","Choices":[{"Variable":"$.a","NumericEquals":1,"Next":"A"}],"Default":"A"}}})";
    for (const auto& definition : {wait, task, loop}) {
        StatesBench bench;
        const auto arn = bench.machine("m", definition, "EXPRESS");
        const auto sync =
            bench.send("states", "StartSyncExecution", object({{"stateMachineArn", arn}, {"input", R"({"a":1})"}}));
        bench.start(arn, R"({"a":1})");
        bench.settle();
        CHECK(bench.world.idle());  // the loop, too: time has to pass
        bench.advance(299s);
        CHECK_FALSE(sync->has_value());
        bench.advance(1s);
        REQUIRE(sync->has_value());
        CHECK(textOr(std::get<Json>(**sync), "status") == "TIMED_OUT");
        CHECK(textOr(std::get<Json>(**sync), "error") == "States.Timeout");
        CHECK(bench.world.due(10).empty());
        bench.advance(10min);
        CHECK(bench.world.idle());
    }
}

TEST_CASE("TimeoutSeconds shortens the five minutes of an express execution, and does not lengthen them") {
    for (const auto& [seconds, ends] : {std::pair(10, 10s), std::pair(1000, 300s)}) {
        StatesBench bench;
        const auto arn =
            bench.machine("m",
                          R"({"TimeoutSeconds":)" + std::to_string(seconds) +
                              R"(,"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":2000,"End":true}}})",
                          "EXPRESS");
        const auto sync = bench.send("states", "StartSyncExecution", object({{"stateMachineArn", arn}}));
        bench.advance(ends - 1s);
        CHECK_FALSE(sync->has_value());
        bench.advance(1s);
        REQUIRE(sync->has_value());
        CHECK(textOr(std::get<Json>(**sync), "status") == "TIMED_OUT");
    }
}

TEST_CASE("express children of a Distributed Map end after five minutes, standard ones do not") {
    for (const auto& [type, status] : {std::pair("EXPRESS", "FAILED"), std::pair("STANDARD", "SUCCEEDED")}) {
        StatesBench bench;
        const auto execution = bench.start(
            bench.machine(
                "m", std::string(R"({"StartAt":"M","States":{"M":{"Type":"Map","ItemsPath":"$.items","ItemProcessor":{
            "ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":")") +
                         type +
                         R"("},"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":400,"End":true}}},"End":true}}})"),
            R"({"items":[1,2]})");
        bench.advance(299s);
        CHECK(bench.status(execution) == "RUNNING");
        bench.advance(200s);
        CHECK(bench.status(execution) == status);
    }
}

TEST_CASE("a step of an execution that loops over a large input is short, and others have their turn") {
    StatesBench bench;
    const auto arn = bench.machine(
        "m", R"({"StartAt":"A","States":{"A":{"Type":"Pass","Next":"B"},"B":{"Type":"Pass","Next":"A"}}})");
    bench.world.submit(
        {.service = "states",
         .operation = "StartExecution",
         .request = object({{"stateMachineArn", arn}, {"input", R"({"a":")" + std::string(200'000, 'x') + R"("})"}})});
    bench.world.drain();
    std::size_t transitions = 0;
    bench.world.scanRecord(0, [&](const RecordView& entry) {
        transitions += entry.operation == "PassStateEntered";
        return true;
    });
    CHECK(transitions > 0);
    CHECK(transitions < 1'000);
}

TEST_CASE("StopExecution aborts what runs") {
    StatesBench bench;
    const auto execution =
        bench.start(bench.machine("m", R"({"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":60,"End":true}}})"));
    bench.call("states", "StopExecution", object({{"executionArn", execution}, {"error", "Enough"}}));
    CHECK(bench.status(execution) == "ABORTED");
    CHECK(bench.world.due(10).empty());
}

TEST_CASE("lists are newest first and paged") {
    StatesBench bench;
    const auto arn = bench.machine("m", kPass);
    for (const char* name : {"a", "b", "c"}) {
        bench.start(arn, "{}", name);
        bench.advance(1s);
    }
    const Json page = bench.call("states", "ListExecutions", object({{"stateMachineArn", arn}, {"maxResults", 2}}));
    CHECK(textOr((*find(page, "executions"))[0], "name") == "c");
    const Json rest =
        bench.call("states", "ListExecutions",
                   object({{"stateMachineArn", arn}, {"maxResults", 2}, {"nextToken", textOr(page, "nextToken")}}));
    CHECK(find(rest, "executions")->Size() == 1);
    CHECK(textOr((*find(rest, "executions"))[0], "name") == "a");
}

TEST_CASE("a definition that is none is refused with what is wrong") {
    StatesBench bench;
    CHECK_THROWS_AS(bench.machine("m", "{"), AwsError);
    CHECK(bench.errorOf("states", "CreateStateMachine",
                        object({{"name", "m"},
                                {"definition", R"({"StartAt":"X","States":{"A":{"Type":"Pass","End":true}}})"},
                                {"roleArn", "r"}})) == "InvalidDefinition");
    CHECK(bench.errorOf("states", "StartExecution",
                        object({{"stateMachineArn", "arn:aws:states:us-east-1:000000000000:stateMachine:none"}})) ==
          "StateMachineDoesNotExist");
    CHECK(bench.errorOf("states", "DescribeExecution",
                        object({{"executionArn", "arn:aws:states:us-east-1:000000000000:execution:m:none"}})) ==
          "ExecutionDoesNotExist");
}
