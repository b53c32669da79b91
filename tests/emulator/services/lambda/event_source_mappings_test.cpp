#include "tests/emulator/services/lambda/lambda_bench.h"

using namespace backlot;
using namespace std::chrono_literals;

namespace {

constexpr const char* kQueue = "arn:aws:sqs:us-east-1:000000000000:payment-retry-queue";
constexpr const char* kStream = "arn:aws:dynamodb:us-east-1:000000000000:table/Orders/stream/2026-01-05T09:00:00.000";

struct MappingBench : LambdaBench {
    std::vector<Json> events;
    std::function<FakeAnswer(const Json&)> answer = [](const Json&) { return FakeAnswer{}; };
    std::string uuid;

    MappingBench() {
        outside.handlers["retry.handler"] = [this](const Response& event) {
            events.push_back(parseJson(event.body));
            return answer(events.back());
        };
        create("retry", "retry.handler");
    }
    void map(const char* source, Json more = object()) {
        set(more, "FunctionName", "retry");
        set(more, "EventSourceArn", source);
        uuid = textOr(lambda("CreateEventSourceMapping", std::move(more)), "UUID");
    }
    /// "A,B|C": the records of each event, by message body or sequence number.
    std::string batches() const {
        std::string all;
        for (const auto& event : events) {
            if (!all.empty()) all += '|';
            bool first = true;
            for (const auto& record : find(event, "Records")->GetArray()) {
                const Json* sequence = at(record, {"dynamodb", "SequenceNumber"});
                all += (first ? "" : ",") + (sequence ? text(*sequence) : textOr(record, "body"));
                first = false;
            }
        }
        return all;
    }
    std::string deletedHandles() const {
        std::string all;
        for (const auto& handle : deleted) all += handle.substr(7) + " ";
        return all;
    }
};

FakeAnswer failure() { return {.body = R"({"errorMessage":"no","errorType":"Exception"})", .errorType = "Exception"}; }

FakeAnswer failures(const std::string& ids) { return {.body = R"({"batchItemFailures":[)" + ids + "]}"}; }

}  // namespace

TEST_CASE("visible messages reach the function in batches and are deleted after it succeeded") {
    MappingBench bench;
    bench.map(kQueue, object({{"BatchSize", 2}}));
    bench.offer({"A", "B", "C"});
    CHECK(bench.events.size() == 2);
    CHECK(bench.deleted.size() == 3);
    const Json& record = (*find(bench.events[0], "Records"))[0];
    CHECK(textOr(record, "eventSource") == "aws:sqs");
    CHECK(textOr(record, "eventSourceARN") == kQueue);
    CHECK(textOr(record, "awsRegion") == "us-east-1");
    CHECK(find(record, "messageAttributes")->ObjectEmpty());
    CHECK_FALSE(find(record, "md5OfMessageAttributes"));
    CHECK(bench.world.idle());
}

TEST_CASE("messages of a failed batch stay, of a partly failed one those that failed") {
    MappingBench bench;
    bench.map(kQueue, object({{"FunctionResponseTypes", list({"ReportBatchItemFailures"})}}));
    bench.answer = [](const Json&) { return failure(); };
    bench.offer({"A"});
    CHECK(bench.deleted.empty());
    bench.answer = [](const Json&) { return failures(R"({"itemIdentifier":"id-C"})"); };
    bench.offer({"B", "C", "D"});
    CHECK(bench.deletedHandles() == "B D ");
}

TEST_CASE("an answer about failed items that makes no sense fails the batch, an empty one is success") {
    for (const char* failed :
         {R"({"batchItemFailures":[{"itemIdentifier":""}]})", R"({"batchItemFailures":[{"itemIdentifier":null}]})",
          R"({"batchItemFailures":[{"foo":"id-A"}]})", R"({"batchItemFailures":[{"itemIdentifier":"other"}]})"}) {
        MappingBench bench;
        bench.map(kQueue, object({{"FunctionResponseTypes", list({"ReportBatchItemFailures"})}}));
        bench.answer = [&](const Json&) { return FakeAnswer{.body = failed}; };
        bench.offer({"A"});
        CHECK(bench.deleted.empty());
    }
    for (const char* good : {"null", "{}", R"({"batchItemFailures":[]})", R"({"batchItemFailures":null})"}) {
        MappingBench bench;
        bench.map(kQueue, object({{"FunctionResponseTypes", list({"ReportBatchItemFailures"})}}));
        bench.answer = [&](const Json&) { return FakeAnswer{.body = good}; };
        bench.offer({"A"});
        CHECK(bench.deleted.size() == 1);
    }
}

TEST_CASE("messages that the filter does not want are deleted unseen") {
    MappingBench bench;
    bench.map(kQueue,
              object({{"FilterCriteria",
                       object({{"Filters", list({object({{"Pattern", R"({"body":{"status":["FAILED"]}})"}})})}})}}));
    bench.offer({R"({"status":"FAILED"})", R"({"status":"PAID"})", "plain"});
    CHECK(bench.batches() == R"({"status":"FAILED"})");
    CHECK(bench.deleted.size() == 3);
}

TEST_CASE("a batching window gathers messages until it is over or the batch is full") {
    MappingBench bench;
    bench.map(kQueue, object({{"BatchSize", 3}, {"MaximumBatchingWindowInSeconds", 5}}));
    bench.offer({"A"});
    bench.moveClock(4s);
    bench.offer({"B"});
    CHECK(bench.events.empty());
    bench.moveClock(1s);
    CHECK(bench.batches() == "A,B");
    bench.offer({"C", "D", "E"});
    CHECK(bench.batches() == "A,B|C,D,E");
}

TEST_CASE("a disabled mapping takes nothing and goes on when it is enabled") {
    MappingBench bench;
    bench.map(kQueue, object({{"Enabled", false}}));
    bench.offer({"A"});
    CHECK(bench.events.empty());
    bench.lambda("UpdateEventSourceMapping", object({{"UUID", bench.uuid}, {"Enabled", true}}));
    CHECK(bench.batches() == "A");
    bench.lambda("DeleteEventSourceMapping", object({{"UUID", bench.uuid}}));
    bench.offer({"B"});
    CHECK(bench.batches() == "A");
}

TEST_CASE("mappings that cannot be are refused as AWS does") {
    MappingBench bench;
    const auto error = [&](const char* source, Json more = object()) {
        set(more, "FunctionName", "retry");
        set(more, "EventSourceArn", source);
        return bench.lambdaError("CreateEventSourceMapping", std::move(more));
    };
    CHECK(error(kStream) ==
          "InvalidParameterValueException: 1 validation error detected: Value null at 'startingPosition' failed to "
          "satisfy constraint: Member must not be null.");
    CHECK(error(kQueue, object({{"BatchSize", 11}})).find("Maximum batch window in seconds must be greater than 0") !=
          std::string::npos);
    CHECK(error(kQueue,
                object({{"FilterCriteria", object({{"Filters", list({object({{"Pattern", "{\"a\": 1}"}})})}})}})) ==
          "InvalidParameterValueException: Invalid filter pattern definition.");
    CHECK(error(kQueue).empty());
    CHECK(error(kQueue).starts_with("ResourceConflictException"));
    bench.lambda("UpdateFunctionConfiguration", object({{"FunctionName", "retry"}, {"Timeout", 60}}));
    CHECK(error("arn:aws:sqs:us-east-1:000000000000:other")
              .find("Queue visibility timeout: 30 seconds is less than Function timeout: 60 seconds") !=
          std::string::npos);
}

TEST_CASE("a stream's records come in order, one batch after the other") {
    MappingBench bench;
    bench.addStreamRecords(2);
    bench.map(kStream, object({{"StartingPosition", "TRIM_HORIZON"}, {"BatchSize", 2}}));
    bench.addStreamRecords(3);
    CHECK(bench.batches() == "1,2|3,4|5");
    CHECK(textOr((*find(bench.events[0], "Records"))[0], "eventSourceARN") == kStream);
}

TEST_CASE("LATEST begins with what comes after the mapping") {
    MappingBench bench;
    bench.addStreamRecords(2);
    bench.map(kStream, object({{"StartingPosition", "LATEST"}}));
    CHECK(bench.events.empty());
    bench.addStreamRecords(1);
    CHECK(bench.batches() == "3");
}

TEST_CASE(
    "a failing batch blocks its shard until it has been tried often enough, then goes to the failure destination") {
    MappingBench bench;
    bench.answer = [](const Json& event) {
        return textOr(*at((*find(event, "Records"))[0], {"dynamodb"}), "SequenceNumber") == "1" ? failure()
                                                                                                : FakeAnswer{};
    };
    bench.map(kStream, object({{"StartingPosition", "TRIM_HORIZON"},
                               {"BatchSize", 1},
                               {"MaximumRetryAttempts", 2},
                               {"DestinationConfig", object({{"OnFailure", object({{"Destination", kQueue}})}})}}));
    bench.addStreamRecords(2);
    CHECK(bench.batches() == "1");
    bench.moveClock(1s);
    CHECK(bench.batches() == "1|1");
    bench.moveClock(2s);
    CHECK(bench.batches() == "1|1|1|2");
    REQUIRE(bench.asked.size() == 1);
    const Json record = parseJson(textOr(parseJson(bench.asked[0].second), "MessageBody"));
    CHECK(text(*at(record, {"requestContext", "condition"})) == "RetryAttemptsExhausted");
    CHECK(at(record, {"requestContext", "approximateInvokeCount"})->GetInt() == 3);
    CHECK(text(*at(record, {"DDBStreamBatchInfo", "startSequenceNumber"})) == "1");
    CHECK(at(record, {"DDBStreamBatchInfo", "batchSize"})->GetInt() == 1);
}

TEST_CASE("a failing batch is halved until the bad record is alone") {
    MappingBench bench;
    bench.answer = [](const Json& event) {
        for (const auto& record : find(event, "Records")->GetArray())
            if (text(*at(record, {"dynamodb", "SequenceNumber"})) == "3") return failure();
        return FakeAnswer{};
    };
    bench.map(kStream, object({{"StartingPosition", "TRIM_HORIZON"},
                               {"BisectBatchOnFunctionError", true},
                               {"MaximumRetryAttempts", 0},
                               {"Enabled", false}}));
    bench.addStreamRecords(4);
    bench.lambda("UpdateEventSourceMapping", object({{"UUID", bench.uuid}, {"Enabled", true}}));
    bench.moveClock(1min);
    CHECK(bench.batches() == "1,2,3,4|1,2|3,4|3|4");
}

TEST_CASE("after a partial failure the shard goes on from the first record that failed") {
    MappingBench bench;
    bench.answer = [&](const Json&) {
        return bench.events.size() == 1 ? failures(R"({"itemIdentifier":"2"})") : FakeAnswer{};
    };
    bench.map(kStream, object({{"StartingPosition", "TRIM_HORIZON"},
                               {"FunctionResponseTypes", list({"ReportBatchItemFailures"})},
                               {"Enabled", false}}));
    bench.addStreamRecords(3);
    bench.lambda("UpdateEventSourceMapping", object({{"UUID", bench.uuid}, {"Enabled", true}}));
    bench.moveClock(1min);
    CHECK(bench.batches() == "1,2,3|2,3");
}

TEST_CASE("records older than the mapping allows are left out and told to the failure destination") {
    MappingBench bench;
    bench.map(kStream, object({{"StartingPosition", "TRIM_HORIZON"},
                               {"MaximumRecordAgeInSeconds", 60},
                               {"Enabled", false},
                               {"DestinationConfig", object({{"OnFailure", object({{"Destination", kQueue}})}})}}));
    bench.addStreamRecords(2);
    bench.moveClock(2min);
    bench.addStreamRecords(1);
    bench.lambda("UpdateEventSourceMapping", object({{"UUID", bench.uuid}, {"Enabled", true}}));
    CHECK(bench.batches() == "3");
    REQUIRE(bench.asked.size() == 1);
    CHECK(bench.asked[0].second.find("RecordAgeExceeded") != std::string::npos);
}
