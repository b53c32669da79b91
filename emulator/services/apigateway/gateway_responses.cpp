#include "emulator/services/apigateway/gateway_responses.h"

#include <charconv>
#include <map>

#include "emulator/services/apigateway/errors.h"

namespace backlot::apigateway {

namespace {

struct Kind {
    int status;           // 0: the integration's or none
    const char* message;  // null: no message (answered as null)
    const char* errorType;
};

const std::map<std::string, Kind, std::less<>>& kinds() {
    static const std::map<std::string, Kind, std::less<>> all = {
        {"ACCESS_DENIED", {403, "User is not authorized to access this resource", "AccessDeniedException"}},
        {"API_CONFIGURATION_ERROR", {500, "Internal server error", "InternalServerErrorException"}},
        {"AUTHORIZER_CONFIGURATION_ERROR", {500, nullptr, "AuthorizerConfigurationException"}},
        {"AUTHORIZER_FAILURE", {500, nullptr, "AuthorizerConfigurationException"}},
        {"BAD_REQUEST_BODY", {400, "Invalid request body", "BadRequestException"}},
        {"BAD_REQUEST_PARAMETERS", {400, "Missing required request parameters", "BadRequestException"}},
        {"DEFAULT_4XX", {0, "Bad Request", "BadRequestException"}},
        {"DEFAULT_5XX", {0, "Internal server error", "InternalServerErrorException"}},
        {"EXPIRED_TOKEN", {403, "The security token included in the request is expired", "ExpiredTokenException"}},
        {"INTEGRATION_FAILURE", {504, "Internal server error", "InternalServerErrorException"}},
        {"INTEGRATION_TIMEOUT", {504, "Endpoint request timed out", "InternalServerErrorException"}},
        {"INVALID_API_KEY", {403, "Forbidden", "ForbiddenException"}},
        {"INVALID_SIGNATURE",
         {403, "The request signature we calculated does not match the signature you provided.",
          "InvalidSignatureException"}},
        {"MISSING_AUTHENTICATION_TOKEN", {403, "Missing Authentication Token", "MissingAuthenticationTokenException"}},
        {"QUOTA_EXCEEDED", {429, "Limit Exceeded", "LimitExceededException"}},
        {"REQUEST_TOO_LARGE", {413, "Request Too Long", "RequestEntityTooLargeException"}},
        {"RESOURCE_NOT_FOUND", {404, "Not Found", "NotFoundException"}},
        {"THROTTLED", {429, "Too Many Requests", "TooManyRequestsException"}},
        {"UNAUTHORIZED", {401, "Unauthorized", "UnauthorizedException"}},
        {"UNSUPPORTED_MEDIA_TYPE", {415, "Unsupported Media Type", "BadRequestException"}},
        {"WAF_FILTERED", {403, "Forbidden", "ForbiddenException"}},
    };
    return all;
}

constexpr const char* kPlainTemplate = "{\"message\":$context.error.messageString}";

void replaceAll(std::string& text, std::string_view from, const std::string& to) {
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
}

/// The template's variables. Only those of $context that make sense before an integration.
std::string filled(std::string text, const ApiRequest& request, const std::string& type, const std::string* message) {
    replaceAll(text, "$context.error.messageString", message ? writeJson(str(*message)) : "null");
    replaceAll(text, "$context.error.message", message ? *message : "null");
    replaceAll(text, "$context.error.responseType", type);
    replaceAll(text, "$context.requestId", request.requestId);
    replaceAll(text, "$context.extendedRequestId", request.extendedRequestId);
    replaceAll(text, "$context.path", request.fullPath);
    replaceAll(text, "$context.httpMethod", request.method);
    replaceAll(text, "$context.identity.sourceIp", request.sourceIp);
    return text;
}

/// "'*'" is that text, "method.request.header.Origin" comes from the request.
std::string parameterValue(const std::string& source, const ApiRequest& request) {
    if (source.size() >= 2 && source.front() == '\'' && source.back() == '\'')
        return source.substr(1, source.size() - 2);
    if (source.starts_with("method.request.header.")) return std::string(request.headers.get(source.substr(22)));
    if (source == "context.requestId") return request.requestId;
    return {};
}

}  // namespace

const std::vector<std::string>& gatewayResponseTypes() {
    static const std::vector<std::string> types = [] {
        std::vector<std::string> names;
        for (const auto& [name, kind] : kinds()) names.push_back(name);
        return names;
    }();
    return types;
}

Json defaultGatewayResponse(std::string_view type) {
    const auto found = kinds().find(type);
    if (found == kinds().end()) throw badRequest("Invalid gateway response type specified: " + std::string(type));
    Json response = object({{"responseType", found->first},
                            {"defaultResponse", true},
                            {"responseParameters", object()},
                            {"responseTemplates", object({{"application/json", kPlainTemplate}})}});
    if (found->second.status) set(response, "statusCode", std::to_string(found->second.status));
    return response;
}

ApiResponse gatewayResponse(const DeployedApi* api, const ApiRequest& request, const GatewayError& error) {
    const Kind& kind = kinds().find(error.type)->second;
    const Json* defined = api ? api->gatewayResponse(error.type) : nullptr;
    if (!defined && api) defined = api->gatewayResponse(kind.status < 500 ? "DEFAULT_4XX" : "DEFAULT_5XX");
    ApiResponse response;
    response.status = kind.status;
    std::string body = kPlainTemplate;
    std::string contentType = "application/json";
    // Recorded by many: a custom authorizer's refusal is spelled with a capital M.
    if (error.type == "ACCESS_DENIED") body = "{\"Message\":$context.error.messageString}";
    if (defined) {
        if (const auto status = optionalText(*defined, "statusCode"))
            std::from_chars(status->data(), status->data() + status->size(), response.status);
        if (const auto* templates = find(*defined, "responseTemplates"); templates && !templates->ObjectEmpty()) {
            const auto* json = find(*templates, "application/json");
            const auto first = templates->MemberBegin();
            if (!json) contentType = text(first->name);
            const Json& chosen = json ? *json : first->value;
            if (chosen.IsString()) body = text(chosen);
        }
    }
    const std::string own = kind.message ? kind.message : "";
    const std::string message = error.message.empty() ? own : error.message;
    const bool silent = error.message.empty() && !kind.message;
    response.body = filled(std::move(body), request, error.type, silent ? nullptr : &message);
    response.headers.add("Content-Type", contentType);
    response.headers.add("x-amzn-ErrorType", error.errorType.empty() ? kind.errorType : error.errorType);
    if (defined) {
        if (const auto* parameters = find(*defined, "responseParameters")) {
            for (const auto& parameter : parameters->GetObject()) {
                const std::string_view name = view(parameter.name);
                if (name.starts_with("gatewayresponse.header."))
                    response.headers.set(name.substr(23), parameterValue(text(parameter.value), request));
            }
        }
    }
    addStandardHeaders(response, request, false);
    return response;
}

void addStandardHeaders(ApiResponse& response, const ApiRequest& request, bool withTrace) {
    response.headers.set("x-amzn-RequestId", request.requestId);
    response.headers.set("x-amz-apigw-id", request.extendedRequestId);
    if (withTrace && !request.trace.empty()) response.headers.set("X-Amzn-Trace-Id", "Root=" + request.trace);
}

}  // namespace backlot::apigateway
