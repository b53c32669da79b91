// What the kinds of parts of an HTTP API are, and what AWS wants of each.

#include <algorithm>
#include <array>

#include "emulator/services/apigateway/errors.h"
#include "emulator/services/apigateway/http_apis/parts.h"

namespace backlot::apigateway::http_apis {
namespace {

void byDefault(Json& part, std::string_view member, JsonItem value) {
    if (!find(part, member)) set(part, member, std::move(value));
}

/// "$default", or "METHOD /path".
void requireRouteKey(const std::string& key) {
    if (key == "$default") return;
    constexpr std::array<std::string_view, 8> methods{"ANY",     "DELETE", "GET",  "HEAD",
                                                      "OPTIONS", "PATCH",  "POST", "PUT"};
    const auto blank = key.find(' ');
    const bool good = blank != std::string::npos && key.size() > blank + 1 && key[blank + 1] == '/' &&
                      std::find(methods.begin(), methods.end(), key.substr(0, blank)) != methods.end();
    if (!good)
        throw badRequest(
            "The provided route key is not formatted properly for HTTP protocol. Format should be \"<HTTP "
            "METHOD> /<RESOURCE PATH>\" or \"$default\"");
}

void checkRoute(Call& call, const Json& api, Json& part, const Json*) {
    const std::string key = textOr(part, "RouteKey"), apiId = textOr(api, "ApiId");
    requireRouteKey(key);
    for (const auto& other : partsOf(call, apiId, kRoutes))
        if (textOr(other, "RouteKey") == key && textOr(other, "RouteId") != textOr(part, "RouteId"))
            throw conflict("Route with key " + key + " already exists for this API");
    const std::string target = textOr(part, "Target");
    constexpr std::string_view prefix = "integrations/";
    if (!target.empty() && (!target.starts_with(prefix) ||
                            !findPart(call, apiId, kIntegrations, std::string_view(target).substr(prefix.size()))))
        throw badRequest("Invalid target: " + target + " is no integration of the API");
    byDefault(part, "ApiKeyRequired", false);
    byDefault(part, "AuthorizationType", "NONE");
    const std::string type = textOr(part, "AuthorizationType");
    if (type != "JWT" && type != "CUSTOM") return;
    const auto authorizer = findPart(call, apiId, kAuthorizers, textOr(part, "AuthorizerId"));
    if (!authorizer) throw badRequest("Invalid authorizer ID specified.");
    if ((textOr(*authorizer, "AuthorizerType") == "JWT") != (type == "JWT"))
        throw badRequest("The authorizer's type and the route's AuthorizationType " + type + " do not fit.");
}

void checkIntegration(Call&, const Json&, Json& part, const Json*) {
    const std::string type = textOr(part, "IntegrationType");
    if (type != "AWS_PROXY" && type != "HTTP_PROXY")
        throw badRequest("HTTP APIs take integrations of the types AWS_PROXY and HTTP_PROXY, not " + type);
    const bool subtype = find(part, "IntegrationSubtype");
    if (!subtype && textOr(part, "IntegrationUri").empty()) throw badRequest("Missing IntegrationUri");
    if (type == "HTTP_PROXY" && textOr(part, "IntegrationMethod").empty())
        throw badRequest("HttpMethod must be specified for HTTP_PROXY integrations");
    byDefault(part, "ConnectionType", "INTERNET");
    byDefault(part, "PayloadFormatVersion", "1.0");
    if (type == "AWS_PROXY" && !subtype) byDefault(part, "IntegrationMethod", "POST");
    byDefault(part, "TimeoutInMillis", 30000);
    const std::string version = textOr(part, "PayloadFormatVersion");
    if (version != "1.0" && (version != "2.0" || type == "HTTP_PROXY" || subtype))
        throw badRequest("Invalid PayloadFormatVersion specified: " + version);
}

void checkAuthorizer(Call& call, const Json& api, Json& part, const Json*) {
    for (const auto& other : partsOf(call, textOr(api, "ApiId"), kAuthorizers))
        if (textOr(other, "Name") == textOr(part, "Name") &&
            textOr(other, "AuthorizerId") != textOr(part, "AuthorizerId"))
            throw conflict("Authorizer name must be unique. Authorizer " + textOr(part, "Name") +
                           " already exists in this API.");
    if (textOr(part, "AuthorizerType") == "JWT") {
        const Json* jwt = find(part, "JwtConfiguration");
        if (!jwt || textOr(*jwt, "Issuer").empty()) throw badRequest("JwtConfiguration with an Issuer is required");
        return;
    }
    if (textOr(part, "AuthorizerUri").empty()) throw badRequest("AuthorizerUri is required for REQUEST authorizers");
    const std::string version = textOr(part, "AuthorizerPayloadFormatVersion");
    if (version != "1.0" && version != "2.0")
        throw badRequest("AuthorizerPayloadFormatVersion is a required parameter for REQUEST authorizer");
}

void checkStage(Call& call, const Json& api, Json& part, const Json* before) {
    const std::string apiId = textOr(api, "ApiId");
    if (!before && findPart(call, apiId, kStages, textOr(part, "StageName"))) throw conflict("Stage already exists");
    if (const auto deployment = optionalText(part, "DeploymentId"); deployment && !boolOr(part, "AutoDeploy", false))
        requirePart(call, apiId, kDeployments, *deployment);
    byDefault(part, "CreatedDate", iso8601Seconds(call.now));
    set(part, "LastUpdatedDate", iso8601Seconds(call.now));
    byDefault(part, "DefaultRouteSettings", object({{"DetailedMetricsEnabled", false}}));
    byDefault(part, "RouteSettings", object());
    byDefault(part, "StageVariables", object());
    byDefault(part, "Tags", object());
}

/// A deployment is taken from what is there now (deployments.cpp).
void checkDeployment(Call& call, const Json&, Json& part, const Json*) {
    byDefault(part, "CreatedDate", iso8601Seconds(call.now));
    byDefault(part, "DeploymentStatus", "DEPLOYED");
    byDefault(part, "AutoDeployed", false);
}

}  // namespace

const PartKind kRoutes{.name = "route",
                       .idMember = "RouteId",
                       .members = {"ApiKeyRequired", "AuthorizationScopes", "AuthorizationType", "AuthorizerId",
                                   "ModelSelectionExpression", "OperationName", "RequestModels", "RequestParameters",
                                   "RouteKey", "RouteResponseSelectionExpression", "Target"},
                       .shown = "Route",
                       .check = checkRoute};
const PartKind kIntegrations{
    .name = "integration",
    .idMember = "IntegrationId",
    .members = {"ConnectionId", "ConnectionType", "ContentHandlingStrategy", "CredentialsArn", "Description",
                "IntegrationMethod", "IntegrationSubtype", "IntegrationType", "IntegrationUri", "PassthroughBehavior",
                "PayloadFormatVersion", "RequestParameters", "RequestTemplates", "ResponseParameters",
                "TemplateSelectionExpression", "TimeoutInMillis", "TlsConfig"},
    .shown = "Integration",
    .check = checkIntegration};
const PartKind kAuthorizers{
    .name = "authorizer",
    .idMember = "AuthorizerId",
    .members = {"AuthorizerCredentialsArn", "AuthorizerPayloadFormatVersion", "AuthorizerResultTtlInSeconds",
                "AuthorizerType", "AuthorizerUri", "EnableSimpleResponses", "IdentitySource",
                "IdentityValidationExpression", "JwtConfiguration", "Name"},
    .shown = "Authorizer",
    .check = checkAuthorizer};
const PartKind kStages{.name = "stage",
                       .idMember = "StageName",
                       .members = {"AccessLogSettings", "AutoDeploy", "ClientCertificateId", "DefaultRouteSettings",
                                   "DeploymentId", "Description", "RouteSettings", "StageVariables", "Tags"},
                       .shown = "Stage",
                       .check = checkStage};
const PartKind kDeployments{.name = "deployment",
                            .idMember = "DeploymentId",
                            .members = {"Description"},
                            .shown = "Deployment",
                            .check = checkDeployment};

}  // namespace backlot::apigateway::http_apis
