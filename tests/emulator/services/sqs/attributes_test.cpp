#include "tests/emulator/services/sqs/sqs_bench.h"

using namespace backlot;
using namespace backlot::sqs;

namespace {

Json redriveTo(const char* arn) {
    return object({{"RedrivePolicy", writeJson(object({{"deadLetterTargetArn", arn}, {"maxReceiveCount", 3}}))}});
}

}  // namespace

TEST_CASE("a dead-letter queue says whose messages it takes") {
    SqsBench bench;
    const auto deadLetters = bench.createQueue("payment-dlq");
    const auto allow = [&](const char* policy) {
        bench.sqs("SetQueueAttributes", deadLetters,
                  object({{"Attributes", object({{"RedriveAllowPolicy", policy}})}}));
    };
    const auto create = [&](const char* name) {
        return bench.errorOf(
            "sqs", "CreateQueue",
            object({{"QueueName", name}, {"Attributes", redriveTo("arn:aws:sqs:us-east-1:000000000000:payment-dlq")}}));
    };
    allow(R"({"redrivePermission": "denyAll"})");
    CHECK(create("payment-retry-queue") == "InvalidParameterValueException");
    allow(
        R"({"redrivePermission": "byQueue", "sourceQueueArns": ["arn:aws:sqs:us-east-1:000000000000:payment-retry-queue"]})");
    CHECK(create("payment-retry-queue") == "");
    CHECK(create("analytics-queue") == "InvalidParameterValueException");
    allow(R"({"redrivePermission": "allowAll"})");
    CHECK(create("analytics-queue") == "");
}

TEST_CASE("a throughput limit a group goes with deduplication a group only") {
    SqsBench bench;
    const auto create = [&](const char* name, const char* scope) {
        return bench.errorOf("sqs", "CreateQueue",
                             object({{"QueueName", name},
                                     {"Attributes", object({{"FifoQueue", "true"},
                                                            {"FifoThroughputLimit", "perMessageGroupId"},
                                                            {"DeduplicationScope", scope}})}}));
    };
    CHECK(create("a.fifo", "queue") == "InvalidAttributeValue");
    CHECK(create("b.fifo", "messageGroup") == "");
}

TEST_CASE("the one system attribute of a message is AWSTraceHeader") {
    SqsBench bench;
    const auto url = bench.createQueue("analytics-queue");
    const auto send = [&](const char* name, Json value) {
        return bench.errorOf("sqs", "SendMessage",
                             object({{"QueueUrl", url},
                                     {"MessageBody", "x"},
                                     {"MessageSystemAttributes", object({{name, std::move(value)}})}}));
    };
    CHECK(send("Trace", object({{"DataType", "String"}, {"StringValue", "Root=1"}})) ==
          "InvalidParameterValueException");
    CHECK(send("AWSTraceHeader", object({{"DataType", "Binary"}, {"BinaryValue", "AA=="}})) ==
          "InvalidParameterValueException");
    CHECK(send("AWSTraceHeader", object({{"DataType", "String"}, {"StringValue", "Root=1"}})) == "");
}
