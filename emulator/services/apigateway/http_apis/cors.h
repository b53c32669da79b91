#pragma once

#include <optional>

#include "emulator/services/apigateway/http.h"

namespace backlot::apigateway::http_apis {

/// The answer to a preflight; nothing where the request is none.
/// Source: API Gateway Developer Guide, "Configure CORS for HTTP APIs".
std::optional<ApiResponse> preflight(const Json& cors, const ApiRequest& request);
/// Puts the API's own CORS headers in the place of the integration's.
void addCors(const Json& cors, const ApiRequest& request, ApiResponse& response);

}  // namespace backlot::apigateway::http_apis
