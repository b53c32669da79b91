#include <filesystem>
#include <fstream>

#include "tests/emulator/services/dynamodb/dynamodb_bench.h"

using namespace backlot;

namespace {

/// A folder of buckets that goes with the test.
struct Buckets {
    std::filesystem::path folder;
    Buckets() {
        auto pattern = (std::filesystem::temp_directory_path() / "backlot-buckets-XXXXXX").string();
        folder = mkdtemp(pattern.data());
    }
    ~Buckets() { std::filesystem::remove_all(folder); }
};

const std::string kImport = R"({"InputFormat": "DYNAMODB_JSON", "S3BucketSource": {"S3Bucket": "lake", "S3KeyPrefix": "daily/"},
    "TableCreationParameters": {"TableName": "Copy", "BillingMode": "PAY_PER_REQUEST", "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
                                "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}]}})";

}  // namespace

TEST_CASE("a table that was exported can be imported") {
    const Buckets buckets;
    DynamodbBench bench({.bucketsFolder = buckets.folder});
    bench.createCarts();
    for (int i = 0; i < 5; ++i) bench.put("Carts", R"({"pk": {"S": "u)" + std::to_string(i) + R"("}, "tags": {"SS": ["a"]}, "n": {"N": "1.5"}})");
    const auto arn = textOr(*find(bench.run("DescribeTable", R"({"TableName": "Carts"})"), "Table"), "TableArn");
    const auto request = R"({"S3Bucket": "lake", "S3Prefix": "daily", "TableArn": ")" + arn + R"("})";
    CHECK(bench.error("ExportTableToPointInTime", request).starts_with("PointInTimeRecoveryUnavailableException"));
    bench.run("UpdateContinuousBackups", R"({"TableName": "Carts", "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": true}})");
    const auto started = bench.run("ExportTableToPointInTime", request);
    const auto exportArn = textOr(*find(started, "ExportDescription"), "ExportArn");
    bench.settle();
    const auto answer = bench.run("DescribeExport", R"({"ExportArn": ")" + exportArn + R"("})");
    const Json& description = *find(answer, "ExportDescription");
    CHECK(textOr(description, "ExportStatus") == "COMPLETED");
    CHECK(intOr(description, "ItemCount", 0) == 5);
    CHECK(std::filesystem::exists(buckets.folder / "lake" / textOr(description, "ExportManifest")));

    const auto import = bench.run("ImportTable", kImport);
    bench.settle();
    const auto importArn = textOr(*find(import, "ImportTableDescription"), "ImportArn");
    const auto imported = bench.run("DescribeImport", R"({"ImportArn": ")" + importArn + R"("})");
    CHECK(textOr(*find(imported, "ImportTableDescription"), "ImportStatus") == "COMPLETED");
    CHECK(intOr(*find(imported, "ImportTableDescription"), "ImportedItemCount", 0) == 5);
    CHECK(bench.item("Copy", R"({"pk": {"S": "u3"}})") == R"({"n":{"N":"1.5"},"pk":{"S":"u3"},"tags":{"SS":["a"]}})");
    CHECK(find(bench.run("ListExports", "{}"), "ExportSummaries")->Size() == 1);
    CHECK(find(bench.run("ListImports", "{}"), "ImportSummaryList")->Size() == 1);
}

TEST_CASE("lines that hold no item are counted and passed over") {
    const Buckets buckets;
    std::filesystem::create_directories(buckets.folder / "lake/daily");
    std::ofstream(buckets.folder / "lake/daily/1.json") << R"({"Item": {"pk": {"S": "a"}}})" << "\nno JSON\n" << R"({"Item": {"pk": {"S": 5}}})" << "\n" << R"({"Item": {"n": {"N": "1"}}})" << "\n";
    DynamodbBench bench({.bucketsFolder = buckets.folder});
    const auto import = bench.run("ImportTable", kImport);
    bench.settle();
    const auto answer = bench.run("DescribeImport", R"({"ImportArn": ")" + textOr(*find(import, "ImportTableDescription"), "ImportArn") + R"("})");
    const Json& description = *find(answer, "ImportTableDescription");
    CHECK(intOr(description, "ImportedItemCount", 0) == 1);
    CHECK(intOr(description, "ErrorCount", 0) == 3);
}

TEST_CASE("exports and imports are refused without a folder of buckets, and never leave it") {
    DynamodbBench without;
    CHECK(without.error("ImportTable", kImport).starts_with("ValidationException: Backlot has no S3"));
    const Buckets buckets;
    DynamodbBench bench({.bucketsFolder = buckets.folder});
    auto request = parseJson(kImport);
    set(*find(request, "S3BucketSource"), "S3KeyPrefix", "../../etc");
    CHECK(bench.errorOf("dynamodb", "ImportTable", std::move(request)) == "ValidationException");
}
