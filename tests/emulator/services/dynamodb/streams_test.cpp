#include "tests/emulator/services/dynamodb/dynamodb_bench.h"

using namespace backlot;

namespace {

constexpr std::string_view kStream =
    R"(, "StreamSpecification": {"StreamEnabled": true, "StreamViewType": "NEW_AND_OLD_IMAGES"})";

struct StreamBench : DynamodbBench {
    std::string arn, shard;
    StreamBench() {
        createCarts(kStream);
        arn = textOr(*find(run("DescribeTable", R"({"TableName": "Carts"})"), "Table"), "LatestStreamArn");
        const Json description = streams("DescribeStream", object({{"StreamArn", arn}}));
        shard = textOr((*at(description, {"StreamDescription", "Shards"}))[0], "ShardId");
    }
    std::string iterator(std::string_view type = "TRIM_HORIZON") {
        return textOr(
            streams("GetShardIterator", object({{"StreamArn", arn}, {"ShardId", shard}, {"ShardIteratorType", type}})),
            "ShardIterator");
    }
    Json records(const std::string& iterator) { return streams("GetRecords", object({{"ShardIterator", iterator}})); }
    /// "INSERT a, REMOVE a": what happened to which pk.
    std::string events(const Json& answer) {
        std::string out;
        for (const auto& record : find(answer, "Records")->GetArray())
            out += (out.empty() ? "" : ", ") + textOr(record, "eventName") + " " +
                   textOr(*at(record, {"dynamodb", "Keys", "pk"}), "S");
        return out;
    }
};

}  // namespace

TEST_CASE("a stream has a record for each change, and none for a write that changes nothing") {
    StreamBench bench;
    bench.put("Carts", R"({"pk": {"S": "a"}, "n": {"N": "1"}})");
    bench.put("Carts", R"({"pk": {"S": "a"}, "n": {"N": "1.0"}})");
    bench.put("Carts", R"({"pk": {"S": "a"}, "n": {"N": "2"}})");
    bench.run("DeleteItem", R"({"TableName": "Carts", "Key": {"pk": {"S": "a"}}})");
    bench.run("DeleteItem", R"({"TableName": "Carts", "Key": {"pk": {"S": "a"}}})");
    const Json answer = bench.records(bench.iterator());
    CHECK(bench.events(answer) == "INSERT a, MODIFY a, REMOVE a");
    const Json& modify = *find((*find(answer, "Records"))[1], "dynamodb");
    CHECK(writeJson(*find(modify, "NewImage")) == R"({"n":{"N":"2"},"pk":{"S":"a"}})");
    CHECK(writeJson(*find(modify, "OldImage")) == R"({"n":{"N":"1"},"pk":{"S":"a"}})");
    CHECK(textOr(modify, "SequenceNumber").size() >= 21);
}

TEST_CASE("an iterator goes on where the one before ended, and LATEST begins at the end") {
    StreamBench bench;
    bench.put("Carts", R"({"pk": {"S": "a"}})");
    const auto latest = bench.iterator("LATEST");
    bench.put("Carts", R"({"pk": {"S": "b"}})");
    CHECK(bench.events(bench.records(latest)) == "INSERT b");
    const Json first = bench.records(bench.iterator());
    bench.put("Carts", R"({"pk": {"S": "c"}})");
    CHECK(bench.events(bench.records(textOr(first, "NextShardIterator"))) == "INSERT c");
}

TEST_CASE("a disabled stream stays readable to its end, which has no next iterator") {
    StreamBench bench;
    bench.put("Carts", R"({"pk": {"S": "a"}})");
    bench.run("UpdateTable", R"({"TableName": "Carts", "StreamSpecification": {"StreamEnabled": false}})");
    const Json answer = bench.records(bench.iterator());
    CHECK(bench.events(answer) == "INSERT a");
    CHECK(find(answer, "NextShardIterator") == nullptr);
}

TEST_CASE("records are trimmed after a day") {
    StreamBench bench;
    bench.put("Carts", R"({"pk": {"S": "a"}})");
    bench.advance(std::chrono::hours(12));
    bench.put("Carts", R"({"pk": {"S": "b"}})");
    bench.advance(std::chrono::hours(13));
    CHECK(bench.events(bench.records(bench.iterator())) == "INSERT b");
}

TEST_CASE("an expired item is removed, and its record names the service that did it") {
    StreamBench bench;
    bench.run("UpdateTimeToLive",
              R"({"TableName": "Carts", "TimeToLiveSpecification": {"AttributeName": "expires", "Enabled": true}})");
    const auto expiry = std::to_string(wholeSeconds(bench.world.now()) + 60);
    bench.put("Carts", R"({"pk": {"S": "a"}, "expires": {"N": ")" + expiry + R"("}})");
    bench.put("Carts", R"({"pk": {"S": "b"}, "expires": {"S": "never"}})");
    bench.advance(std::chrono::seconds(30));
    CHECK_FALSE(bench.item("Carts", R"({"pk": {"S": "a"}})").empty());
    bench.advance(std::chrono::seconds(60));
    CHECK(bench.item("Carts", R"({"pk": {"S": "a"}})").empty());
    CHECK_FALSE(bench.item("Carts", R"({"pk": {"S": "b"}})").empty());
    const Json answer = bench.records(bench.iterator());
    CHECK(bench.events(answer) == "INSERT a, INSERT b, REMOVE a");
    CHECK(writeJson(*find((*find(answer, "Records"))[2], "userIdentity")) ==
          R"({"Type":"Service","PrincipalId":"dynamodb.amazonaws.com"})");
}

TEST_CASE("time to live takes up the items that were there before it was enabled") {
    DynamodbBench bench;
    bench.createCarts();
    bench.put("Carts", R"({"pk": {"S": "a"}, "expires": {"N": ")" +
                           std::to_string(wholeSeconds(bench.world.now()) + 60) + R"("}})");
    bench.run("UpdateTimeToLive",
              R"({"TableName": "Carts", "TimeToLiveSpecification": {"AttributeName": "expires", "Enabled": true}})");
    bench.advance(std::chrono::seconds(90));
    CHECK(bench.item("Carts", R"({"pk": {"S": "a"}})").empty());
}

TEST_CASE("a stream keeps so many records, the latest") {
    dynamodb::Settings settings;
    settings.retention.streamRecords = 200;
    DynamodbBench bench(settings);
    bench.createCarts(kStream);
    for (int i = 0; i < 1000; ++i)
        bench.put("Carts", R"({"pk": {"S": "a"}, "n": {"N": ")" + std::to_string(i) + R"("}})");
    const auto arn = textOr(*find(bench.run("DescribeTable", R"({"TableName": "Carts"})"), "Table"), "LatestStreamArn");
    const Json description = bench.streams("DescribeStream", object({{"StreamArn", arn}}));
    const auto shard = textOr((*at(description, {"StreamDescription", "Shards"}))[0], "ShardId");
    const auto iterator =
        textOr(bench.streams("GetShardIterator",
                             object({{"StreamArn", arn}, {"ShardId", shard}, {"ShardIteratorType", "TRIM_HORIZON"}})),
               "ShardIterator");
    const Json answer = bench.streams("GetRecords", object({{"ShardIterator", iterator}}));
    const Json& records = *find(answer, "Records");
    CHECK(records.Size() >= 200);
    CHECK(records.Size() < 300);
    CHECK(textOr(*at(records[records.Size() - 1], {"dynamodb", "NewImage", "n"}), "N") == "999");
}

TEST_CASE(
    "time to live that is switched off and on again keeps all expiries, while the rows of the old list still go") {
    DynamodbBench bench;
    bench.createCarts();
    const auto enable = [&](const char* enabled) {
        return bench.world.submit(
            {.service = "dynamodb",
             .operation = "UpdateTimeToLive",
             .request = parseJson(
                 R"({"TableName": "Carts", "TimeToLiveSpecification": {"AttributeName": "expires", "Enabled": )" +
                 std::string(enabled) + "}}"),
             .cause = Cause{.entry = 1}});
    };
    for (int i = 0; i < 300; ++i)
        bench.put("Carts", R"({"pk": {"S": ")" + std::to_string(i) + R"("}, "expires": {"N": ")" +
                               std::to_string(wholeSeconds(bench.world.now()) + 60) + R"("}})");
    enable("true");
    bench.settle();
    enable("false");
    enable("true");
    bench.settle();
    bench.advance(std::chrono::seconds(90));
    CHECK(at(bench.run("DescribeTable", R"({"TableName": "Carts"})"), {"Table", "ItemCount"})->GetInt64() == 0);
    const Txn txn(bench.world.store().env(), Txn::Mode::read);
    Cursor rows(txn, bench.world.store().table("dynamodb"));
    CHECK_FALSE((rows.seek(Key("e")) && rows.key().starts_with(Key("e").bytes())));
}
