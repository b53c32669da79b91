#include "emulator/services/states/integrations.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace backlot::states {
namespace {

constexpr std::array kOptimised = {
    Optimised{"dynamodb", "deleteItem", "dynamodb", "DeleteItem", "DynamoDB", "AmazonDynamoDBException", "AmazonDynamoDBv2", Metadata::dynamodb},
    Optimised{"dynamodb", "getItem", "dynamodb", "GetItem", "DynamoDB", "AmazonDynamoDBException", "AmazonDynamoDBv2", Metadata::dynamodb},
    Optimised{"dynamodb", "putItem", "dynamodb", "PutItem", "DynamoDB", "AmazonDynamoDBException", "AmazonDynamoDBv2", Metadata::dynamodb},
    Optimised{"dynamodb", "updateItem", "dynamodb", "UpdateItem", "DynamoDB", "AmazonDynamoDBException", "AmazonDynamoDBv2", Metadata::dynamodb},
    Optimised{"events", "putEvents", "events", "PutEvents", "EventBridge", "AmazonEventBridgeException", "AmazonEventBridge", Metadata::none},
    Optimised{"lambda", "invoke", "lambda", "Invoke", "Lambda", "AWSLambdaException", "AWSLambda", Metadata::lambda},
    Optimised{"sns", "publish", "sns", "Publish", "SNS", "AmazonSNSException", "AmazonSNS", Metadata::query},
    Optimised{"sqs", "sendMessage", "sqs", "SendMessage", "SQS", "AmazonSQSException", "AmazonSQS", Metadata::json},
    Optimised{"states", "startExecution", "states", "StartExecution", "StepFunctions", "AWSStepFunctionsException", "AWSStepFunctions", Metadata::json},
};

constexpr std::array kSdk = {
    Sdk{"apigateway", "apigateway", "ApiGateway"},
    Sdk{"apigatewayv2", "apigatewayv2", "ApiGatewayV2"},
    Sdk{"cloudformation", "cloudformation", "CloudFormation"},
    Sdk{"cloudtrail", "cloudtrail", "CloudTrail"},
    Sdk{"cloudwatchlogs", "logs", "CloudWatchLogs"},
    Sdk{"dynamodb", "dynamodb", "DynamoDb"},
    Sdk{"dynamodbstreams", "dynamodbstreams", "DynamoDbStreams"},
    Sdk{"eventbridge", "events", "EventBridge"},
    Sdk{"iam", "iam", "Iam"},
    Sdk{"lambda", "lambda", "Lambda"},
    Sdk{"s3", "s3", "S3"},
    Sdk{"scheduler", "scheduler", "Scheduler"},
    Sdk{"ses", "ses", "Ses"},
    Sdk{"sesv2", "sesv2", "SesV2"},
    Sdk{"sfn", "states", "Sfn"},
    Sdk{"sns", "sns", "Sns"},
    Sdk{"sqs", "sqs", "Sqs"},
    Sdk{"ssm", "ssm", "Ssm"},
    Sdk{"sts", "sts", "Sts"},
    Sdk{"xray", "xray", "XRay"},
};

}  // namespace

const Optimised* findOptimised(const asl::Resource& resource) {
    const auto found = std::find_if(kOptimised.begin(), kOptimised.end(),
                                    [&](const Optimised& entry) { return entry.service == resource.service && entry.action == resource.action; });
    return found == kOptimised.end() ? nullptr : &*found;
}

const Optimised* findOptimised(std::string_view service, std::string_view operation) {
    const auto found = std::find_if(kOptimised.begin(), kOptimised.end(),
                                    [&](const Optimised& entry) { return entry.ourService == service && entry.operation == operation; });
    return found == kOptimised.end() ? nullptr : &*found;
}

const Sdk* findSdk(const asl::Resource& resource) {
    if (!resource.isSdk()) return nullptr;
    const auto name = std::string_view(resource.service).substr(std::string_view("aws-sdk:").size());
    const auto found = std::find_if(kSdk.begin(), kSdk.end(), [&](const Sdk& entry) { return entry.service == name; });
    return found == kSdk.end() ? nullptr : &*found;
}

std::string operationName(std::string_view action) {
    std::string result(action);
    if (!result.empty()) result[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(result[0])));
    return result;
}

}  // namespace backlot::states
