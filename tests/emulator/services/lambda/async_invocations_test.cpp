#include "tests/emulator/services/lambda/lambda_bench.h"

using namespace backlot;
using namespace std::chrono_literals;

namespace {

struct AsyncBench : LambdaBench {
    int tries = 0;
    bool fails = true;
    AsyncBench() {
        outside.handlers["audit.handler"] = [this](const Response&) {
            ++tries;
            return fails ? FakeAnswer{.body = R"({"errorMessage":"intentional failure","errorType":"Exception"})",
                                      .errorType = "Exception"}
                         : FakeAnswer{.body = "\"done\""};
        };
        create("audit", "audit.handler");
    }
    void event() {
        CHECK(intOr(invoke("audit", R"({"order":7})", object({{"InvocationType", "Event"}})), "StatusCode", 0) == 202);
    }
    void destinations(const char* arn) {
        lambda("PutFunctionEventInvokeConfig",
               object({{"FunctionName", "audit"},
                       {"DestinationConfig", object({{"OnSuccess", object({{"Destination", arn}})},
                                                     {"OnFailure", object({{"Destination", arn}})}})}}));
    }
};

}  // namespace

TEST_CASE("a failed event is tried again after one and two minutes, then given up with AWS's record") {
    AsyncBench bench;
    bench.destinations("arn:aws:sqs:us-east-1:000000000000:failures");
    bench.event();
    CHECK(bench.tries == 1);
    bench.moveClock(59s);
    CHECK(bench.tries == 1);
    bench.moveClock(1s);
    CHECK(bench.tries == 2);
    bench.moveClock(119s);
    CHECK(bench.tries == 2);
    CHECK(bench.asked.empty());
    bench.moveClock(1s);
    CHECK(bench.tries == 3);
    REQUIRE(bench.asked.size() == 1);
    CHECK(bench.asked[0].first == "sqs:SendMessage");
    const Json record = parseJson(textOr(parseJson(bench.asked[0].second), "MessageBody"));
    CHECK(textOr(record, "version") == "1.0");
    CHECK(textOr(record, "timestamp") == "2026-01-05T09:03:00.000Z");
    CHECK(text(*at(record, {"requestContext", "condition"})) == "RetriesExhausted");
    CHECK(at(record, {"requestContext", "approximateInvokeCount"})->GetInt() == 3);
    CHECK(text(*at(record, {"requestContext", "functionArn"})) ==
          "arn:aws:lambda:us-east-1:000000000000:function:audit:$LATEST");
    CHECK(text(*at(record, {"responseContext", "functionError"})) == "Unhandled");
    CHECK(at(record, {"requestPayload", "order"})->GetInt() == 7);
    CHECK(text(*at(record, {"responsePayload", "errorMessage"})) == "intentional failure");
    bench.moveClock(24h);
    CHECK(bench.tries == 3);
}

TEST_CASE("an event that succeeds goes to the success destination") {
    AsyncBench bench;
    bench.fails = false;
    bench.destinations("arn:aws:events:us-east-1:000000000000:event-bus/shop");
    bench.event();
    REQUIRE(bench.asked.size() == 1);
    const Json entry = copy((*find(parseJson(bench.asked[0].second), "Entries"))[0]);
    CHECK(textOr(entry, "Source") == "lambda");
    CHECK(textOr(entry, "DetailType") == "Lambda Function Invocation Result - Success");
    const Json detail = parseJson(textOr(entry, "Detail"));
    CHECK(text(*at(detail, {"requestContext", "condition"})) == "Success");
    CHECK(text(*find(detail, "responsePayload")) == "done");
    CHECK_FALSE(at(detail, {"responseContext", "functionError"}));
}

TEST_CASE("the configuration limits tries and age") {
    AsyncBench none;
    none.lambda("PutFunctionEventInvokeConfig", object({{"FunctionName", "audit"}, {"MaximumRetryAttempts", 0}}));
    none.event();
    none.moveClock(1h);
    CHECK(none.tries == 1);

    AsyncBench young;
    young.destinations("arn:aws:sns:us-east-1:000000000000:failures");
    young.lambda("UpdateFunctionEventInvokeConfig",
                 object({{"FunctionName", "audit"}, {"MaximumEventAgeInSeconds", 60}}));
    young.event();
    young.moveClock(1h);
    CHECK(young.tries == 2);
    REQUIRE(young.asked.size() == 1);
    CHECK(young.asked[0].second.find("EventAgeExceeded") != std::string::npos);
}

TEST_CASE("a dead letter queue gets the event itself and why in attributes") {
    AsyncBench bench;
    bench.lambda("UpdateFunctionConfiguration",
                 object({{"FunctionName", "audit"},
                         {"DeadLetterConfig", object({{"TargetArn", "arn:aws:sqs:us-east-1:000000000000:dead"}})}}));
    bench.lambda("PutFunctionEventInvokeConfig", object({{"FunctionName", "audit"}, {"MaximumRetryAttempts", 0}}));
    bench.event();
    REQUIRE(bench.asked.size() == 1);
    const Json message = parseJson(bench.asked[0].second);
    CHECK(textOr(message, "MessageBody") == R"({"order":7})");
    CHECK(text(*at(message, {"MessageAttributes", "ErrorMessage", "StringValue"})) == "intentional failure");
    CHECK(at(message, {"MessageAttributes", "RequestID"}));
}

TEST_CASE("without any concurrency an event goes straight to its failure destination") {
    AsyncBench bench;
    bench.destinations("arn:aws:sqs:us-east-1:000000000000:failures");
    bench.lambda("PutFunctionConcurrency", object({{"FunctionName", "audit"}, {"ReservedConcurrentExecutions", 0}}));
    bench.event();
    CHECK(bench.tries == 0);
    REQUIRE(bench.asked.size() == 1);
    const Json record = parseJson(textOr(parseJson(bench.asked[0].second), "MessageBody"));
    CHECK(text(*at(record, {"requestContext", "condition"})) == "ZeroReservedConcurrency");
    CHECK(at(record, {"requestContext", "approximateInvokeCount"})->GetInt() == 0);
    CHECK_FALSE(find(record, "responseContext"));
}
