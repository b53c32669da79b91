#pragma once
// The Lambda proxy integration, payload format 1.0.

#include <optional>
#include <string>

#include "emulator/services/apigateway/deployed_api.h"
#include "emulator/services/apigateway/http.h"

namespace backlot::apigateway {

/// Where the request has arrived: everything about it that is not in the HTTP request itself.
struct Target {
    std::string account, region, apiId, stage, deploymentId;
    std::shared_ptr<const DeployedApi> api;
    RouteMatch match;
    Json stageVariables;  // null where the stage has none
    Json authorizer;      // requestContext.authorizer; null where there is none
    Time now{};
};

/// arn:aws:execute-api:REGION:ACCOUNT:API/STAGE/METHOD/path
std::string methodArn(const Target& target, const ApiRequest& request);
/// requestContext of a proxy event, of a REQUEST authorizer's event, and of mapping templates' $context.
Json requestContext(const Target& target, const ApiRequest& request);
/// The event for the function, as recorded from AWS.
/// Differs: headers that CloudFront adds in front of edge-optimized APIs are not there; X-Forwarded-Proto is http.
Json proxyEvent(const Target& target, const ApiRequest& request);
/// The answer in what the function returned (JSON text). Nothing where it is malformed: 502.
std::optional<ApiResponse> proxyResponse(const Target& target, const ApiRequest& request, const std::string& payload);

}  // namespace backlot::apigateway
