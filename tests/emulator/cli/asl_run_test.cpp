#include "emulator/cli/asl_run.h"

#include <doctest/doctest.h>

using namespace backlot;
using namespace backlot::cli;

namespace {

AslRunResult run(std::string_view definition, std::string input = "{}", std::string_view mocks = "{}",
                 const std::string& testCase = {}) {
    const auto compiled = asl::compile(definition);
    REQUIRE(compiled.machine);
    return runMachine(compiled.machine, "ORDER-1001", asl::Payload(std::move(input)),
                      Mocks::parse(parseJson(mocks), testCase), 1, fromSeconds(1'767'603'600));
}

constexpr std::string_view kPay =
    R"({"StartAt": "Pay", "States": {"Pay": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:000000000000:function:pay",
    "Retry": [{"ErrorEquals": ["Timeout"], "IntervalSeconds": 2, "MaxAttempts": 2, "BackoffRate": 2}], "End": true}}})";

}  // namespace

TEST_CASE("a machine runs to its end, and waiting takes no time") {
    const auto ended = run(
        R"({"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 86400, "Next": "Pass"}, "Pass": {"Type": "Pass", "Result": {"ok": true}, "End": true}}})");
    CHECK(ended.status == asl::ExecutionStatus::succeeded);
    CHECK(ended.output.text() == R"({"ok":true})");
    CHECK(ended.end - ended.start == std::chrono::hours(24));
}

TEST_CASE("a task answers what its mock returns") {
    CHECK(run(kPay, "{}", R"({"Pay": {"Return": {"paymentId": "PAY#1"}}})").output.text() ==
          R"({"paymentId":"PAY#1"})");
}

TEST_CASE("answers of an array are given attempt by attempt, so that retries can be seen") {
    const auto ended = run(
        kPay, "{}",
        R"({"Pay": [{"Throw": {"Error": "Timeout", "Cause": "slow"}}, {"Throw": {"Error": "Timeout"}}, {"Return": 7}]})");
    CHECK(ended.status == asl::ExecutionStatus::succeeded);
    CHECK(ended.output.text() == "7");
    CHECK(ended.end - ended.start == std::chrono::seconds(6));  // 2 s, then 4 s
}

TEST_CASE("an error that no retrier takes fails the execution") {
    const auto ended = run(kPay, "{}", R"({"Pay": {"Throw": {"Error": "Declined", "Cause": "no money"}}})");
    CHECK(ended.status == asl::ExecutionStatus::failed);
    CHECK(ended.error == "Declined");
    CHECK(ended.cause == "no money");
}

TEST_CASE("a run stops at a task that nobody answers for, and says what it would have called") {
    const auto ended = run(kPay, R"({"orderId":"ORDER#1"})");
    CHECK(ended.status == asl::ExecutionStatus::running);
    CHECK(
        ended.waitsFor ==
        R"(Pay calls arn:aws:lambda:us-east-1:000000000000:function:pay with {"orderId":"ORDER#1"}, and no mock answers)");
}

TEST_CASE("the mock file of Step Functions Local is read by test case") {
    constexpr std::string_view kFile =
        R"({"StateMachines": {"Checkout": {"TestCases": {"Slow": {"Pay": "TimesOutOnce"}}}},
        "MockedResponses": {"TimesOutOnce": {"0": {"Throw": {"Error": "Timeout", "Cause": "slow"}}, "1-2": {"Return": {"paid": true}}}}})";
    CHECK(run(kPay, "{}", kFile, "Checkout#Slow").output.text() == R"({"paid":true})");
    CHECK_THROWS_AS(Mocks::parse(parseJson(kFile), "Checkout#Fast"), std::invalid_argument);
    CHECK_THROWS_AS(Mocks::parse(parseJson(kFile)), std::invalid_argument);
}

TEST_CASE("what is wrong with a mock is named") {
    CHECK_THROWS_WITH(Mocks::parse(parseJson(R"({"Pay": 7})")), "the mock of Pay must be an object or an array");
    CHECK_THROWS_WITH(Mocks::parse(parseJson(R"({"Pay": {"first": {"Return": 1}}})")),
                      "the mock of Pay: \"first\" is no attempt such as \"0\" or \"1-2\"");
    CHECK_THROWS_WITH(Mocks::parse(parseJson(R"({"Pay": [{"Answer": 1}]})")),
                      "the mock of Pay must have Return or Throw");
}

TEST_CASE("a Distributed Map runs its children in place, with the map item in their context") {
    const auto ended =
        run(R"x({"StartAt": "Each", "States": {"Each": {"Type": "Map", "ItemsPath": "$.items", "End": true,
        "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "Double",
            "States": {"Double": {"Type": "Pass", "Parameters": {"n.$": "States.MathAdd($, $)"}, "End": true}}}}}})x",
            R"({"items": [1, 2, 3]})");
    CHECK(ended.status == asl::ExecutionStatus::succeeded);
    CHECK(ended.output.text() == R"([{"n":2},{"n":4},{"n":6}])");
}
