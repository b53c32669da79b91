#include "emulator/base/gzip.h"
#include "tests/emulator/services/dynamodb/dynamodb_bench.h"

using namespace backlot;

namespace {

/// With an S3 in which there is a bucket "lake".
struct LakeBench : DynamodbBench {
    LakeBench() { s3("CreateBucket", object({{"Bucket", "lake"}})); }
    Json s3(std::string operation, Json request) { return call("s3", std::move(operation), std::move(request)); }
    void upload(const std::string& key, const std::string& body) {
        s3("PutObject", object({{"Bucket", "lake"}, {"Key", key}, {"Body", body}}));
    }
    std::string download(const std::string& key) {
        return textOr(s3("GetObject", object({{"Bucket", "lake"}, {"Key", key}})), "Body");
    }

    /// Runs an import to its end; its description.
    Json imported(std::string_view request) {
        const auto started = run("ImportTable", request);
        settle();
        const auto arn = textOr(*find(started, "ImportTableDescription"), "ImportArn");
        return copy(*find(run("DescribeImport", R"({"ImportArn": ")" + arn + R"("})"), "ImportTableDescription"));
    }
    /// The same of an export.
    Json exported(const std::string& request) {
        const auto started = run("ExportTableToPointInTime", request);
        settle();
        const auto arn = textOr(*find(started, "ExportDescription"), "ExportArn");
        return copy(*find(run("DescribeExport", R"({"ExportArn": ")" + arn + R"("})"), "ExportDescription"));
    }
};

const std::string kImport =
    R"({"InputFormat": "DYNAMODB_JSON", "S3BucketSource": {"S3Bucket": "lake", "S3KeyPrefix": "daily/"},
    "TableCreationParameters": {"TableName": "Copy", "BillingMode": "PAY_PER_REQUEST", "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
                                "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}]}})";

}  // namespace

TEST_CASE("a table that was exported can be imported") {
    LakeBench bench;
    bench.createCarts();
    for (int i = 0; i < 5; ++i)
        bench.put("Carts",
                  R"({"pk": {"S": "u)" + std::to_string(i) + R"("}, "tags": {"SS": ["a"]}, "n": {"N": "1.5"}})");
    const auto arn = textOr(*find(bench.run("DescribeTable", R"({"TableName": "Carts"})"), "Table"), "TableArn");
    const auto request = R"({"S3Bucket": "lake", "S3Prefix": "daily", "TableArn": ")" + arn + R"("})";
    CHECK(bench.error("ExportTableToPointInTime", request).starts_with("PointInTimeRecoveryUnavailableException"));
    bench.run("UpdateContinuousBackups",
              R"({"TableName": "Carts", "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": true}})");
    const Json description = bench.exported(request);
    CHECK(textOr(description, "ExportStatus") == "COMPLETED");
    CHECK(intOr(description, "ItemCount", 0) == 5);
    const Json summary = parseJson(bench.download(textOr(description, "ExportManifest")));
    const Json file = parseJson(bench.download(textOr(summary, "manifestFilesS3Key")));
    CHECK(inflated(bench.download(textOr(file, "dataFileS3Key")), 10'000)->starts_with(R"({"Item":{)"));

    auto import = parseJson(kImport);
    set(import, "InputCompressionType", "GZIP");
    const Json done = bench.imported(writeJson(import));
    CHECK(textOr(done, "ImportStatus") == "COMPLETED");
    CHECK(intOr(done, "ImportedItemCount", 0) == 5);
    CHECK(bench.item("Copy", R"({"pk": {"S": "u3"}})") == R"({"n":{"N":"1.5"},"pk":{"S":"u3"},"tags":{"SS":["a"]}})");
    CHECK(find(bench.run("ListExports", "{}"), "ExportSummaries")->Size() == 1);
    CHECK(find(bench.run("ListImports", "{}"), "ImportSummaryList")->Size() == 1);
}

TEST_CASE("lines that hold no item are counted and passed over") {
    LakeBench bench;
    bench.upload("daily/1.json",
                 "{\"Item\": {\"pk\": {\"S\": \"a\"}}}\nno JSON\n{\"Item\": {\"pk\": {\"S\": 5}}}\n{\"Item\": {\"n\": "
                 "{\"N\": \"1\"}}}\n");
    const Json description = bench.imported(kImport);
    CHECK(intOr(description, "ImportedItemCount", 0) == 1);
    CHECK(intOr(description, "ErrorCount", 0) == 3);
}

TEST_CASE("what is wrong with the bucket or its files ends an import or an export as failed") {
    LakeBench bench;
    const Json empty = bench.imported(kImport);
    CHECK(textOr(empty, "ImportStatus") == "FAILED");
    CHECK(textOr(empty, "FailureCode") == "S3NoSuchKey");
    bench.upload("daily/1.json.gz", "not zipped");
    auto zipped = parseJson(kImport);
    set(zipped, "InputCompressionType", "GZIP");
    set(*find(zipped, "TableCreationParameters"), "TableName", "Second");
    CHECK(textOr(bench.imported(writeJson(zipped)), "FailureCode") == "S3InvalidObject");
    auto elsewhere = parseJson(kImport);
    set(*find(elsewhere, "S3BucketSource"), "S3Bucket", "pond");
    set(*find(elsewhere, "TableCreationParameters"), "TableName", "Third");
    CHECK(textOr(bench.imported(writeJson(elsewhere)), "FailureCode") == "S3NoSuchBucket");

    bench.createCarts();
    bench.run("UpdateContinuousBackups",
              R"({"TableName": "Carts", "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": true}})");
    const auto arn = textOr(*find(bench.run("DescribeTable", R"({"TableName": "Carts"})"), "Table"), "TableArn");
    const Json description = bench.exported(R"({"S3Bucket": "pond", "TableArn": ")" + arn + R"("})");
    CHECK(textOr(description, "ExportStatus") == "FAILED");
    CHECK(textOr(description, "FailureCode") == "S3NoSuchBucket");
}
