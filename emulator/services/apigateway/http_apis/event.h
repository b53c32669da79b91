#pragma once
// What a function or an authorizer of an HTTP API is told, and what its answer means.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "emulator/services/apigateway/http.h"
#include "emulator/services/apigateway/http_apis/http_api.h"

namespace backlot::apigateway::http_apis {

/// Where the request has arrived.
struct HttpTarget {
    std::string account, region, apiId, stage;
    std::shared_ptr<const HttpApi> api;
    HttpMatch match;
    Json stageVariables;  // null where the stage has none
    Json authorizer;      // requestContext.authorizer; null where there is none
    Time now{};
};

/// The event of payload format 2.0.  Source: API Gateway Developer Guide, "Create AWS Lambda proxy integrations for
/// HTTP APIs".  Differs: x-forwarded-proto is http.
Json eventV2(const HttpTarget& target, const ApiRequest& request);
/// The same of format 1.0.
Json eventV1(const HttpTarget& target, const ApiRequest& request);
/// A REQUEST authorizer's event in its format; `sources` are the values of its identity sources.
Json authorizerEvent(const HttpTarget& target, const ApiRequest& request, const std::string& format,
                     const std::vector<std::string>& sources);
/// arn:aws:execute-api:REGION:ACCOUNT:API/STAGE/METHOD/path
std::string routeArn(const HttpTarget& target, const ApiRequest& request);

/// The answer in what a function returned (JSON text). Nothing where it is malformed: 500.
std::optional<ApiResponse> functionAnswer(const std::string& payload, const std::string& format);

/// Names in small letters, values of one name joined by commas, as events show them.
Json smallHeaders(const ApiRequest& request);

}  // namespace backlot::apigateway::http_apis
