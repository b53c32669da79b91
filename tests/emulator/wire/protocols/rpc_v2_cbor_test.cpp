#include <doctest/doctest.h>

#include "tests/emulator/wire/requests.h"

using namespace backlot;
using namespace backlot::wire;

namespace {

using namespace std::literals;

Request cborRequest(std::string operation, std::string body, std::string service = "GraniteServiceVersion20100801") {
    return signedRequest(
        "monitoring", "POST", "/service/" + service + "/operation/" + operation,
        {{"Smithy-Protocol", "rpc-v2-cbor"}, {"Content-Type", "application/cbor"}, {"Accept", "application/cbor"}},
        std::move(body));
}

/// The refusal of a request: its status and its code.
std::string refused(const Request& request) {
    try {
        const Target target = detect(request);
        check(target, decode(target, request));
    } catch (const Refusal& refusal) {
        const Response response = encodeRefusal(refusal, "id-1");
        CHECK(response.headers.get("Smithy-Protocol") == "rpc-v2-cbor");
        CHECK(response.headers.get("Content-Type") == "application/cbor");
        const auto name = response.body.find("__type");
        CHECK(name != std::string::npos);
        return std::to_string(response.status) + " " + refusal.code();
    }
    return {};
}

// {"Namespace": "Shop"} and {"Namespace": "Shop", "MetricData": [{"MetricName": "Orders", "Value": 1.5, "Timestamp":
// 1(1767604624)}]}
const std::string kNamespace = "\xa1\x69Namespace\x64Shop";
const std::string kMetric =
    "\xa2\x69Namespace\x64Shop\x6aMetricData\x81\xa3\x6aMetricName\x66Orders\x65Value\xf9\x3e\x00\x69Timestamp\xc1\x1a\x69\x5b\x81\x90"s;

}  // namespace

TEST_CASE("a request names service and operation in its path, and its body is read by the model") {
    const Request request = cborRequest("PutMetricData", kMetric);
    CHECK(
        read(request) ==
        R"(cloudwatch:PutMetricData {"Namespace":"Shop","MetricData":[{"MetricName":"Orders","Value":1.5,"Timestamp":1767604624}]})");
    Request prefixed = cborRequest("PutMetricData", kMetric);
    prefixed.target = "/behind/a/proxy" + prefixed.target;
    CHECK(detect(prefixed).operation == "PutMetricData");
    CHECK(read(cborRequest("ListDashboards", "")) == "cloudwatch:ListDashboards {}");
}

TEST_CASE("the same service answers Query and JSON too") {
    CHECK(read(queryRequest("monitoring", "Action=ListMetrics&Version=2010-08-01&Namespace=Shop")) ==
          R"(cloudwatch:ListMetrics {"Namespace":"Shop"})");
    CHECK(read(jsonRequest("monitoring", "GraniteServiceVersion20100801.ListMetrics", R"({"Namespace":"Shop"})")) ==
          R"(cloudwatch:ListMetrics {"Namespace":"Shop"})");
}

TEST_CASE("bodies that are no CBOR of the operation are refused in CBOR") {
    CHECK(refused(cborRequest("PutMetricData", "{}")) == "400 SerializationException");
    CHECK(refused(cborRequest("PutMetricData", kMetric.substr(0, 40))) == "400 SerializationException");
    CHECK(refused(cborRequest("PutMetricData", kNamespace + "\x01")) == "400 SerializationException");
    CHECK(refused(cborRequest("PutMetricData", "\xa1\x69Namespace\x44Shop")) ==
          "400 SerializationException");  // bytes for a text
    CHECK(refused(cborRequest("PutMetricData", "\xa1\x69Namespace\xc2\x41\x01")) ==
          "400 SerializationException");  // a big number
    CHECK(refused(cborRequest("PutMetricData", "\xa1\x69Namespace\x62\xff\xfe")) ==
          "400 SerializationException");  // no UTF-8
    CHECK(refused(cborRequest("PutMetricData", "\xa1\x61x" + std::string(100'000, '\x81') + "\x01")) ==
          "400 SerializationException");
    CHECK(refused(cborRequest("PutMetricData", "\xa0")) == "400 ValidationException");  // a member is missing
}

TEST_CASE("what is not there is refused by name, in CBOR") {
    CHECK(refused(cborRequest("PutNothing", "\xa0")) == "404 UnknownOperationException");
    CHECK(refused(cborRequest("ListTables", "\xa0", "DynamoDB_20120810")) ==
          "404 UnknownOperationException");  // it does not speak CBOR
    CHECK(refused(cborRequest("ListTables", "\xa0", "Nobody")) == "404 UnknownOperationException");
    Request request = cborRequest("PutMetricData", kMetric);
    request.headers.set("Content-Type", "application/json");
    CHECK(refused(request) == "415 UnsupportedMediaTypeException");
    request.headers.erase("Authorization");
    CHECK(refused(request) == "403 MissingAuthenticationTokenException");
}

TEST_CASE("answers have the types of the model, whatever the number looks like") {
    const Target target = detect(cborRequest("GetMetricData", ""), {});
    const Json result = parseJson(
        R"({"MetricDataResults":[{"Id":"m1","Values":[1,2.5],"Timestamps":[1767603600]}],"Unknown":true,"NextToken":null})");
    const Response response = encode(target, result, "id-1");
    CHECK(response.headers.get("Content-Type") == "application/cbor");
    CHECK(response.headers.get("x-amzn-RequestId") == "id-1");
    CHECK(response.body ==
          "\xa1\x71MetricDataResults\x81\xa3\x62Id\x62m1\x6aTimestamps\x81\xc1\xfb\x41\xda\x56\xdf\x64\x00\x00\x00"
          "\x66Values\x82\xfb\x3f\xf0\x00\x00\x00\x00\x00\x00\xfb\x40\x04\x00\x00\x00\x00\x00\x00"s);
    const Response none = encode(detect(cborRequest("PutMetricData", kMetric)), object(), "id-1");
    CHECK(none.body.empty());
    CHECK_FALSE(none.headers.has("Content-Type"));
}

TEST_CASE("an error of the model has its namespace, its status and its Query code") {
    const Target target = detect(cborRequest("DescribeAlarms", "\xa0"));
    const Response response = encodeError(target, AwsError("InvalidNextToken", "no such page"), "id-1");
    CHECK(response.status == 400);
    CHECK(response.headers.get("x-amzn-query-error") == "InvalidNextToken;Sender");
    CHECK(response.body ==
          "\xa2\x66__type\x78\x29"
          "com.amazonaws.cloudwatch#InvalidNextToken\x67message\x6cno such page");
}
