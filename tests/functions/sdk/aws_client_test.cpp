#include <doctest/doctest.h>

#include "tests/functions/bench.h"

using namespace backlot::sdk;

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
