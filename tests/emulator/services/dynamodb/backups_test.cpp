#include "emulator/base/gzip.h"
#include "tests/emulator/services/dynamodb/dynamodb_bench.h"

using namespace backlot;

namespace {

constexpr int kItems = 600;  // of 20 KB: more than one transaction's share

/// "Carts" with many items that have v = 1, and requests that come while jobs are at work.
struct BackupBench : DynamodbBench {
    BackupBench() {
        createCarts();
        for (int i = 0; i < kItems; i += 10) writeTen(i, 1);
        settle();
    }
    static std::string name(int i) { return "item-" + std::to_string(i); }
    /// As from a function: while time stands still, requests from outside wait until all jobs are done.
    std::shared_ptr<std::optional<Outcome>> submit(std::string operation, Json request) {
        auto outcome = std::make_shared<std::optional<Outcome>>();
        world.submit({.service = "dynamodb",
                      .operation = std::move(operation),
                      .request = std::move(request),
                      .cause = Cause{.entry = 1},
                      .done = [outcome](Outcome result) { *outcome = std::move(result); }});
        return outcome;
    }
    static std::string codeOf(const std::shared_ptr<std::optional<Outcome>>& outcome) {
        const auto* error = std::get_if<AwsError>(&outcome->value());
        return error ? error->code() : "";
    }
    std::shared_ptr<std::optional<Outcome>> writeTen(int first, int value) {
        Json requests = list();
        for (int i = first; i < first + 10; ++i)
            push(requests,
                 object({{"PutRequest",
                          object({{"Item", object({{"pk", object({{"S", name(i)}})},
                                                   {"v", object({{"N", std::to_string(value)}})},
                                                   {"pad", object({{"S", std::string(20'000, 'x')}})}})}})}}));
        return submit("BatchWriteItem", object({{"RequestItems", object({{"Carts", std::move(requests)}})}}));
    }
    /// How many items the table holds, and how many of them with v = 1.
    std::pair<int, int> itemsOf(const std::string& table) {
        int all = 0, first = 0;
        Json request = object({{"TableName", table}});
        for (;;) {
            const Json page = call("dynamodb", "Scan", copy(request));
            for (const auto& item : find(page, "Items")->GetArray()) {
                ++all;
                first += textOr(*find(item, "v"), "N") == "1";
            }
            const Json* last = find(page, "LastEvaluatedKey");
            if (!last) return {all, first};
            set(request, "ExclusiveStartKey", copy(*last));
        }
    }
    void changeAll() {
        for (int i = 0; i < kItems; i += 10) {
            if (i % 50 == 0)
                for (int k = i; k < i + 10; ++k)
                    submit("DeleteItem",
                           object({{"TableName", "Carts"}, {"Key", object({{"pk", object({{"S", name(k)}})}})}}));
            else
                writeTen(i, 2);
            writeTen(kItems + i, 3);
        }
    }
    std::string arnOf(const std::shared_ptr<std::optional<Outcome>>& outcome) {
        return textOr(*at(std::get<Json>(outcome->value()), {"BackupDetails"}), "BackupArn");
    }
    std::string tableStatus(const std::string& table) {
        return textOr(*find(call("dynamodb", "DescribeTable", object({{"TableName", table}})), "Table"), "TableStatus");
    }
};

}  // namespace

TEST_CASE(
    "a backup of a large table holds the items of the moment it was asked for, whatever changes while it is made") {
    BackupBench bench;
    const auto backup = bench.submit("CreateBackup", object({{"TableName", "Carts"}, {"BackupName", "one"}}));
    bench.changeAll();
    bench.settle();
    CHECK(bench.itemsOf("Carts") == std::pair(kItems - kItems / 5 + kItems, 0));
    const auto arn = bench.arnOf(backup);
    const Json described = bench.call("dynamodb", "DescribeBackup", object({{"BackupArn", arn}}));
    CHECK(textOr(*at(described, {"BackupDescription", "BackupDetails"}), "BackupStatus") == "AVAILABLE");
    bench.call("dynamodb", "RestoreTableFromBackup", object({{"TargetTableName", "Again"}, {"BackupArn", arn}}));
    CHECK(bench.itemsOf("Again") == std::pair(kItems, kItems));
    CHECK(bench.tableStatus("Again") == "ACTIVE");
    CHECK(at(bench.run("DescribeTable", R"({"TableName": "Again"})"), {"Table", "ItemCount"})->GetInt64() == kItems);
}

TEST_CASE("a table restored to a point in time has the items of that moment, and the copy made for it goes") {
    BackupBench bench;
    bench.run("UpdateContinuousBackups",
              R"({"TableName": "Carts", "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": true}})");
    bench.submit(
        "RestoreTableToPointInTime",
        object({{"SourceTableName", "Carts"}, {"TargetTableName", "Again"}, {"UseLatestRestorableTime", true}}));
    bench.changeAll();
    bench.settle();
    CHECK(bench.itemsOf("Again") == std::pair(kItems, kItems));
    const Txn txn(bench.world.store().env(), Txn::Mode::read);
    Cursor rows(txn, bench.world.store().table("dynamodb"));
    CHECK_FALSE((rows.seek(Key("b")) && rows.key().starts_with(Key("b").bytes())));
}

TEST_CASE("meanwhile the backup is CREATING and neither restored nor deleted, and its table stays") {
    BackupBench bench;
    const auto backup = bench.submit("CreateBackup", object({{"TableName", "Carts"}, {"BackupName", "one"}}));
    while (!backup->has_value()) bench.world.drain();
    const auto arn = bench.arnOf(backup);
    // The copy is not done after one drain: it has shares of 256 KB, and the table 12 MB. These five come between them.
    const auto described = bench.submit("DescribeBackup", object({{"BackupArn", arn}}));
    const auto removed = bench.submit("DeleteBackup", object({{"BackupArn", arn}}));
    const auto restored =
        bench.submit("RestoreTableFromBackup", object({{"TargetTableName", "Again"}, {"BackupArn", arn}}));
    const auto dropped = bench.submit("DeleteTable", object({{"TableName", "Carts"}}));
    bench.settle();
    CHECK(textOr(*at(std::get<Json>(described->value()), {"BackupDescription", "BackupDetails"}), "BackupStatus") ==
          "CREATING");
    CHECK(BackupBench::codeOf(removed) == "BackupInUseException");
    CHECK(BackupBench::codeOf(restored) == "BackupInUseException");
    CHECK(BackupBench::codeOf(dropped) == "ResourceInUseException");
    CHECK(bench.errorOf("dynamodb", "DeleteBackup", object({{"BackupArn", arn}})).empty());
    CHECK(bench.errorOf("dynamodb", "DeleteTable", object({{"TableName", "Carts"}})).empty());
}

TEST_CASE("a table that is being restored is CREATING, and its items are not there for anybody, until all are") {
    BackupBench bench;
    const auto arn = bench.arnOf([&] {
        auto backup = bench.submit("CreateBackup", object({{"TableName", "Carts"}, {"BackupName", "one"}}));
        bench.settle();
        return backup;
    }());
    const auto restored =
        bench.submit("RestoreTableFromBackup", object({{"TargetTableName", "Again"}, {"BackupArn", arn}}));
    const auto described = bench.submit("DescribeTable", object({{"TableName", "Again"}}));
    const auto got =
        bench.submit("GetItem", object({{"TableName", "Again"}, {"Key", object({{"pk", object({{"S", "item-1"}})}})}}));
    const auto dropped = bench.submit("DeleteTable", object({{"TableName", "Again"}}));
    const auto removed = bench.submit("DeleteBackup", object({{"BackupArn", arn}}));
    bench.settle();
    CHECK(textOr(*find(std::get<Json>(described->value()), "Table"), "TableStatus") == "CREATING");
    CHECK(BackupBench::codeOf(got) == "ResourceNotFoundException");
    CHECK(BackupBench::codeOf(dropped) == "ResourceInUseException");
    CHECK(BackupBench::codeOf(removed) == "BackupInUseException");
    CHECK(bench.tableStatus("Again") == "ACTIVE");
    CHECK(bench.itemsOf("Again") == std::pair(kItems, kItems));
}

TEST_CASE(
    "a large export is of one moment, in several files, and can be imported, plain and zipped, a share at a time") {
    BackupBench bench;
    bench.call("s3", "CreateBucket", object({{"Bucket", "lake"}}));
    bench.run("UpdateContinuousBackups",
              R"({"TableName": "Carts", "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": true}})");
    const auto arn = textOr(*find(bench.run("DescribeTable", R"({"TableName": "Carts"})"), "Table"), "TableArn");
    const auto started = bench.submit("ExportTableToPointInTime",
                                      object({{"S3Bucket", "lake"}, {"S3Prefix", "daily"}, {"TableArn", arn}}));
    bench.changeAll();
    bench.settle();
    const auto exportArn = textOr(*find(std::get<Json>(started->value()), "ExportDescription"), "ExportArn");
    const Json description = bench.call("dynamodb", "DescribeExport", object({{"ExportArn", exportArn}}));
    CHECK(textOr(*find(description, "ExportDescription"), "ExportStatus") == "COMPLETED");
    CHECK(intOr(*find(description, "ExportDescription"), "ItemCount", 0) == kItems);
    const Json files = bench.call("s3", "ListObjectsV2", object({{"Bucket", "lake"}, {"Prefix", "daily/"}}));
    CHECK(find(files, "KeyCount")->GetInt() > 10);

    std::string lines;
    for (int i = 0; i < 3000; ++i)
        lines += R"({"Item":{"pk":{"S":"line-)" + std::to_string(i) + R"("},"v":{"N":"1"},"pad":{"S":")" +
                 std::string(i == 7 ? 300'000 : 100 + i % 50, 'y') + "\"}}}\n";
    bench.call("s3", "PutObject", object({{"Bucket", "lake"}, {"Key", "plain/all.json"}, {"Body", lines}}));
    bench.call("s3", "PutObject", object({{"Bucket", "lake"}, {"Key", "zipped/all.json.gz"}, {"Body", gzip(lines)}}));
    for (const auto& [prefix, compression, items] :
         {std::tuple("daily/", "GZIP", kItems), std::tuple("plain/", "NONE", 3000),
          std::tuple("zipped/", "GZIP", 3000)}) {
        const std::string table = "From-" + std::string(prefix, 5);
        const Json import = bench.call(
            "dynamodb", "ImportTable",
            parseJson(
                R"({"InputFormat": "DYNAMODB_JSON", "InputCompressionType": ")" + std::string(compression) +
                R"(", "S3BucketSource": {"S3Bucket": "lake", "S3KeyPrefix": ")" + prefix +
                R"("}, "TableCreationParameters": {"TableName": ")" + table +
                R"(", "BillingMode": "PAY_PER_REQUEST", "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}], "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}]}})"));
        bench.settle();
        const Json done =
            bench.call("dynamodb", "DescribeImport",
                       object({{"ImportArn", textOr(*find(import, "ImportTableDescription"), "ImportArn")}}));
        CHECK(textOr(*find(done, "ImportTableDescription"), "ImportStatus") == "COMPLETED");
        CHECK(intOr(*find(done, "ImportTableDescription"), "ImportedItemCount", 0) == items);
        CHECK(bench.itemsOf(table) == std::pair(items, items));
    }
}
