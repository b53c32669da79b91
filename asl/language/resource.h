#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace backlot::asl {

/// What a Task's Resource names.
enum class ResourceKind : std::uint8_t { lambdaArn, activity, integration };

/// How long an integration's task lasts: until the answer, until the job has ended, or until the token comes back.
enum class IntegrationPattern : std::uint8_t { requestResponse, sync, sync2, waitForTaskToken };

/// A Resource ARN, taken apart.
/// "arn:aws:states:::aws-sdk:dynamodb:putItem" -> integration, service "aws-sdk:dynamodb", action "putItem".
struct Resource {
    std::string arn;
    ResourceKind kind = ResourceKind::lambdaArn;
    std::string service;  ///< as history's `resourceType`: "lambda", "sqs", "aws-sdk:dynamodb"
    std::string action;   ///< "sendMessage", without the pattern
    IntegrationPattern pattern = IntegrationPattern::requestResponse;

    bool isSdk() const { return service.starts_with("aws-sdk:"); }
    /// As history's `resource`: "sendMessage.waitForTaskToken".
    std::string actionWithPattern() const;
};

Resource parseResource(std::string_view arn);

/// Whether AWS has the integration: one of the optimised ones, or any call of an AWS SDK ("aws-sdk:service:action").
bool isKnownIntegration(const Resource& resource);

}  // namespace backlot::asl
