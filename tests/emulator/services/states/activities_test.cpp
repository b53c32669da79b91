#include "tests/emulator/services/states/bench.h"

using namespace backlot;
using namespace std::chrono_literals;

namespace {

struct ActivityBench : StatesBench {
    std::string activity = textOr(call("states", "CreateActivity", object({{"name", "pack"}})), "activityArn");
    std::string arn = machine("m", R"({"StartAt":"T","States":{"T":{"Type":"Task","Resource":")" + activity +
                                       R"(","TimeoutSeconds":300,"HeartbeatSeconds":10,"End":true}}})");
    Json poll() const { return object({{"activityArn", activity}, {"workerName", "packer"}}); }
};

}  // namespace

TEST_CASE("a worker takes a task, tells that it lives, and brings the result") {
    ActivityBench bench;
    const auto execution = bench.start(bench.arn, R"({"order":1})");
    const Json task = bench.call("states", "GetActivityTask", bench.poll());
    CHECK(textOr(task, "input") == R"({"order":1})");
    const std::string token = textOr(task, "taskToken");
    bench.advance(8s);
    bench.call("states", "SendTaskHeartbeat", object({{"taskToken", token}}));
    bench.advance(8s);
    CHECK(bench.status(execution) == "RUNNING");
    bench.call("states", "SendTaskSuccess", object({{"taskToken", token}, {"output", R"({"packed":true})"}}));
    CHECK(textOr(bench.describe(execution), "output") == R"({"packed":true})");
    CHECK(bench.history(execution) ==
          std::vector<std::string>{"ExecutionStarted", "TaskStateEntered", "ActivityScheduled", "ActivityStarted",
                                   "ActivitySucceeded", "TaskStateExited", "ExecutionSucceeded"});
}

TEST_CASE("a worker that comes first waits for the task") {
    ActivityBench bench;
    const auto answer = bench.send("states", "GetActivityTask", bench.poll());
    CHECK_FALSE(answer->has_value());
    bench.start(bench.arn, R"({"order":2})");
    REQUIRE(answer->has_value());
    CHECK(textOr(std::get<Json>(**answer), "input") == R"({"order":2})");
}

TEST_CASE("a worker that nobody has work for gets an empty answer after a minute") {
    ActivityBench bench;
    const auto answer = bench.send("states", "GetActivityTask", bench.poll());
    bench.advance(60s);
    REQUIRE(answer->has_value());
    CHECK(std::get<Json>(**answer).ObjectEmpty());
}

TEST_CASE("a heartbeat that does not come times the task out") {
    ActivityBench bench;
    const auto execution = bench.start(bench.arn);
    const Json task = bench.call("states", "GetActivityTask", bench.poll());
    bench.advance(10s);
    CHECK(bench.status(execution) == "FAILED");
    CHECK(bench.errorOf("states", "SendTaskSuccess",
                        object({{"taskToken", textOr(task, "taskToken")}, {"output", "1"}})) == "TaskTimedOut");
}

TEST_CASE("a task whose execution was stopped is not given out") {
    ActivityBench bench;
    bench.call("states", "StopExecution", object({{"executionArn", bench.start(bench.arn)}}));
    const auto answer = bench.send("states", "GetActivityTask", bench.poll());
    CHECK_FALSE(answer->has_value());
}

TEST_CASE("a Task that names an activity which is not there fails when it is entered") {
    ActivityBench bench;
    bench.call("states", "DeleteActivity", object({{"activityArn", bench.activity}}));
    const Json described = bench.describe(bench.start(bench.arn));
    CHECK(textOr(described, "error") == "States.Runtime");
    CHECK(textOr(described, "cause").ends_with("The activity " + bench.activity + " does not exist."));
    CHECK(bench.errorOf("states", "GetActivityTask", bench.poll()) == "ActivityDoesNotExist");
}

TEST_CASE("activities have tags of their own") {
    ActivityBench bench;
    bench.call(
        "states", "TagResource",
        object({{"resourceArn", bench.activity}, {"tags", list({object({{"key", "team"}, {"value", "stock"}})})}}));
    const Json tags = bench.call("states", "ListTagsForResource", object({{"resourceArn", bench.activity}}));
    CHECK(textOr((*find(tags, "tags"))[0], "value") == "stock");
}
