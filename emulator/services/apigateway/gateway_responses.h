#pragma once
// What API Gateway answers by itself, without an integration.

#include <string>
#include <string_view>
#include <vector>

#include "emulator/services/apigateway/deployed_api.h"
#include "emulator/services/apigateway/http.h"

namespace backlot::apigateway {

/// All types of gateway responses, as GetGatewayResponses lists them.
const std::vector<std::string>& gatewayResponseTypes();
/// As GetGatewayResponse answers one that the API does not define. Throws NotFoundException for an unknown type.
Json defaultGatewayResponse(std::string_view type);

/// A refusal on the way to the integration.
struct GatewayError {
    std::string type;            // "MISSING_AUTHENTICATION_TOKEN"
    std::string message;         // $context.error.message; empty: the type's own
    std::string errorType = {};  // x-amzn-ErrorType; empty: the type's own
};

/// With the status, headers and body that the API (or the type's own default, or DEFAULT_4XX and DEFAULT_5XX) gives it.
ApiResponse gatewayResponse(const DeployedApi* api, const ApiRequest& request, const GatewayError& error);
/// Adds what every answer bears: x-amzn-RequestId, x-amz-apigw-id and, where wanted, X-Amzn-Trace-Id.
void addStandardHeaders(ApiResponse& response, const ApiRequest& request, bool withTrace);

}  // namespace backlot::apigateway
