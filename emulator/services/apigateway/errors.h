#pragma once

#include <string>
#include <string_view>

#include "emulator/base/aws_error.h"

namespace backlot::apigateway {

inline AwsError badRequest(std::string message) { return {"BadRequestException", std::move(message), 400}; }
inline AwsError notFound(std::string message) { return {"NotFoundException", std::move(message), 404}; }
inline AwsError conflict(std::string message) { return {"ConflictException", std::move(message), 409}; }
inline AwsError apiNotFound(std::string_view account, std::string_view id) {
    return notFound("Invalid API identifier specified " + std::string(account) + ":" + std::string(id));
}
inline AwsError resourceNotFound() { return notFound("Invalid Resource identifier specified"); }
inline AwsError methodNotFound() { return notFound("Invalid Method identifier specified"); }
inline AwsError integrationNotFound() { return notFound("Invalid Integration identifier specified"); }
inline AwsError responseNotFound() { return notFound("Invalid Response status code specified"); }
inline AwsError stageNotFound() { return notFound("Invalid stage identifier specified"); }
inline AwsError deploymentNotFound() { return notFound("Invalid Deployment identifier specified"); }
inline AwsError authorizerNotFound() { return notFound("Invalid Authorizer identifier specified"); }
inline AwsError validatorNotFound() { return notFound("Invalid Request Validator identifier specified"); }
inline AwsError modelNotFound(std::string_view name) {
    return notFound("Invalid model name specified: " + std::string(name));
}
inline AwsError apiKeyNotFound() { return notFound("Invalid API Key identifier specified"); }
inline AwsError usagePlanNotFound() { return notFound("Invalid Usage Plan ID specified"); }

}  // namespace backlot::apigateway
