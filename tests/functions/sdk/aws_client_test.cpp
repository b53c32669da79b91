#include <doctest/doctest.h>

#include <sstream>

#include "functions/sdk/sigv4.h"
#include "tests/conformance.h"
#include "tests/conformance.h"
#include "tests/functions/bench.h"

using namespace backlot::sdk;

namespace {

struct RawRequest {
    std::string method, target, body;
    Headers headers;
};

/// A request as AWS's signature test suite writes it: a header may go on in the next line.
RawRequest parseRaw(const std::string& text) {
    RawRequest request;
    std::istringstream lines(text);
    std::string line;
    std::getline(lines, line);
    const auto first = line.find(' '), last = line.rfind(' ');
    request.method = line.substr(0, first);
    request.target = line.substr(first + 1, last - first - 1);
    while (std::getline(lines, line) && !line.empty()) {
        const auto colon = line.find(':');
        request.headers.add(line.substr(0, colon), line.substr(colon + 1));
    }
    std::getline(lines, request.body, '\0');
    return request;
}

}  // namespace

TEST_CASE("requests are signed as AWS's own test suite has them") {
    const auto text = backlot::conformance::text("sigv4/cases.json");
    if (!text) return;
    const auto suite = parseJson(*text);
    const auto& keys = *find(suite, "credentials");
    int signedOnes = 0;
    for (const auto& each : find(suite, "cases")->GetArray()) {
        const auto name = textOr(each, "name");
        INFO(name);
        auto request = parseRaw(textOr(each, "request"));
        if (name.find("multiline") != std::string::npos) continue;  // folded headers are never sent by us
        const auto wanted = textOr(each, "canonical_request");
        const std::string_view mark = "x-amz-security-token:";
        std::string token;  // of one case; it stands only in the canonical request
        if (const auto at = wanted.find(mark); at != std::string::npos)
            token = wanted.substr(at + mark.size(), wanted.find('\n', at) - at - mark.size());
        if (!token.empty()) request.headers.set("X-Amz-Security-Token", token);
        CHECK(canonicalRequest(request.method, request.target, request.headers, request.body) == wanted);
        Signer signer({textOr(keys, "access_key"), textOr(keys, "secret_key"), token}, textOr(suite, "region"));
        signer.sign(textOr(suite, "service"), request.method, request.target, request.headers, request.body,
                    parseIso8601("2015-08-30T12:36:00.000Z"));
        CHECK(request.headers.get("Authorization") == textOr(each, "authorization"));
        ++signedOnes;
    }
    CHECK(signedOnes > 5);
}

TEST_CASE("a call carries its target, its trace and a signature") {
    bench::Bench aws;
    Context context(aws.invocation(), aws.warm);
    aws.answer("GetItem", object({{"Item", object({{"userId", S("USER#1")}})}}));
    CHECK(context.table("USERS_TABLE").get(object({{"userId", S("USER#1")}}))->text("userId") == "USER#1");
    const auto& request = aws.requests.at(0);
    CHECK(request.headers.get("X-Amz-Target") == "DynamoDB_20120810.GetItem");
    CHECK(request.headers.get("X-Amzn-Trace-Id") == "Root=1-2-3;Parent=4;Sampled=1");
    CHECK(request.headers.get("Authorization").starts_with("AWS4-HMAC-SHA256 Credential=test/"));
    CHECK(writeJson(aws.calls[0].body) ==
          R"({"TableName":"Users","Key":{"userId":{"S":"USER#1"}},"ConsistentRead":true})");
}

TEST_CASE("throttling and broken connections are tried again, a client's mistake is not") {
    bench::Bench aws;
    Context context(aws.invocation(), aws.warm);
    int tries = 0;
    aws.answers["PutItem"] = [&](const auto&) -> HttpResponse {
        if (++tries == 1) throw ConnectionError("reset");
        if (tries == 2)
            return {
                .status = 400,
                .body = R"({"__type":"com.amazonaws.dynamodb.v20120810#ThrottlingException","message":"slow down"})"};
        return {.status = 200, .body = "{}"};
    };
    context.table("USERS_TABLE").put(object({{"userId", S("USER#1")}}));
    CHECK(tries == 3);

    aws.answer(
        "DeleteItem",
        object({{"__type", "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException"}, {"message", "no table"}}),
        400);
    try {
        context.table("USERS_TABLE").remove(object({{"userId", S("USER#1")}}));
        FAIL("no error");
    } catch (const AwsError& error) {
        CHECK(error.type() == "ResourceNotFoundException");
        CHECK(std::string(error.what()) == "no table");
        CHECK(error.status() == 400);
    }
    CHECK(aws.calls.size() == 4);
}

TEST_CASE("a failed condition is a result, not an error") {
    bench::Bench aws;
    Context context(aws.invocation(), aws.warm);
    aws.answer("PutItem", object({{"__type", "x#ConditionalCheckFailedException"}}), 400);
    CHECK_FALSE(context.table("USERS_TABLE").putIf(object({{"userId", S("U")}}), {"attribute_not_exists(userId)"}));
    aws.answer("TransactWriteItems",
               object({{"__type", "x#TransactionCanceledException"},
                       {"CancellationReasons",
                        list({object({{"Code", "None"}}), object({{"Code", "ConditionalCheckFailed"}})})}}),
               400);
    CHECK(transact(context.aws(), list({}), "token") == std::vector<std::string>{"None", "ConditionalCheckFailed"});
}

TEST_CASE("SNS is called by the Query protocol") {
    CHECK(queryForm("Publish", "2010-03-31",
                    object({{"TopicArn", "arn:x"},
                            {"Message", "a b&c"},
                            {"MessageAttributes",
                             object({{"kind", object({{"DataType", "String"}, {"StringValue", "v"}})}})}})) ==
          "Action=Publish&Version=2010-03-31&TopicArn=arn%3Ax&Message=a%20b%26c&MessageAttributes.entry.1.Name=kind"
          "&MessageAttributes.entry.1.Value.DataType=String&MessageAttributes.entry.1.Value.StringValue=v");
    bench::Bench aws;
    Context context(aws.invocation(), aws.warm);
    aws.answers["POST /"] = [](const auto&) {
        return HttpResponse{.status = 404,
                            .body =
                                "<ErrorResponse><Error><Type>Sender</Type><Code>NotFound</Code><Message>Topic &amp; "
                                "all</Message></Error></ErrorResponse>"};
    };
    CHECK_THROWS_WITH_AS(context.aws().call("sns", "Publish", object({{"TopicArn", "x"}})), "Topic & all", AwsError);
}

TEST_CASE("under Backlot time and chance come from the world, and repeat") {
    bench::Bench aws;
    Context first(aws.invocation(), aws.warm), second(aws.invocation(), aws.warm);
    CHECK(iso8601(first.now()) == "2026-01-05T09:00:00.000Z");
    const auto id = first.uuid();
    CHECK(id == second.uuid());
    CHECK(id != first.uuid());
    CHECK(id[14] == '4');
    auto onAws = aws.invocation();
    onAws.backlotTimeMs = -1;
    Context third(onAws, aws.warm), fourth(onAws, aws.warm);
    CHECK(third.uuid() != fourth.uuid());
}
