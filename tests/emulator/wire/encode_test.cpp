#include <doctest/doctest.h>

#include "emulator/base/hash.h"
#include "tests/emulator/wire/requests.h"

using namespace backlot;
using namespace backlot::wire;

namespace {

Target dynamoTarget() { return detect(jsonRequest("dynamodb", "DynamoDB_20120810.GetItem", "{}")); }
Target sqsQuery(std::string_view action) {
    return detect(queryRequest("sqs", "Action=" + std::string(action) + "&Version=2012-11-05"));
}

}  // namespace

TEST_CASE("DynamoDB's answers carry request id, checksum and the request's content type") {
    const Response response = encode(dynamoTarget(), object({{"Item", object({{"pk", object({{"S", "a"}})}})}}), "R1");
    CHECK(response.status == 200);
    CHECK(response.body == R"({"Item":{"pk":{"S":"a"}}})");
    CHECK(response.headers.get("x-amzn-RequestId") == "R1");
    CHECK(response.headers.get("Content-Type") == "application/x-amz-json-1.0");
    CHECK(response.headers.get("x-amz-crc32") == std::to_string(crc32(response.body)));
    CHECK(encode(detect(jsonRequest("dynamodb", "DynamoDB_20120810.GetItem", "{}", "1.1")), object(), "R1")
              .headers.get("Content-Type") == "application/x-amz-json-1.1");
}

TEST_CASE("a large answer of DynamoDB is gzipped where the client takes that, and the checksum is of the bytes sent") {
    Request request = jsonRequest("dynamodb", "DynamoDB_20120810.GetItem", "{}");
    request.headers.add("Accept-Encoding", "deflate, gzip");
    const Json result = object({{"Item", object({{"text", object({{"S", std::string(10000, 'x')}})}})}});
    const Response response = encode(detect(request), result, "R1");
    CHECK(response.headers.get("Content-Encoding") == "gzip");
    CHECK(decompress(response.body, "gzip", 100000) == writeJson(result));
    CHECK(response.headers.get("x-amz-crc32") == std::to_string(crc32(response.body)));
    CHECK_FALSE(encode(detect(request), object(), "R1").headers.has("Content-Encoding"));
}

TEST_CASE("DynamoDB's errors name their namespace") {
    const Response missing =
        encodeError(dynamoTarget(), AwsError("ResourceNotFoundException", "Requested resource not found"), "R1");
    CHECK(missing.status == 400);
    CHECK(
        missing.body ==
        R"({"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"Requested resource not found"})");
    CHECK(encodeError(dynamoTarget(), AwsError("ValidationException", "no"), "R1").body ==
          R"({"__type":"com.amazon.coral.validate#ValidationException","message":"no"})");
    CHECK(encodeError(dynamoTarget(), AwsError("SerializationException", "no"), "R1").body ==
          R"({"__type":"com.amazon.coral.service#SerializationException","Message":"no"})");
    CHECK(encodeError(dynamoTarget(), AwsError("InternalServerError", "oops", 500), "R1").status == 500);
}

TEST_CASE("further members of an error stand in its body") {
    const AwsError error("ConditionalCheckFailedException", "The conditional request failed", 400,
                         object({{"Item", object({{"pk", object({{"S", "a"}})}})}}));
    CHECK(
        encodeError(dynamoTarget(), error, "R1").body ==
        R"({"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException","message":"The conditional request failed","Item":{"pk":{"S":"a"}}})");
}

TEST_CASE("SQS's errors carry both names, whichever the service gave") {
    const Target json = detect(jsonRequest("sqs", "AmazonSQS.SendMessage", "{}"));
    for (const char* code : {"QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"}) {
        const Response response = encodeError(json, AwsError(code, "The specified queue does not exist."), "R1");
        CHECK(response.status == 400);
        CHECK(response.body ==
              R"({"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"The specified queue does not exist."})");
        CHECK(response.headers.get("x-amzn-query-error") == "AWS.SimpleQueueService.NonExistentQueue;Sender");
    }
    const Response response = encodeError(json, AwsError("MissingRequiredParameterException", "no"), "R1");
    CHECK(response.headers.get("x-amzn-query-error") == "MissingParameter;Sender");
    const Response query = encodeError(sqsQuery("SendMessage"),
                                       AwsError("QueueDoesNotExist", "The specified queue does not exist."), "R1");
    CHECK(query.body ==
          "<?xml version=\"1.0\"?><ErrorResponse "
          "xmlns=\"http://queue.amazonaws.com/doc/2012-11-05/\"><Error><Type>Sender</Type>"
          "<Code>AWS.SimpleQueueService.NonExistentQueue</Code><Message>The specified queue does not exist for this "
          "wsdl version.</Message>"
          "<Detail/></Error><RequestId>R1</RequestId></ErrorResponse>");
}

TEST_CASE("SQS answers in Query with its lists flattened") {
    const Json message =
        object({{"MessageId", "m1"},
                {"Body", "a<b"},
                {"Attributes", object({{"SenderId", "s"}, {"SentTimestamp", "1"}})},
                {"MessageAttributes", object({{"k", object({{"DataType", "String"}, {"StringValue", "v"}})}})}});
    const Response response = encode(sqsQuery("ReceiveMessage"), object({{"Messages", list({copy(message)})}}), "R1");
    CHECK(response.body ==
          "<?xml version=\"1.0\"?><ReceiveMessageResponse "
          "xmlns=\"http://queue.amazonaws.com/doc/2012-11-05/\"><ReceiveMessageResult><Message>"
          "<MessageId>m1</MessageId><Body>a&lt;b</Body><Attribute><Name>SenderId</Name><Value>s</Value></"
          "Attribute><Attribute><Name>SentTimestamp</Name>"
          "<Value>1</Value></Attribute><MessageAttribute><Name>k</Name><Value><StringValue>v</"
          "StringValue><DataType>String</DataType></Value></MessageAttribute>"
          "</Message></ReceiveMessageResult><ResponseMetadata><RequestId>R1</RequestId></ResponseMetadata></"
          "ReceiveMessageResponse>");
    CHECK(encode(sqsQuery("ListQueues"), object({{"QueueUrls", list({"u1", "u2"})}}), "R1")
              .body.find("<QueueUrl>u1</QueueUrl><QueueUrl>u2</QueueUrl>") != std::string::npos);
    CHECK(encode(sqsQuery("DeleteQueue"), object(), "R1").body ==
          "<?xml version=\"1.0\"?><DeleteQueueResponse "
          "xmlns=\"http://queue.amazonaws.com/doc/2012-11-05/\"><ResponseMetadata><RequestId>R1</RequestId></"
          "ResponseMetadata></DeleteQueueResponse>");
    CHECK(encode(sqsQuery("SendMessageBatch"),
                 object({{"Successful", list({object({{"Id", "a"}, {"MessageId", "m"}, {"MD5OfMessageBody", "x"}})})},
                         {"Failed", list()}}),
                 "R1")
              .body.find("<SendMessageBatchResultEntry><Id>a</Id>") != std::string::npos);
}

TEST_CASE("Query services answer in XML with their times as text") {
    const Target target = detect(queryRequest("iam", "Action=GetRole&Version=2010-05-08&RoleName=r"));
    const Json role = object({{"Path", "/"},
                              {"RoleName", "r"},
                              {"RoleId", "AROA"},
                              {"Arn", "arn"},
                              {"CreateDate", 1767603600},
                              {"Tags", list({object({{"Key", "a"}, {"Value", "b"}})})}});
    CHECK(encode(target, object({{"Role", copy(role)}}), "R1").body ==
          "<GetRoleResponse "
          "xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><GetRoleResult><Role><Path>/</Path><RoleName>r</"
          "RoleName><RoleId>AROA</RoleId><Arn>arn</Arn>"
          "<CreateDate>2026-01-05T09:00:00Z</CreateDate><Tags><member><Key>a</Key><Value>b</Value></member></Tags></"
          "Role></GetRoleResult>"
          "<ResponseMetadata><RequestId>R1</RequestId></ResponseMetadata></GetRoleResponse>");
    const Response error = encodeError(detect(queryRequest("sns", "Action=Publish&Version=2010-03-31")),
                                       AwsError("NotFoundException", "Topic does not exist"), "R1");
    CHECK(error.status == 404);
    CHECK(error.body.find("<Code>NotFound</Code>") != std::string::npos);
}

TEST_CASE("Lambda's errors say whose fault they are, and name the message as their model does") {
    const Target target = detect(restRequest("lambda", "GET", "/2015-03-31/functions/nope"));
    const Response missing =
        encodeError(target, AwsError("ResourceNotFoundException", "Function not found: nope"), "R1");
    CHECK(missing.status == 404);
    CHECK(missing.headers.get("x-amzn-ErrorType") == "ResourceNotFoundException");
    CHECK(missing.body == R"({"Type":"User","Message":"Function not found: nope"})");
    CHECK(encodeError(target, AwsError("InvalidParameterValueException", "no"), "R1").body ==
          R"({"Type":"User","message":"no"})");
    CHECK(encodeError(target, AwsError("ResourceConflictException", "there"), "R1").status == 409);
    CHECK(encodeError(target, AwsError("ValidationException", "no"), "R1").body == R"({"message":"no"})");
}

TEST_CASE("Lambda's Invoke answers the function's bytes, with status and headers") {
    const Target target = detect(restRequest("lambda", "POST", "/2015-03-31/functions/pay/invocations", "{}"));
    const Response response = encode(target,
                                     object({{"StatusCode", 202},
                                             {"FunctionError", "Unhandled"},
                                             {"ExecutedVersion", "$LATEST"},
                                             {"Payload", "[1, 2]"}}),
                                     "R1");
    CHECK(response.status == 202);
    CHECK(response.headers.get("X-Amz-Function-Error") == "Unhandled");
    CHECK(response.headers.get("X-Amz-Executed-Version") == "$LATEST");
    CHECK(response.body == "[1, 2]");
}

TEST_CASE("REST answers have the model's status and names") {
    const Response created = encode(detect(restRequest("apigateway", "POST", "/v2/apis")),
                                    object({{"ApiId", "a1"}, {"CreatedDate", 1767603600}, {"Name", "shop"}}), "R1");
    CHECK(created.status == 201);
    CHECK(created.body == R"({"apiId":"a1","createdDate":"2026-01-05T09:00:00Z","name":"shop"})");
    CHECK(
        encode(detect(restRequest("lambda", "POST", "/2015-03-31/functions")), object({{"FunctionName", "pay"}}), "R1")
            .status == 201);
    const Response deleted = encode(detect(restRequest("lambda", "DELETE", "/2015-03-31/functions/pay")),
                                    object({{"StatusCode", 204}}), "R1");
    CHECK(deleted.status == 204);
    CHECK(deleted.body.empty());
}

TEST_CASE("operations without output answer an empty body") {
    const Response response = encode(detect(jsonRequest("sqs", "AmazonSQS.DeleteMessage", "{}")), object(), "R1");
    CHECK(response.status == 200);
    CHECK(response.body.empty());
    CHECK(encode(detect(jsonRequest("states", "AWSStepFunctions.DeleteStateMachine", "{}")), object(), "R1").body ==
          "{}");
}

TEST_CASE("S3 answers bytes with headers, lists as XML, and errors without an envelope") {
    const Response object1 = encode(detect(restRequest("s3", "GET", "/assets/a.txt")),
                                    object({{"Body", "hello"},
                                            {"ContentType", "text/plain"},
                                            {"ETag", "\"e\""},
                                            {"LastModified", 1767603600},
                                            {"Metadata", object({{"owner", "shop"}})}}),
                                    "R1");
    CHECK(object1.body == "hello");
    CHECK(object1.headers.get("Content-Type") == "text/plain");
    CHECK(object1.headers.get("Last-Modified") == "Mon, 05 Jan 2026 09:00:00 GMT");
    CHECK(object1.headers.get("x-amz-meta-owner") == "shop");
    const Response listing = encode(
        detect(restRequest("s3", "GET", "/assets?list-type=2")),
        object({{"Name", "assets"}, {"KeyCount", 1}, {"Contents", list({object({{"Key", "a&b"}, {"Size", 5}})})}}),
        "R1");
    CHECK(listing.body.find("<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">") !=
          std::string::npos);
    CHECK(listing.body.find("<Contents><Key>a&amp;b</Key><Size>5</Size></Contents>") != std::string::npos);
    const Response missing = encodeError(detect(restRequest("s3", "GET", "/nope/a")),
                                         AwsError("NoSuchBucket", "The specified bucket does not exist", 404), "R1");
    CHECK(missing.status == 404);
    CHECK(missing.body.find("<Error><Code>NoSuchBucket</Code><Message>The specified bucket does not "
                            "exist</Message><RequestId>R1</RequestId></Error>") != std::string::npos);
}

TEST_CASE("a value cannot add header fields of its own") {
    const Response response = encode(detect(restRequest("s3", "GET", "/assets/a")),
                                     object({{"ContentType", "text/plain\r\nSet-Cookie: a=b"}}), "R1");
    CHECK(response.headers.get("Content-Type") == "text/plain  Set-Cookie: a=b");
}

TEST_CASE("SQS keeps its statuses in JSON, and batch errors have no Detail in Query") {
    const Target json = detect(jsonRequest("sqs", "AmazonSQS.CancelMessageMoveTask", "{}"));
    CHECK(encodeError(json, AwsError("ResourceNotFoundException", "Task does not exist."), "R1").status == 404);
    CHECK(encodeError(sqsQuery("PurgeQueue"), AwsError("PurgeQueueInProgress", "wait"), "R1").status == 403);
    CHECK(encodeError(sqsQuery("SendMessageBatch"), AwsError("TooManyEntriesInBatchRequest", "no"), "R1")
              .body.find("<Detail/>") == std::string::npos);
}

TEST_CASE("Lambda's response stream is an AWS event stream") {
    const Target target =
        detect(restRequest("lambda", "POST", "/2021-11-15/functions/pay/response-streaming-invocations", "{}"));
    const Json events =
        list({object({{"PayloadChunk", object({{"Payload", "hi"}})}}), object({{"InvokeComplete", object()}})});
    const Response response = encode(target, object({{"StatusCode", 200}, {"EventStream", copy(events)}}), "R1");
    CHECK(response.headers.get("Content-Type") == "application/vnd.amazon.eventstream");
    const std::string& body = response.body;
    const auto number = [&](std::size_t at) {
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(body[at + i]);
        return value;
    };
    const std::uint32_t total = number(0);
    REQUIRE(total < body.size());
    CHECK(number(8) == crc32(std::string_view(body).substr(0, 8)));
    CHECK(body.substr(12 + number(4), 2) == "hi");
    CHECK(number(total - 4) == crc32(std::string_view(body).substr(0, total - 4)));
    CHECK(body.find("PayloadChunk") < body.find("InvokeComplete"));
}
