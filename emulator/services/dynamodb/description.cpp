#include "emulator/services/dynamodb/description.h"

#include "emulator/services/dynamodb/request_checks.h"

extern "C" const char backlot_model_dynamodb[], backlot_model_dynamodb_end[];
extern "C" const char backlot_model_dynamodbstreams[], backlot_model_dynamodbstreams_end[];

namespace backlot::dynamodb {
namespace {

/// Both APIs have one front, which is not the one that other services have.
JsonManners manners() {
    return {.errorNamespace = "com.amazonaws.dynamodb.v20120810#",
            .validationNamespace = "com.amazon.coral.validate#",
            .strictBodies = true,
            .readsByName = true,
            .checksums = true,
            .readerClasses = "com.amazonaws.dynamodb.v20120810.",
            .spelledFlags = {"BooleanAttributeValue", "NullAttributeValue"}};
}

}  // namespace

const ServiceDescription description{
    .name = "dynamodb",
    .model = {backlot_model_dynamodb, backlot_model_dynamodb_end},
    .protocols = {"json"},
    .endpointPrefix = "dynamodb",
    .signingName = "dynamodb",
    .apiVersion = "2012-08-10",
    .targetPrefix = "DynamoDB_20120810",
    .answersNameless = true,
    .json = manners(),
    .validation = {.first = checkFirst, .amend = amendViolations},
    .resourceType = "AWS::DynamoDB::Table",
    .trace = {.name = "DynamoDB", .type = "AWS::DynamoDB::Table", .node = lastPart},
    .tasks = {.sdk = "dynamodb",
              .sdkErrors = "DynamoDb",
              .optimised = "dynamodb",
              .actions = {"deleteItem", "getItem", "putItem", "updateItem"},
              .errors = "DynamoDB",
              .otherError = "AmazonDynamoDBException",
              .inCauses = "AmazonDynamoDBv2",
              .headers = TaskHeaders::checked},
};

const ServiceDescription streamsDescription{
    .name = "dynamodbstreams",
    .model = {backlot_model_dynamodbstreams, backlot_model_dynamodbstreams_end},
    .protocols = {"json"},
    .endpointPrefix = "streams.dynamodb",
    .signingName = "dynamodb",
    .apiVersion = "2012-08-10",
    .targetPrefix = "DynamoDBStreams_20120810",
    .json = manners(),
    .tasks = {.sdk = "dynamodbstreams", .sdkErrors = "DynamoDbStreams"},
};

}  // namespace backlot::dynamodb
