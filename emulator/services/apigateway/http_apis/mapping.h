#pragma once
// Parameter mapping of HTTP APIs: "overwrite:header.x" → "$request.querystring.y".
// Source: API Gateway Developer Guide, "Transform API requests and responses for HTTP APIs".

#include <optional>
#include <string>
#include <string_view>

#include "emulator/services/apigateway/http_apis/event.h"

namespace backlot::apigateway::http_apis {

/// What "$request.…", "$context.…", "$stageVariables.…" and (with `response`) "$response.…" stand for; a text that
/// begins with none of them is itself, "${…}" in it filled. Nothing where the selection finds nothing.
std::optional<std::string> mapped(std::string_view expression, const HttpTarget& target, const ApiRequest& request,
                                  const ApiResponse* response = nullptr);

/// The request as the integration gets it: headers, query string and path changed as `parameters` say.
ApiRequest mapRequest(const Json& parameters, const HttpTarget& target, const ApiRequest& request);
/// The same of a response: headers and statuscode.
void mapResponse(const Json& parameters, const HttpTarget& target, const ApiRequest& request, ApiResponse& response);

}  // namespace backlot::apigateway::http_apis
