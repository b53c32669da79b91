#include <doctest/doctest.h>

#include "emulator/base/aws_error.h"
#include "tests/emulator/wire/apis.h"

using namespace backlot;
using namespace backlot::wire;

TEST_CASE("names are spelled as the AWS SDK for Java 2 spells them") {
    CHECK(sdkName("stateMachineArn") == "StateMachineArn");
    CHECK(sdkName("SSESpecification") == "SseSpecification");
    CHECK(sdkName("MD5OfMessageBody") == "Md5OfMessageBody");
    CHECK(sdkName("ChecksumCRC32") == "ChecksumCRC32");
    CHECK(sdkName("ETag") == "ETag");
    CHECK(sdkName("BOOL") == "Bool");
    CHECK(sdkName("NULL") == "Nul");
}

TEST_CASE("parameters become the request of the API model, values in texts as JSON") {
    const Json request =
        fromSdk(apis(), "states", "StartExecution", parseJson(R"({"StateMachineArn":"a","Input":{"order":1}})"));
    CHECK(textOr(request, "stateMachineArn") == "a");
    CHECK(textOr(request, "input") == R"({"order":1})");
    CHECK_THROWS_AS(fromSdk(apis(), "states", "StartExecution", parseJson(R"({"StateMachine":"a"})")), AwsError);
}

TEST_CASE("answers get the SDK's names all the way down, and texts for dates; keys of maps stay") {
    const Json answer = toSdk(apis(), "states", "StartExecution", parseJson(R"({"executionArn":"a","startDate":0.5})"));
    CHECK(textOr(answer, "ExecutionArn") == "a");
    CHECK(textOr(answer, "StartDate") == "1970-01-01T00:00:00.500Z");
    const Json item = toSdk(apis(), "dynamodb", "GetItem", parseJson(R"({"Item":{"isNew":{"BOOL":true}}})"));
    CHECK(boolOr(*at(item, {"Item", "isNew"}), "Bool", false));
}

TEST_CASE("errors have the SDK's exception names") {
    CHECK(sdkException(apis(), "states", "StateMachineDoesNotExist") == "StateMachineDoesNotExistException");
    CHECK(sdkException(apis(), "s3", "NoSuchBucket") == "NoSuchBucketException");
    CHECK_FALSE(sdkException(apis(), "dynamodb", "ValidationException").has_value());
}

TEST_CASE("a mocked result is held against the operation's output") {
    CHECK(sdkMismatch(apis(), "states", "StartExecution", parseJson("{}"), true) ==
          "Required field 'ExecutionArn' is missing");
    CHECK_FALSE(sdkMismatch(apis(), "states", "StartExecution", parseJson("{}"), false).has_value());
    CHECK(sdkMismatch(apis(), "lambda", "Invoke", parseJson(R"({"StatusCode":"200"})"), true) ==
          "Field 'StatusCode' must be a number");
    CHECK(sdkMismatch(apis(), "events", "PutEvents", parseJson(R"({"Entries":"x"})"), true) ==
          "Field 'Entries' must be an array");
}
