#pragma once
// HTTP APIs themselves, their deployments and tags.

#include <string>

#include "emulator/world/operation.h"

namespace backlot::apigateway::http_apis {

/// What the operations need to know: where APIs are reached.
struct Settings {
    std::string endpoint;  // "http://127.0.0.1:4566"
};

/// With Target (a function's ARN or a URL) also an integration, a route (RouteKey, "$default") and the stage $default,
/// which is deployed by itself. Answers the API with ApiEndpoint, on this machine: ENDPOINT/_aws/execute-api/ID.
/// Throws BadRequestException.  Source: Amazon API Gateway Version 2 API Reference, CreateApi.
/// Differs: WebSocket APIs are refused by name.
Json createApi(const Settings& settings, Call& call, const Fields& request);
Json getApi(Call& call, const Fields& request);
Json getApis(Call& call, const Fields& request);
/// With Target or RouteKey the integration and route that CreateApi made by itself are changed.
Json updateApi(Call& call, const Fields& request);
Json deleteApi(Call& call, const Fields& request);
Json deleteCorsConfiguration(Call& call, const Fields& request);

/// Takes what the API is now; with StageName the stage goes to it.  Throws BadRequestException (the stage is deployed
/// by itself), NotFoundException.  Source: API Reference, CreateDeployment.
Json createDeployment(Call& call, const Fields& request);

/// Tags of an API or a stage, by arn:aws:apigateway:REGION::/apis/ID[/stages/NAME].  Throws NotFoundException.
Json tagResource(Call& call, const Fields& request);
Json untagResource(Call& call, const Fields& request);
Json getTags(Call& call, const Fields& request);

/// An API of an OpenAPI 3 definition (JSON) with x-amazon-apigateway-* extensions: routes, integrations, authorizers,
/// CORS. What it says and Backlot does not read is told in Warnings.  Throws BadRequestException.
/// Source: API Reference, ImportApi; API Gateway Developer Guide, "Working with OpenAPI definitions for HTTP APIs".
Json importApi(const Settings& settings, Call& call, const Fields& request);
/// The same into an API that is there: its routes, integrations and authorizers go.
Json reimportApi(Call& call, const Fields& request);

/// What the API is now, for a deployment: {"api", "routes", "integrations", "authorizers"}.
Json taken(const Call& call, const Json& api);
/// As clients see it.
Json shown(Json api);
/// A new API of these members.
Json makeApi(const Settings& settings, Call& call, Json members);

}  // namespace backlot::apigateway::http_apis
