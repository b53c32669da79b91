#pragma once
// Lambda authorizers: what they are asked, and what their answer allows.

#include <optional>
#include <string>
#include <variant>

#include "emulator/services/apigateway/gateway_responses.h"
#include "emulator/services/apigateway/proxy.h"

namespace backlot::apigateway {

/// What to ask the authorizer's function, and what the answer may be kept under.
struct AuthorizerQuestion {
    std::string functionArn;
    Json event;
    std::string cacheKey;  // empty: the answer is not kept
    Duration keepFor{};
};

/// The question for a TOKEN or REQUEST authorizer; a GatewayError where the request cannot pass anyway (401).
std::variant<AuthorizerQuestion, GatewayError> authorizerQuestion(const Json& authorizer, const Target& target,
                                                                  const ApiRequest& request);

/// What the function said, read: its context for the integration, or why the request is refused.
/// `policy` is the function's answer: {principalId, policyDocument, context?}.
std::variant<Json, GatewayError> authorize(const Json& policy, const std::string& methodArn);

/// "arn:…:function:auth" of an authorizer's or integration's URI
/// (arn:aws:apigateway:REGION:lambda:path/…/functions/ARN/invocations); empty where it is none. `${stageVariables.x}`
/// is filled.
std::string functionOfUri(const std::string& uri, const Json& stageVariables);

}  // namespace backlot::apigateway
