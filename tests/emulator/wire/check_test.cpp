#include <doctest/doctest.h>

#include "emulator/wire/java_text.h"
#include "tests/emulator/wire/requests.h"

using namespace backlot;
using namespace backlot::wire;

namespace {

std::string verdict(std::string_view service, std::string_view operation, std::string_view input) {
    try {
        checkInput(service, operation, parseJson(input));
        return "good";
    } catch (const AwsError& error) {
        return error.code() + ": " + error.message();
    }
}

std::string dynamo(std::string_view operation, std::string_view input) {
    std::string text = verdict("dynamodb", operation, input);
    for (const std::string_view prefix : {"SerializationException: ", "ValidationException: "})
        if (text.starts_with(prefix)) return text.substr(prefix.size());
    return text;
}

}  // namespace

TEST_CASE("DynamoDB's serialisation texts follow from the modelled type and the JSON type met") {
    CHECK(dynamo("PutItem", R"({"TableName":5})") == "NUMBER_VALUE cannot be converted to String");
    CHECK(dynamo("PutItem", R"({"TableName":5.5})") == "DECIMAL_VALUE cannot be converted to String");
    CHECK(dynamo("PutItem", R"({"TableName":true})") == "TRUE_VALUE cannot be converted to String");
    CHECK(dynamo("PutItem", R"({"TableName":[]})") == "Unrecognized collection type class java.lang.String");
    CHECK(dynamo("PutItem", R"({"TableName":{}})") == "Start of structure or map found where not expected");
    CHECK(dynamo("PutItem", R"({"Item":"a"})") == "Unexpected field type");
    CHECK(dynamo("PutItem", R"({"Item":[]})") ==
          "Unrecognized collection type java.util.Map<java.lang.String, "
          "com.amazonaws.dynamodb.v20120810.AttributeValue>");
    CHECK(dynamo("PutItem", R"({"Item":{"a":"b"}})") == "Unexpected value type in payload");
    CHECK(dynamo("PutItem", R"({"Item":{"a":[]}})") ==
          "Unrecognized collection type class com.amazonaws.dynamodb.v20120810.AttributeValue");
    CHECK(dynamo("PutItem", R"({"Item":{"a":{"S":5}}})") == "NUMBER_VALUE cannot be converted to String");
    CHECK(dynamo("PutItem", R"({"Item":{"a":{"BOOL":"23"}}})") == "Unexpected token received from parser");
    CHECK(dynamo("PutItem", R"({"TableName":"abc","Item":{"a":{"BOOL":"yes"},"b":{"NULL":"1"}}})") ==
          "good");  // words for the truth
    CHECK(dynamo("PutItem", R"({"ReturnValues":true})") == "TRUE_VALUE cannot be converted to String");
    CHECK(dynamo("PutItem", R"({"Item":{"a":{"B":5}}})") == "only base-64-encoded strings are convertible to bytes");
    CHECK(dynamo("PutItem", R"({"Item":{"a":{"B":"23456"}}})") ==
          "Base64 encoded length is expected a multiple of 4 bytes but found: 5");
    CHECK(dynamo("PutItem", R"({"Item":{"a":{"B":"+/+="}}})") == "Invalid last non-pad Base64 character dectected");
    CHECK(dynamo("PutItem", R"({"Item":{"a":{"SS":"x"}}})") == "Unexpected field type");
    CHECK(dynamo("Scan", R"({"Limit":"5"})") == "STRING_VALUE cannot be converted to Integer");
    CHECK(dynamo("Scan", R"({"ConsistentRead":1})") == "NUMBER_VALUE cannot be converted to Boolean");
    CHECK(dynamo("BatchWriteItem", R"({"RequestItems":{"shop":5}})")
              .starts_with("class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast"));
}

TEST_CASE("the other services' serialisation texts are Coral's") {
    CHECK(verdict("sqs", "SendMessage", R"({"QueueUrl":"u","MessageBody":5})") ==
          "SerializationException: NUMBER_VALUE can not be converted to a String");
    CHECK(verdict("sqs", "SendMessage", R"({"QueueUrl":"u","MessageBody":"m","DelaySeconds":"5"})") ==
          "SerializationException: STRING_VALUE can not be converted to an Integer");
    CHECK(verdict("events", "PutEvents", R"({"Entries":{}})") ==
          "SerializationException: Start of structure or map found where not expected.");
    CHECK(verdict("events", "PutEvents", R"({"Entries":"x"})") == "SerializationException: Expected list or null");
    CHECK(verdict("events", "PutEvents", R"({"Entries":["x"]})") == "SerializationException: Expected null");
    CHECK(verdict("states", "StartExecution", R"({"stateMachineArn":[]})") ==
          "SerializationException: Start of list found where not expected");
}

TEST_CASE("JSON null counts as missing") {
    CHECK(verdict("dynamodb", "GetItem", R"({"TableName":"shop","Key":{},"ConsistentRead":null})") == "good");
    CHECK(
        dynamo("GetItem", R"({"TableName":null,"Key":{}})") ==
        "1 validation error detected: Value null at 'tableName' failed to satisfy constraint: Member must not be null");
}

TEST_CASE("lists and maps hold no null") {
    const std::string one = "1 validation error detected: Value ";
    CHECK(dynamo("BatchGetItem", R"({"RequestItems":{"shop":null}})") ==
          one + "null at 'requestItems.shop.member' failed to satisfy constraint: Member must not be null");
    CHECK(dynamo("BatchGetItem", R"({"RequestItems":{"shop":{"Keys":[null]}}})") ==
          one +
              "null at 'requestItems.shop.member.keys.1.member' failed to satisfy constraint: Member must not be null");
    CHECK(dynamo("BatchWriteItem", R"({"RequestItems":{"shop":null}})") ==
          one +
              "'{shop=null}' at 'requestItems' failed to satisfy constraint: Map value must satisfy constraint: "
              "[Member must have length "
              "less than or equal to 25, Member must have length greater than or equal to 1, Member must not be null]");
    CHECK(dynamo("BatchWriteItem", R"({"RequestItems":{"shop":[null]}})") ==
          one + "null at 'requestItems.shop.member.1.member' failed to satisfy constraint: Member must not be null");
    CHECK(dynamo("Scan", R"({"TableName":"shop","FilterExpression":"a","ExpressionAttributeNames":{"#n":null}})") ==
          one +
              "'{#n=null}' at 'expressionAttributeNames' failed to satisfy constraint: Map value must satisfy "
              "constraint: "
              "[Member must have length less than or equal to 65535, Member must not be null]");
    CHECK(dynamo("UpdateTable", R"({"TableName":"shop","AttributeDefinitions":[null]})") ==
          one + "null at 'attributeDefinitions.1.member' failed to satisfy constraint: Member must not be null");
    CHECK(verdict("lambda", "TagResource",
                  R"({"Resource":"arn:aws:lambda:us-east-1:000000000000:function:f","Tags":{"a":null}})") ==
          "ValidationException: " + one +
              "'{a=null}' at 'tags' failed to satisfy constraint: Map value must satisfy constraint: [Member must not "
              "be null]");
    CHECK(verdict("events", "PutEvents", R"({"Entries":[null]})") ==
          "ValidationException: " + one +
              "null at 'entries.1.member' failed to satisfy constraint: Member must not be null");
    CHECK(verdict("events", "PutEvents", R"({"Entries":[{"Resources":[null]}]})").find("[Member must ") !=
          std::string::npos);
    CHECK(verdict("sqs", "SendMessageBatch", R"({"QueueUrl":"u","Entries":[null]})") ==
          "MissingRequiredParameterException: The request must contain the parameter Entries.1.");
    CHECK(verdict("sqs", "ReceiveMessage", R"({"QueueUrl":"u","AttributeNames":[null]})") ==
          "MissingRequiredParameterException: The request must contain the parameter AttributeNames.1.");
    CHECK(verdict("sqs", "CreateQueue", R"({"QueueName":"q","Attributes":{"DelaySeconds":null}})") ==
          "MissingRequiredParameterException: The request must contain the parameter Attributes.DelaySeconds.");
}

TEST_CASE("a null among DynamoDB's attribute values is left to DynamoDB, which has its own words for it") {
    CHECK(dynamo("PutItem", R"({"TableName":"shop","Item":{"a":null}})") == "good");
    CHECK(dynamo("PutItem",
                 R"({"TableName":"shop","Item":{"a":{"L":[null]},"b":{"M":{"c":null}},"d":{"SS":[null]}}})") == "good");
}

TEST_CASE("violations are gathered in the order of the members") {
    CHECK(dynamo("PutItem", R"({"ReturnValues":"ALL","ReturnConsumedCapacity":"x"})") ==
          "4 validation errors detected: Value null at 'tableName' failed to satisfy constraint: Member must not be "
          "null; "
          "Value null at 'item' failed to satisfy constraint: Member must not be null; "
          "Value 'ALL' at 'returnValues' failed to satisfy constraint: Member must satisfy enum value set: [ALL_NEW, "
          "UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]; "
          "Value 'x' at 'returnConsumedCapacity' failed to satisfy constraint: Member must satisfy enum value set: "
          "[INDEXES, TOTAL, NONE]");
}

TEST_CASE("at most ten violations are counted") {
    std::string items;
    for (int i = 0; i < 15; ++i) items += std::string(i ? "," : "") + R"({"AttributeName":"a","AttributeType":"x"})";
    const auto text = dynamo("CreateTable", R"({"TableName":"shop","AttributeDefinitions":[)" + items + "]}");
    CHECK(text.starts_with("10 validation errors detected: "));
}

TEST_CASE("paths name lists and maps as AWS does") {
    CHECK(dynamo("CreateTable", R"({"TableName":"shop","KeySchema":[{"AttributeName":"pk","KeyType":"INVALID"}]})") ==
          "1 validation error detected: Value 'INVALID' at 'keySchema.1.member.keyType' failed to satisfy constraint: "
          "Member must satisfy enum value set: [HASH, RANGE]");
    CHECK(dynamo("CreateTable",
                 R"({"TableName":"shop","AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"INVALID"}]})") ==
          "1 validation error detected: Value 'INVALID' at 'attributeDefinitions.1.member.attributeType' failed to "
          "satisfy constraint: Member must satisfy enum value set: [B, N, S]");
    CHECK(dynamo("UpdateItem", R"({"TableName":"shop","Key":{},"AttributeUpdates":{"a":{"Action":"x"}}})") ==
          "1 validation error detected: Value 'x' at 'attributeUpdates.a.member.action' failed to satisfy constraint: "
          "Member must satisfy enum value set: [ADD, DELETE, PUT]");
}

TEST_CASE("DynamoDB's own words where it has them") {
    CHECK(dynamo("CreateTable", "{}") == "The parameter 'TableName' is required but was not present in the request");
    CHECK(dynamo("CreateTable", R"({"TableName":"ab"})") ==
          "1 validation error detected: Value 'ab' at 'tableName' failed to satisfy constraint: Member must have "
          "length greater than or equal to 3");
    CHECK(dynamo("PutItem", R"({"TableName":"","Item":{},"ReturnValues":"x"})") ==
          "1 validation error detected: Value '' at 'tableName' failed to satisfy constraint: Member must have length "
          "greater than or equal to 1");
    CHECK(dynamo("PutItem", R"({"TableName":"bad table!@#","Item":{}})") ==
          "1 validation error detected: Value 'bad table!@#' at 'tableName' failed to satisfy constraint: Member must "
          "satisfy regular expression pattern: [a-zA-Z0-9_.-]+");
    CHECK(dynamo("PutItem", R"({"TableName":"arn:aws:dynamodb:us-east-1:000000000000:table/shop","Item":{}})") ==
          "good");
    CHECK(dynamo("Query", R"({"TableName":"shop","Limit":0})") ==
          "1 validation error detected: Value at 'Limit' failed to satisfy constraint: Member must have value greater "
          "than or equal to 1");
    CHECK(dynamo("Scan", R"({"TableName":"shop","Limit":0})") ==
          "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member must have value "
          "greater than or equal to 1");
    CHECK(dynamo("Query", R"({"TableName":"shop","Select":"INVALID_VALUE"})") ==
          "1 validation error detected: Value 'INVALID_VALUE' at 'select' failed to satisfy constraint: Member must "
          "satisfy enum value set: "
          "[SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES]");
    CHECK(dynamo("BatchGetItem", R"({"RequestItems":{}})") ==
          "The requestItems parameter is required for BatchGetItem");
    CHECK(dynamo("BatchGetItem", R"({"RequestItems":{"shop":{"Keys":[]}}})") ==
          "1 validation error detected: Value at 'RequestItems.shop.member.Keys' failed to satisfy constraint: Member "
          "must have length greater than or equal to 1");
    CHECK(
        dynamo("BatchGetItem", R"({"RequestItems":{"bad!name":{"Keys":[{"pk":{"S":"a"}}]}}})") ==
        R"(1 validation error detected: Value '{"bad!name":{"Keys":[{"pk":{"S":"a"}}]}}' at 'requestItems' failed to satisfy constraint: Map keys must satisfy constraint: [Member must have length less than or equal to 255, Member must have length greater than or equal to 3, Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+])");
    CHECK(dynamo("TransactWriteItems", R"({"TransactItems":[]})") ==
          "1 validation error detected: Value '[]' at 'transactItems' failed to satisfy constraint: Member must have "
          "length greater than or equal to 1");
    CHECK(
        dynamo(
            "CreateTable",
            R"({"TableName":"shop","KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"sk","KeyType":"RANGE"},{"AttributeName":"extra","KeyType":"RANGE"}]})") ==
        "1 validation error detected: Value '[KeySchemaElement(attributeName=pk, keyType=HASH), "
        "KeySchemaElement(attributeName=sk, keyType=RANGE), "
        "KeySchemaElement(attributeName=extra, keyType=RANGE)]' at 'keySchema' failed to satisfy constraint: Member "
        "must have length less than or equal to 2");
    std::string writes;
    for (int i = 0; i < 26; ++i) writes += std::string(i ? "," : "") + R"({"DeleteRequest":{"Key":{"pk":{"S":"1"}}}})";
    const auto text = dynamo("BatchWriteItem", R"({"RequestItems":{"shop":[)" + writes + "]}}");
    CHECK(text.starts_with("1 validation error detected: Value '{shop=[WriteRequest("));
    CHECK(
        text.ends_with("' at 'requestItems' failed to satisfy constraint: Map value must satisfy constraint: [Member "
                       "must have length less than or equal to 25, "
                       "Member must have length greater than or equal to 1]"));
}

TEST_CASE("SQS misses parameters in its own words and leaves ranges to the service") {
    CHECK(verdict("sqs", "SendMessage", R"({"QueueUrl":"u"})") ==
          "MissingRequiredParameterException: The request must contain the parameter MessageBody.");
    CHECK(verdict("sqs", "ReceiveMessage", R"({"QueueUrl":"u","MaxNumberOfMessages":11})") == "good");
}

TEST_CASE("each service answers with its own code") {
    CHECK(verdict("logs", "GetLogEvents", R"({"logGroupName":"g","logStreamName":"s","limit":10001})") ==
          "InvalidParameterException: 1 validation error detected: Value '10001' at 'limit' failed to satisfy "
          "constraint: Member must have value less than or equal to 10000");
    CHECK(verdict("sns", "Unsubscribe", "{}") ==
          "InvalidParameter: Invalid parameter: SubscriptionArn Reason: no value for required parameter");
    CHECK(
        verdict("sts", "AssumeRole", R"({"RoleArn":"arn:aws:iam::000000000000:role/r","RoleSessionName":"a:b"})") ==
        R"(ValidationError: 1 validation error detected: Value 'a:b' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]*)");
    CHECK(
        verdict(
            "states", "CreateStateMachineAlias",
            R"({"name":"live","routingConfiguration":[{"stateMachineVersionArn":"a:1","weight":50},{"stateMachineVersionArn":"a:2","weight":30},{"stateMachineVersionArn":"a:3","weight":20}]})") ==
        "ValidationException: 1 validation error detected: Value "
        "'[RoutingConfigurationListItem(stateMachineVersionArn=a:1, weight=50), "
        "RoutingConfigurationListItem(stateMachineVersionArn=a:2, weight=30), "
        "RoutingConfigurationListItem(stateMachineVersionArn=a:3, weight=20)]' at "
        "'routingConfiguration' failed to satisfy constraint: Member must have length less than or equal to 2");
    CHECK(verdict("states", "CreateStateMachineAlias",
                  R"({"name":"live","routingConfiguration":[{"stateMachineVersionArn":"a:1","weight":101}]})") ==
          "ValidationException: 1 validation error detected: Value '101' at 'routingConfiguration.1.member.weight' "
          "failed to satisfy constraint: Member must have value less than or equal to 100");
    CHECK(verdict("nope", "Nope", "{}").starts_with("UnknownOperationException: "));
}

TEST_CASE("lengths count characters, not bytes") {
    const auto name = [](std::size_t n) {
        std::string text;
        for (std::size_t i = 0; i < n; ++i) text += "\xC3\xA9";
        return R"({"Name":"n","EventPattern":")" + text + R"("})";
    };
    CHECK(verdict("events", "PutRule", name(4096)) == "good");
    CHECK(verdict("events", "PutRule", name(4097)).find("Member must have length less than or equal to 4096") !=
          std::string::npos);
}

TEST_CASE("enum values are printed in the order of AWS's hash table") {
    CHECK(javaOrder({"RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "PENDING_REDRIVE"}) ==
          std::vector<std::string_view>{"SUCCEEDED", "TIMED_OUT", "PENDING_REDRIVE", "ABORTED", "FAILED", "RUNNING"});
    CHECK(javaOrder({"TRIM_HORIZON", "LATEST", "AT_TIMESTAMP"}) ==
          std::vector<std::string_view>{"LATEST", "AT_TIMESTAMP", "TRIM_HORIZON"});
}

TEST_CASE("a path of members is known or not by the model: elements of lists without number, any key of a map") {
    CHECK(knowsMember(apis(), "dynamodb", "PutItem", "TableName"));
    CHECK(knowsMember(apis(), "dynamodb", "PutItem", "Item.id.S"));
    CHECK(knowsMember(apis(), "dynamodb", "CreateTable", "KeySchema.AttributeName"));
    CHECK_FALSE(knowsMember(apis(), "dynamodb", "CreateTable", "KeySchema.Color"));
    CHECK_FALSE(knowsMember(apis(), "dynamodb", "PutItem", "Color"));
    CHECK_FALSE(knowsMember(apis(), "dynamodb", "PutItem", "TableName.Color"));
    CHECK_FALSE(knowsMember(apis(), "dynamodb", "PaintItem", "TableName"));
}
