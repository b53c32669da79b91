#include "tests/emulator/services/states/bench.h"

using namespace backlot;

namespace {

std::string distributed(const std::string& fields, const std::string& processor = R"("I":{"Type":"Pass","End":true})") {
    return R"({"StartAt":"M","States":{"M":{"Type":"Map","Label":"Lines",)" + fields +
           R"("ItemProcessor":{"ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"},"StartAt":"I","States":{)" +
           processor + R"(}},"End":true}}})";
}

struct MapBench : StatesBench {
    void put(const std::string& key, const std::string& body) {
        call("s3", "CreateBucket", object({{"Bucket", "stock"}}));
        call("s3", "PutObject", object({{"Bucket", "stock"}, {"Key", key}, {"Body", body}}));
    }
    std::string mapRunOf(const std::string& execution) {
        const Json runs = call("states", "ListMapRuns", object({{"executionArn", execution}}));
        return textOr((*find(runs, "mapRuns"))[0], "mapRunArn");
    }
};

}  // namespace

TEST_CASE("a Distributed Map runs a child execution for each item") {
    MapBench bench;
    const auto execution = bench.start(
        bench.machine("orders", distributed(R"("ItemsPath":"$.items","MaxConcurrency":2,)")), R"({"items":[1,2,3]})");
    CHECK(textOr(bench.describe(execution), "output") == "[1,2,3]");
    const std::string mapRun = bench.mapRunOf(execution);
    const Json described = bench.call("states", "DescribeMapRun", object({{"mapRunArn", mapRun}}));
    CHECK(textOr(described, "status") == "SUCCEEDED");
    CHECK(intOr(*find(described, "itemCounts"), "succeeded", 0) == 3);
    const Json children = bench.call("states", "ListExecutions", object({{"mapRunArn", mapRun}}));
    REQUIRE(find(children, "executions")->Size() == 3);
    const auto child = textOr((*find(children, "executions"))[0], "executionArn");
    CHECK(child.find("execution:orders/Lines:") != std::string::npos);
    CHECK(bench.history(child) ==
          std::vector<std::string>{"ExecutionStarted", "PassStateEntered", "PassStateExited", "ExecutionSucceeded"});
    CHECK(textOr(bench.call("states", "DescribeStateMachineForExecution", object({{"executionArn", child}})),
                 "label") == "Lines");
    CHECK(bench.world.due(10).empty());
}

TEST_CASE("items come out of CSV in S3") {
    MapBench bench;
    bench.put("stock.csv", "sku,count\nA-1,5\n\"B,2\",7\n");
    const auto execution = bench.start(bench.machine(
        "m",
        distributed(
            R"("ItemReader":{"Resource":"arn:aws:states:::s3:getObject","ReaderConfig":{"InputType":"CSV","CSVHeaderLocation":"FIRST_ROW"},"Parameters":{"Bucket":"stock","Key":"stock.csv"}},)")));
    CHECK(textOr(bench.describe(execution), "output") == R"([{"sku":"A-1","count":"5"},{"sku":"B,2","count":"7"}])");
}

TEST_CASE("items are the objects of a bucket, or what is in JSON Lines") {
    MapBench bench;
    bench.put("a/1.jsonl", "{\"n\":1}\n{\"n\":2}\n");
    const auto lines = bench.start(bench.machine(
        "l",
        distributed(
            R"("ItemReader":{"Resource":"arn:aws:states:::s3:getObject","ReaderConfig":{"InputType":"JSONL"},"Parameters":{"Bucket":"stock","Key":"a/1.jsonl"}},)")));
    CHECK(textOr(bench.describe(lines), "output") == R"([{"n":1},{"n":2}])");
    const auto listed = bench.start(bench.machine(
        "o",
        distributed(
            R"("ItemReader":{"Resource":"arn:aws:states:::s3:listObjectsV2","Parameters":{"Bucket":"stock","Prefix":"a/"}},)")));
    CHECK(textOr(parseJson(textOr(bench.describe(listed), "output"))[0], "Key") == "a/1.jsonl");
}

TEST_CASE("a reader that finds no list fails the state") {
    MapBench bench;
    bench.put("one.json", R"({"hello":"world"})");
    const auto execution = bench.start(bench.machine(
        "m",
        distributed(
            R"("ItemReader":{"Resource":"arn:aws:states:::s3:getObject","ReaderConfig":{"InputType":"JSON"},"Parameters":{"Bucket":"stock","Key":"one.json"}},)")));
    CHECK(textOr(bench.describe(execution), "error") == "States.ItemReaderFailed");
    CHECK(textOr(bench.describe(execution), "cause") == "Attempting to map over non-iterable node.");
}

TEST_CASE("results are written to S3 with a manifest") {
    MapBench bench;
    bench.put("x", "");
    const auto execution = bench.start(
        bench.machine(
            "m",
            distributed(
                R"("ItemsPath":"$","ResultWriter":{"Resource":"arn:aws:states:::s3:putObject","Parameters":{"Bucket":"stock","Prefix":"out"}},)")),
        "[1,2]");
    const Json output = parseJson(textOr(bench.describe(execution), "output"));
    const std::string key = textOr(*find(output, "ResultWriterDetails"), "Key");
    CHECK(key.ends_with("/manifest.json"));
    const Json manifest =
        parseJson(textOr(bench.call("s3", "GetObject", object({{"Bucket", "stock"}, {"Key", key}})), "Body"));
    const Json* written = at(manifest, {"ResultFiles", "SUCCEEDED"});
    REQUIRE(written->Size() == 1);
    const Json results = parseJson(textOr(
        bench.call("s3", "GetObject", object({{"Bucket", "stock"}, {"Key", textOr((*written)[0], "Key")}})), "Body"));
    CHECK(results.Size() == 2);
    CHECK(textOr(results[0], "Output") == "1");
}

TEST_CASE("more failures than are tolerated end the map run") {
    MapBench bench;
    const std::string processor =
        R"("I":{"Type":"Choice","Choices":[{"Variable":"$","NumericGreaterThan":1,"Next":"F"}],"Default":"P"},"F":{"Type":"Fail","Error":"Bad"},"P":{"Type":"Pass","End":true})";
    const auto tolerant =
        bench.start(bench.machine("t", distributed(R"("ToleratedFailureCount":2,)", processor)), "[1,2,3]");
    CHECK(textOr(bench.describe(tolerant), "output") == "[1]");
    const auto strict = bench.start(bench.machine("s", distributed("", processor)), "[1,2,3]");
    CHECK(textOr(bench.describe(strict), "error") == "States.ExceedToleratedFailureThreshold");
}

TEST_CASE("stopping an execution stops the children of its map run") {
    MapBench bench;
    const auto execution =
        bench.start(bench.machine("m", distributed("", R"("I":{"Type":"Wait","Seconds":60,"End":true})")), "[1,2]");
    const std::string mapRun = bench.mapRunOf(execution);
    CHECK(intOr(*find(bench.call("states", "DescribeMapRun", object({{"mapRunArn", mapRun}})), "executionCounts"),
                "running", 0) == 2);
    bench.call("states", "StopExecution", object({{"executionArn", execution}}));
    CHECK(textOr(bench.call("states", "DescribeMapRun", object({{"mapRunArn", mapRun}})), "status") == "ABORTED");
    const Json aborted =
        bench.call("states", "ListExecutions", object({{"mapRunArn", mapRun}, {"statusFilter", "ABORTED"}}));
    CHECK(find(aborted, "executions")->Size() == 2);
    CHECK(bench.world.due(10).empty());
}

TEST_CASE("UpdateMapRun lets more children run at a time") {
    MapBench bench;
    const auto execution = bench.start(
        bench.machine("m", distributed(R"("MaxConcurrency":1,)", R"("I":{"Type":"Wait","Seconds":60,"End":true})")),
        "[1,2,3]");
    const std::string mapRun = bench.mapRunOf(execution);
    bench.call("states", "UpdateMapRun", object({{"mapRunArn", mapRun}, {"maxConcurrency", 3}}));
    CHECK(intOr(*find(bench.call("states", "DescribeMapRun", object({{"mapRunArn", mapRun}})), "executionCounts"),
                "running", 0) == 3);
}

TEST_CASE("a Distributed Map of 10,000 items comes to its end") {
    MapBench bench;
    std::string items = "[";
    for (int i = 0; i < 10'000; ++i) items += (i ? "," : "") + std::to_string(i);
    const auto execution = bench.start(bench.machine("m", distributed("")), items + "]");
    CHECK(bench.status(execution) == "SUCCEEDED");
    CHECK(textOr(bench.describe(execution), "output") == items + "]");
}
