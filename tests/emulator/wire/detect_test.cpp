#include <doctest/doctest.h>

#include "tests/emulator/wire/conformance.h"
#include "tests/emulator/wire/requests.h"

using namespace backlot;
using namespace backlot::wire;

namespace {

std::string addressed(const Request& request) {
    try {
        const Target target = detect(request);
        return std::string(target.service) + ":" + std::string(target.operation);
    } catch (const Refusal& refusal) {
        return std::string(refusal.target().service) + " " + refusal.code() + " " +
               std::to_string(refusal.httpStatus());
    }
}

}  // namespace

TEST_CASE("a JSON request is addressed by X-Amz-Target") {
    CHECK(addressed(jsonRequest("dynamodb", "DynamoDB_20120810.PutItem", "{}")) == "dynamodb:PutItem");
    CHECK(addressed(jsonRequest("dynamodb", "DynamoDBStreams_20120810.GetRecords", "{}")) ==
          "dynamodbstreams:GetRecords");
    CHECK(addressed(jsonRequest("sqs", "AmazonSQS.SendMessage", "{}")) == "sqs:SendMessage");
    CHECK(addressed(jsonRequest("states", "AWSStepFunctions.StartExecution", "{}")) == "states:StartExecution");
    CHECK(addressed(jsonRequest("events", "AWSEvents.PutEvents", "{}", "1.1")) == "events:PutEvents");
    CHECK(addressed(jsonRequest("logs", "Logs_20140328.PutLogEvents", "{}", "1.1")) == "logs:PutLogEvents");
    CHECK(addressed(jsonRequest("ssm", "AmazonSSM.GetParameter", "{}", "1.1")) == "ssm:GetParameter");
    CHECK(addressed(jsonRequest("cloudtrail", "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents",
                                "{}", "1.1")) == "cloudtrail:LookupEvents");
    CHECK(addressed(jsonRequest("cloudtrail", "CloudTrail_20131101.LookupEvents", "{}", "1.1")) ==
          "cloudtrail:LookupEvents");
}

TEST_CASE("DynamoDB is known by its target whatever the signature says") {
    CHECK(addressed(jsonRequest("whatever", "DynamoDB_20120810.ListTables", "{}")) == "dynamodb:ListTables");
}

TEST_CASE("a Query request is addressed by its scope, or its version, and its action") {
    CHECK(addressed(queryRequest("sns", "Action=Publish&Version=2010-03-31")) == "sns:Publish");
    CHECK(addressed(queryRequest("sqs", "Action=SendMessage&Version=2012-11-05")) == "sqs:SendMessage");
    CHECK(addressed(queryRequest("ses", "Action=SendEmail&Version=2010-12-01")) == "ses:SendEmail");
    CHECK(addressed(queryRequest("sts", "Action=GetCallerIdentity&Version=2011-06-15")) == "sts:GetCallerIdentity");
    CHECK(addressed(queryRequest("iam", "Version=2010-05-08&Action=CreateRole")) == "iam:CreateRole");
    CHECK(addressed(signedRequest("sqs", "GET", "/?Action=ListQueues&Version=2012-11-05", {}, "")) == "sqs:ListQueues");
    CHECK(addressed({.method = "POST",
                     .target = "/",
                     .headers = {{"Content-Type", "application/x-www-form-urlencoded"}},
                     .body = "Action=AssumeRoleWithWebIdentity&Version=2011-06-15"}) ==
          "sts:AssumeRoleWithWebIdentity");
}

TEST_CASE("a REST request is addressed by its scope, method and path") {
    CHECK(addressed(restRequest("lambda", "POST", "/2015-03-31/functions/pay/invocations?Qualifier=live")) ==
          "lambda:Invoke");
    CHECK(addressed(restRequest("apigateway", "POST", "/restapis")) == "apigateway:CreateRestApi");
    CHECK(addressed(restRequest("apigateway", "GET", "/v2/apis")) == "apigatewayv2:GetApis");
    CHECK(addressed(restRequest("ses", "POST", "/v2/email/outbound-emails")) == "sesv2:SendEmail");
    CHECK(addressed(restRequest("scheduler", "POST", "/schedules/nightly")) == "scheduler:CreateSchedule");
    CHECK(addressed(restRequest("xray", "POST", "/TraceSegments")) == "xray:PutTraceSegments");
    CHECK(addressed(restRequest("s3", "PUT", "/assets/logo.png")) == "s3:PutObject");
    CHECK(
        addressed({.method = "GET",
                   .target =
                       "/assets/"
                       "logo.png?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKID%2F20260105%2Fus-east-1%2Fs3%"
                       "2Faws4_request"
                       "&X-Amz-Date=20260105T090000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=00"}) ==
        "s3:GetObject");
}

TEST_CASE("services without a model are told apart") {
    const Target api = detect(restRequest("execute-api", "GET", "/prod/orders"));
    CHECK(api.service == "execute-api");
    CHECK(api.model == nullptr);
    const Target other = detect(queryRequest("elasticache", "Action=CreateCacheCluster&Version=2015-02-02"));
    CHECK(other.service == "unknown");
    const Response response = encodeRefusal(unknownService(other), "id-1");
    CHECK(response.status == 400);
    CHECK(response.body.find("elasticache") != std::string::npos);
    const Target keys = detect(jsonRequest("kms", "TrentService.Encrypt", "{}", "1.1"));
    CHECK(keys.service == "unknown");
    CHECK(encodeRefusal(unknownService(keys), "id-1").body ==
          R"({"__type":"UnknownOperationException","message":"Backlot has no service named kms."})");
}

TEST_CASE("region and account come from the credential") {
    Request request = jsonRequest("sqs", "AmazonSQS.ListQueues", "{}");
    request.headers.set("Authorization", authorization("sqs", "111122223333", "ap-south-1"));
    const Target target = detect(request);
    CHECK(target.account == "111122223333");
    CHECK(target.region == "ap-south-1");
    CHECK(detect(jsonRequest("sqs", "AmazonSQS.ListQueues", "{}"), {.account = "123456789012"}).account ==
          "123456789012");
}

TEST_CASE("an unsigned request is refused in its protocol") {
    Request json = jsonRequest("dynamodb", "DynamoDB_20120810.ListTables", "{}");
    json.headers.erase("Authorization");
    CHECK(
        read(json) ==
        R"(400 {"__type":"com.amazon.coral.service#MissingAuthenticationTokenException","message":"Request is missing Authentication Token"})");
    Request query = queryRequest("sns", "Action=ListTopics&Version=2010-03-31");
    query.headers.erase("Authorization");
    CHECK(read(query) ==
          "403 <ErrorResponse "
          "xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><Error><Type>Sender</"
          "Type><Code>MissingAuthenticationToken</Code>"
          "<Message>Request is missing Authentication "
          "Token</Message></Error><RequestId>id-1</RequestId></ErrorResponse>");
    Request rest = restRequest("lambda", "GET", "/2015-03-31/functions");
    rest.headers.erase("Authorization");
    CHECK(read(rest) == R"(403 {"message":"Missing Authentication Token"})");
    CHECK(detect(rest, {.requireSignature = false}).operation == "ListFunctions");
    CHECK(detect(query, {.requireSignature = false}).account == "000000000000");
}

TEST_CASE("half a signature is told from none") {
    Request request = jsonRequest("dynamodb", "DynamoDB_20120810.ListTables", "{}");
    request.headers.set("Authorization", "AWS4-HMAC-SHA256 Credential=a, Signature=b");
    CHECK(
        read(request) ==
        R"(400 {"__type":"com.amazon.coral.service#IncompleteSignatureException","message":"Authorization header requires 'SignedHeaders' parameter. Authorization=AWS4-HMAC-SHA256 Credential=a, Signature=b"})");
    request.target = "/?X-Amz-Algorithm=AWS4-HMAC-SHA256";
    CHECK(addressed(request) == "dynamodb InvalidSignatureException 400");
    request.headers.erase("Authorization");
    CHECK(addressed(request) == "dynamodb IncompleteSignatureException 400");
    Request bearer = restRequest("lambda", "GET", "/2015-03-31/functions");
    bearer.headers.set("Authorization", "Bearer abc");
    CHECK(addressed(bearer) == "lambda IncompleteSignatureException 403");
}

TEST_CASE("unknown operations are refused in their protocol") {
    CHECK(read(jsonRequest("dynamodb", "DynamoDB_20120810.Nope", "{}")) ==
          R"(400 {"__type":"com.amazon.coral.service#UnknownOperationException"})");
    CHECK(read(jsonRequest("events", "AWSEvents.Nope", "{}", "1.1")) ==
          R"(400 {"__type":"UnknownOperationException"})");
    CHECK(addressed(queryRequest("ses", "Action=NoSuch&Version=2010-12-01")) == "ses InvalidAction 400");
    CHECK(addressed(queryRequest("ses", "Version=2010-12-01")) == "ses MissingAction 400");
    CHECK(addressed(restRequest("lambda", "GET", "/2015-03-31/nope")) == "lambda UnknownOperationException 404");
}

TEST_CASE("DynamoDB answers GET / as a health check") {
    const Request request{.method = "GET", .target = "/", .headers = {{"Host", "127.0.0.1"}}};
    CHECK(read(request) == "200 healthy: dynamodb.us-east-1.amazonaws.com ");
}

TEST_CASE("malformed requests are answered as AWS was seen to answer them") {
    const auto lines = conformance::text("badinput/aws_malformed.jsonl");
    if (!lines) return;
    std::size_t checked = 0;
    for (std::size_t at = 0; at < lines->size();) {
        const auto end = lines->find('\n', at);
        const Json each = parseJson(std::string_view(*lines).substr(at, end - at));
        at = end == std::string::npos ? lines->size() : end + 1;
        const std::string proto = textOr(each, "proto");
        if (find(each, "body_size")) continue;  // the listener's limit
        Request request{.method = textOr(each, "method", "POST"),
                        .target = textOr(each, "path", "/"),
                        .body = textOr(each, "body")};
        if (const Json* headers = find(each, "headers"))
            for (const auto& header : headers->GetObject()) request.headers.add(text(header.name), text(header.value));
        const bool onDynamo = proto == "json-dynamodb";
        if (!onDynamo && proto.rfind("json-", 0) != 0 && proto.rfind("query-", 0) != 0)
            continue;  // the services' affair
        if (!find(each, "body") && !onDynamo) continue;
        if (proto.starts_with("json-") && !onDynamo) {
            request = jsonRequest(proto.substr(5), textOr(each, "target"), request.body,
                                  proto == "json-sqs" || proto == "json-states" ? "1.0" : "1.1");
        } else if (proto.starts_with("query-")) {
            if (textOr(each, "xml_code") == "InvalidParameter") continue;
            const bool unsignedCase = textOr(each, "name") == "no auth";
            request = queryRequest(proto.substr(6), request.body);
            if (unsignedCase) request.headers.erase("Authorization");
        } else if (find(each, "type") &&
                   (request.headers.has("authorization") || textOr(each, "name").starts_with("Authorization"))) {
            request.headers.set("Content-Type", "application/x-amz-json-1.0");
            request.headers.set("X-Amz-Target", "DynamoDB_20120810.ListTables");
            request.body = "{}";
            if (textOr(each, "name").find("query together") != std::string::npos) {
                request.target = "/?X-Amz-Algorithm=x";
                request.headers.set("Authorization", "AWS4-");
            }
        }
        Response response;
        try {
            const Target target = detect(request);
            check(target, decode(target, request));
            FAIL_CHECK(textOr(each, "name") << " was accepted");
            continue;
        } catch (const Refusal& refusal) {
            response = encodeRefusal(refusal, "id-1");
        }
        INFO(proto << " " << textOr(each, "name") << "\n" << response.status << " " << response.body);
        ++checked;
        CHECK(response.status == intOr(each, "status", 0));
        if (const auto type = optionalText(each, "type"))
            CHECK(response.body.find("\"" + *type + "\"") != std::string::npos);
        if (const auto type = optionalText(each, "type_ends"))
            CHECK(response.body.find(*type + "\"") != std::string::npos);
        if (const auto body = optionalText(each, "body_is")) CHECK(response.body == *body);
        if (const auto part = optionalText(each, "message_has")) CHECK(response.body.find(*part) != std::string::npos);
        if (const auto code = optionalText(each, "xml_code"))
            CHECK(response.body.find("<Code>" + *code + "</Code>") != std::string::npos);
        if (const auto type = optionalText(each, "response_type"))
            CHECK(response.headers.get("Content-Type") == std::string_view(*type).substr(0, type->find(';')));
    }
    CHECK(checked > 20);
}
