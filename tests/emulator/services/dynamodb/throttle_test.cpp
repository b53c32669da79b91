#include "tests/emulator/services/dynamodb/dynamodb_bench.h"

using namespace backlot;
using namespace std::chrono_literals;

namespace {

constexpr auto kPut = R"({"TableName": "T", "Item": {"pk": {"S": "a"}}})";
constexpr auto kGet = R"({"TableName": "T", "Key": {"pk": {"S": "a"}}, "ConsistentRead": true})";

void createSmall(DynamodbBench& bench) {
    bench.run("CreateTable",
              R"({"TableName": "T", "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 2},
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}], "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}]})");
}

}  // namespace

TEST_CASE("nothing is throttled unless throughput is enforced") {
    DynamodbBench bench;
    createSmall(bench);
    for (int i = 0; i < 20; ++i) CHECK(bench.error("PutItem", kPut).empty());
}

TEST_CASE("an enforced table gives its units a second, and saves up those of 300 seconds") {
    DynamodbBench bench({.enforceThroughput = true});
    createSmall(bench);
    CHECK(bench.error("PutItem", kPut).empty());
    CHECK(bench.error("PutItem", kPut).empty());
    CHECK(bench.error("PutItem", kPut)
              .starts_with("ProvisionedThroughputExceededException: The level of configured provisioned throughput for "
                           "the table was exceeded."));
    CHECK(bench.error("GetItem", kGet).empty());  // reads have units of their own
    CHECK(bench.error("GetItem", kGet).starts_with("ProvisionedThroughputExceededException"));
    bench.advance(1s);
    CHECK(bench.error("PutItem", kPut).empty());
    bench.advance(1000s);
    int written = 0;
    while (bench.error("PutItem", kPut).empty()) ++written;
    CHECK(written == 600);
}

TEST_CASE("a throttled batch answers what it left undone") {
    DynamodbBench bench({.enforceThroughput = true});
    createSmall(bench);
    const Json answer =
        bench.run("BatchWriteItem", R"({"RequestItems": {"T": [{"PutRequest": {"Item": {"pk": {"S": "a"}}}},
        {"PutRequest": {"Item": {"pk": {"S": "b"}}}}, {"PutRequest": {"Item": {"pk": {"S": "c"}}}}]}})");
    CHECK(writeJson(*find(answer, "UnprocessedItems")) == R"({"T":[{"PutRequest":{"Item":{"pk":{"S":"c"}}}}]})");
    CHECK(bench.error("TransactWriteItems",
                      R"({"TransactItems": [{"Put": {"TableName": "T", "Item": {"pk": {"S": "d"}}}}]})") ==
          "TransactionCanceledException: Transaction cancelled, please refer cancellation reasons for specific reasons "
          "[ProvisionedThroughputExceeded]");
}
