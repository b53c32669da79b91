#pragma once
// What a method's integration asks of whom, and how the answer becomes an HTTP answer.

#include <optional>
#include <string>
#include <variant>

#include "emulator/services/apigateway/gateway_responses.h"
#include "emulator/services/apigateway/mapping_template.h"
#include "emulator/services/apigateway/proxy.h"

namespace backlot::apigateway {

/// A call on a service of ours.
struct IntegrationCall {
    std::string service, operation;
    Json request;
};

/// What to do for a matched request: answer at once (MOCK, or an error), or call a service first.
/// Lambda functions are called by AWS_PROXY with the proxy event, by AWS with the mapped body; other services by AWS
/// with `…:SERVICE:action/OPERATION`, SQS also with `…:sqs:path/ACCOUNT/QUEUE`.
/// Differs: HTTP and HTTP_PROXY answer 501 and say so.
std::variant<IntegrationCall, ApiResponse> startIntegration(const Target& target, const ApiRequest& request);

/// The answer for the client. `reply` is a job's reply: {"output": …} or {"error": {"code", "message", …}}.
ApiResponse finishIntegration(const Target& target, const ApiRequest& request, const Json& reply);

/// The time that the integration may take: timeoutInMillis.
Duration integrationLimit(const Target& target);

}  // namespace backlot::apigateway
