#pragma once
// What a Task's Resource calls here, and how AWS names its errors.

#include <string>
#include <string_view>

#include "asl/language/resource.h"

namespace backlot::states {

/// How an integration's answer shows the HTTP exchange behind it: the headers of the service's protocol.
enum class Metadata { none, dynamodb, json, query, lambda };

/// An optimised integration. Its errors are those of the AWS SDK for Java 1: "DynamoDB.ResourceNotFoundException", or
/// `genericError` where the SDK has no exception for the code. Source: recorded executions.
struct Optimised {
    std::string_view service, action;          // of the Resource: "sqs", "sendMessage"
    std::string_view ourService, operation;
    std::string_view errorPrefix, genericError, sdkService;   // sdkService: as causes name it, "AmazonSQS"
    Metadata metadata;
};
/// Null where Backlot has no such integration.
const Optimised* findOptimised(const asl::Resource& resource);
const Optimised* findOptimised(std::string_view service, std::string_view operation);

/// A service as `aws-sdk:` names it. Its errors are those of the AWS SDK for Java 2: "DynamoDb.ResourceNotFoundException".
struct Sdk {
    std::string_view service, ourService, errorPrefix;
};
/// Null where Backlot does not have the service.
const Sdk* findSdk(const asl::Resource& resource);

/// "putItem" → "PutItem".
std::string operationName(std::string_view action);

}  // namespace backlot::states
