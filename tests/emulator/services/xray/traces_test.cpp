#include "emulator/services/xray/service.h"
#include "tests/emulator/bench.h"

using namespace backlot;

namespace {

std::string machineOf(std::string_view, std::string_view resource) {
    return std::string(resource.substr(0, resource.find('/')));
}

const ServiceDescription kFunctions{
    .name = "lambda",
    .trace = {.name = "Lambda", .type = "AWS::Lambda::Function", .node = lastPart, .begins = {"Invoke"}}};
const ServiceDescription kTables{.name = "dynamodb",
                                 .trace = {.name = "DynamoDB", .type = "AWS::DynamoDB::Table", .node = lastPart}};
const ServiceDescription kMachines{
    .name = "states", .trace = {.name = "Step Functions", .node = machineOf, .begins = {"StartExecution"}}};
const ServiceDirectory kDirectory({&kFunctions, &kTables, &kMachines});

/// A function that puts an item, and a queue nobody sends to.
std::vector<Service> services() {
    std::vector<Service> all;
    all.push_back(xray::xrayService(kDirectory));
    all.push_back({.name = "lambda",
                   .operations = {{"Invoke", [](Call& call, const Fields& request) -> Reply {
                                       call.about(request.text("FunctionName"));
                                       if (request.text("FunctionName") == "broken")
                                           throw AwsError("ServiceException", "no", 500);
                                       return call.invoke("dynamodb", "PutItem", object({{"TableName", "Orders"}}));
                                   }}}});
    all.push_back({.name = "dynamodb", .operations = {{"PutItem", [](Call& call, const Fields& request) -> Reply {
                                                           call.about(request.text("TableName"));
                                                           return object();
                                                       }}}});
    return all;
}

Json range(Json request = object()) {
    set(request, "StartTime", 1767600000.0);
    set(request, "EndTime", 1767610000.0);
    return request;
}

}  // namespace

TEST_CASE("an invocation is a trace with what it called, and a client's own PutItem is none") {
    Bench bench(services());
    bench.call("lambda", "Invoke", object({{"FunctionName", "create-order"}}));
    bench.call("dynamodb", "PutItem", object({{"TableName", "Orders"}}));
    const Json summaries = bench.call("xray", "GetTraceSummaries", range());
    REQUIRE(find(summaries, "TraceSummaries")->Size() == 1);
    const Json& summary = (*find(summaries, "TraceSummaries"))[0];
    CHECK(textOr(*find(summary, "EntryPoint"), "Name") == "create-order");
    const Json traces =
        bench.call("xray", "BatchGetTraces",
                   object({{"TraceIds", list({textOr(summary, "Id"), "1-00000000-000000000000000000000000"})}}));
    CHECK(find(traces, "UnprocessedTraceIds")->Size() == 1);
    const Json& segments = *find((*find(traces, "Traces"))[0], "Segments");
    REQUIRE(segments.Size() == 2);
    Json function, table;
    for (const auto& segment : segments.GetArray()) {
        Json document = parseJson(textOr(segment, "Document"));
        (textOr(document, "name") == "Orders" ? table : function) = std::move(document);
    }
    CHECK(textOr(table, "parent_id") == textOr(function, "id"));
    CHECK(textOr(table, "origin") == "AWS::DynamoDB::Table");
}

TEST_CASE("filter expressions choose traces, and what they cannot say is an error that names it") {
    Bench bench(services());
    bench.call("lambda", "Invoke", object({{"FunctionName", "create-order"}}));
    bench.errorOf("lambda", "Invoke", object({{"FunctionName", "broken"}}));
    const auto count = [&](const char* expression) {
        const Json found = bench.call("xray", "GetTraceSummaries", range(object({{"FilterExpression", expression}})));
        return find(found, "TraceSummaries")->Size();
    };
    CHECK(count("service(\"create-order\")") == 1);
    CHECK(count("error") == 1);
    CHECK(count("ok AND service(\"Orders\")") == 1);
    CHECK(count("NOT (error OR fault)") == 1);
    CHECK(count("duration >= 100") == 0);
    CHECK(bench.errorOf("xray", "GetTraceSummaries", range(object({{"FilterExpression", "edge(\"a\", \"b\")"}}))) ==
          "InvalidRequestException");
    CHECK(bench.errorOf("xray", "GetTraceSummaries", range(object({{"FilterExpression", "duration >"}}))) ==
          "InvalidRequestException");
}

TEST_CASE("segments that clients send join in, broken ones are handed back") {
    Bench bench(services());
    const Json answer = bench.call(
        "xray", "PutTraceSegments",
        object(
            {{"TraceSegmentDocuments",
              list(
                  {R"({"id":"70de5b6f19ff9a0a","trace_id":"1-695b7a00-5f84e0c2a1b3c4d5e6f70819","name":"shop","start_time":1767603600.5,"end_time":1767603601.0,"annotations":{"order":"ORDER#1"},"http":{"request":{"method":"GET"},"response":{"status":200}}})",
                   R"({"id":"1"})", "{"})}}));
    CHECK(find(answer, "UnprocessedTraceSegments")->Size() == 2);
    const Json found =
        bench.call("xray", "GetTraceSummaries",
                   range(object({{"FilterExpression", "annotation.order = \"ORDER#1\" AND http.status = 200"}})));
    REQUIRE(find(found, "TraceSummaries")->Size() == 1);
    CHECK(find((*find(found, "TraceSummaries"))[0], "Duration")->GetDouble() == doctest::Approx(0.5));
}

TEST_CASE("the service graph has an edge for each that calls another") {
    Bench bench(services());
    bench.call("lambda", "Invoke", object({{"FunctionName", "create-order"}}));
    bench.call("lambda", "Invoke", object({{"FunctionName", "create-order"}}));
    const Json graph = bench.call("xray", "GetServiceGraph", range());
    const Json& nodes = *find(graph, "Services");
    REQUIRE(nodes.Size() == 2);
    for (const auto& node : nodes.GetArray()) {
        if (textOr(node, "Name") != "create-order") continue;
        CHECK(find(node, "Root")->IsTrue());
        CHECK(find(node, "Edges")->Size() == 1);
        CHECK(intOr(*find(node, "SummaryStatistics"), "TotalCount", 0) == 2);
    }
}

TEST_CASE("calls on one node's resources are that node's, as the service says") {
    std::vector<Service> all = services();
    all.push_back({.name = "states", .operations = {{"StartExecution", [](Call& call, const Fields& request) -> Reply {
                                                         call.about("checkout/" + request.text("name"));
                                                         return object();
                                                     }}}});
    Bench bench(std::move(all));
    for (const char* order : {"ORDER-1", "ORDER-2"}) bench.call("states", "StartExecution", object({{"name", order}}));
    const Json graph = bench.call("xray", "GetServiceGraph", range());
    REQUIRE(find(graph, "Services")->Size() == 1);
    CHECK(textOr((*find(graph, "Services"))[0], "Name") == "checkout");
}
