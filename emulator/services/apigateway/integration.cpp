#include "emulator/services/apigateway/integration.h"

#include <charconv>

#include "emulator/base/arn.h"
#include "emulator/base/regex.h"
#include "emulator/services/apigateway/authorization.h"

namespace backlot::apigateway {

namespace {

const Json& integrationOf(const Target& target) { return *find(*target.match.method, "methodIntegration"); }

ApiResponse failure(const Target& target, const ApiRequest& request, const char* type, std::string message = {}) {
    return gatewayResponse(target.api.get(), request, {type, std::move(message)});
}

/// What Lambda and the proxy integration get wrong is answered with 502.
ApiResponse badGateway(const Target& target, const ApiRequest& request) {
    ApiResponse response = failure(target, request, "API_CONFIGURATION_ERROR");
    response.status = 502;
    return response;
}

ApiResponse notSupported(const ApiRequest& request, const std::string& what) {
    ApiResponse response{
        .status = 501,
        .headers = {{"Content-Type", "application/json"}, {"x-amzn-ErrorType", "NotImplementedException"}},
        .body = writeJson(object({{"message", what}}))};
    addStandardHeaders(response, request, false);
    return response;
}

TemplateInput templateInput(const Target& target, const ApiRequest& request, std::string body) {
    Json path = object(), query = object(), header = object();
    for (const auto& [name, value] : target.match.pathParameters) set(path, name, validUtf8(value));
    for (const auto& [name, value] : parseQuery(request.query)) set(query, name, validUtf8(value));
    for (const auto& one : request.headers) set(header, one.name, validUtf8(one.value));
    return {.body = std::move(body),
            .parameters =
                object({{"path", std::move(path)}, {"querystring", std::move(query)}, {"header", std::move(header)}}),
            .context = requestContext(target, request),
            .stageVariables = copy(target.stageVariables)};
}

/// "'text'", "method.request.header.X", "method.request.querystring.X", "method.request.path.X", "method.request.body",
/// "context.X", "stageVariables.X".
std::string parameterValue(const std::string& source, const Target& target, const ApiRequest& request) {
    if (source.size() >= 2 && source.front() == '\'' && source.back() == '\'')
        return source.substr(1, source.size() - 2);
    if (source.starts_with("method.request.header.")) return std::string(request.headers.get(source.substr(22)));
    if (source == "method.request.body") return request.body;
    if (source.starts_with("method.request.body.")) {
        const auto body = tryParseJson(request.body);
        const auto* found = body ? atPath(*body, "$." + source.substr(20)) : nullptr;
        return !found ? "" : found->IsString() ? text(*found) : writeJson(*found);
    }
    if (source.starts_with("method.request.querystring.")) {
        for (const auto& [name, value] : parseQuery(request.query)) {
            if (name == source.substr(27)) return value;
        }
    }
    if (source.starts_with("method.request.path.")) {
        for (const auto& [name, value] : target.match.pathParameters) {
            if (name == source.substr(20)) return percentDecode(value);
        }
    }
    if (source.starts_with("stageVariables.")) return textOr(target.stageVariables, source.substr(15));
    if (source.starts_with("context.")) {
        const Json context = requestContext(target, request);
        const auto* found = atPath(context, "$." + source.substr(8));
        if (found && found->IsString()) return text(*found);
    }
    return {};
}

/// The body for the integration: through the template for the request's type, as it is where there is none.
/// Throws TemplateFailure. Nothing: the type is refused (415).
std::optional<std::string> mappedBody(const Target& target, const ApiRequest& request) {
    const Json& integration = integrationOf(target);
    const auto* templates = find(integration, "requestTemplates");
    std::string type(request.headers.get("Content-Type"));
    type = type.empty() ? "application/json" : type.substr(0, type.find(';'));
    if (const auto* chosen = templates ? find(*templates, type) : nullptr; chosen && chosen->IsString()) {
        return render(text(*chosen), templateInput(target, request, validUtf8(request.body)));
    }
    const std::string behavior = textOr(integration, "passthroughBehavior", "WHEN_NO_MATCH");
    const bool hasTemplates = templates && !templates->ObjectEmpty();
    if (behavior == "NEVER" || (behavior == "WHEN_NO_TEMPLATES" && hasTemplates)) return std::nullopt;
    return request.body;
}

const Json* chooseResponse(const Json& integration, std::string_view selector) {
    const auto* responses = find(integration, "integrationResponses");
    if (!responses) return nullptr;
    const Json* otherwise = nullptr;
    for (const auto& response : responses->GetObject()) {
        const std::string pattern = textOr(response.value, "selectionPattern");
        if (pattern.empty()) {
            otherwise = &response.value;
        } else if (matchesWhole(pattern, selector, {.dotAll = true})) {
            return &response.value;
        }
    }
    return otherwise;
}

/// An integration response turned into the answer. `body` is what the integration said.
ApiResponse mappedResponse(const Target& target, const ApiRequest& request, std::string_view selector,
                           const std::string& body) {
    const Json* chosen = chooseResponse(integrationOf(target), selector);
    if (!chosen) return failure(target, request, "API_CONFIGURATION_ERROR");
    ApiResponse response;
    const std::string status = textOr(*chosen, "statusCode", "200");
    std::from_chars(status.data(), status.data() + status.size(), response.status);
    response.body = body;
    std::string contentType = "application/json";
    if (const auto* templates = find(*chosen, "responseTemplates"); templates && !templates->ObjectEmpty()) {
        const auto* json = find(*templates, "application/json");
        const auto first = templates->MemberBegin();
        if (!json) contentType = text(first->name);
        const Json& one = json ? *json : first->value;
        if (one.IsString()) response.body = render(text(one), templateInput(target, request, body));
    }
    response.headers.add("Content-Type", contentType);
    if (const auto* parameters = find(*chosen, "responseParameters")) {
        const auto answer = tryParseJson(body);
        for (const auto& parameter : parameters->GetObject()) {
            const std::string_view name = view(parameter.name);
            if (!name.starts_with("method.response.header.") || !parameter.value.IsString()) continue;
            const std::string source = text(parameter.value);
            std::string value;
            if (source.starts_with("integration.response.body.")) {
                const auto* found = answer ? atPath(*answer, "$." + source.substr(26)) : nullptr;
                value = !found ? "" : found->IsString() ? text(*found) : writeJson(*found);
            } else {
                value = parameterValue(source, target, request);
            }
            if (!value.empty()) response.headers.set(name.substr(23), value);
        }
    }
    addStandardHeaders(response, request, true);
    return response;
}

ApiResponse mock(const Target& target, const ApiRequest& request) {
    const auto body = mappedBody(target, request);
    if (!body) return failure(target, request, "UNSUPPORTED_MEDIA_TYPE");
    const auto parsed = tryParseJson(*body);
    const auto* status = parsed ? find(*parsed, "statusCode") : nullptr;
    if (!status) return failure(target, request, "API_CONFIGURATION_ERROR");
    return mappedResponse(target, request, status->IsString() ? text(*status) : writeJson(*status), "");
}

/// Query parameters that the integration adds: {"integration.request.querystring.TopicArn": "'arn:…'"}.
void addParameters(const Target& target, const ApiRequest& request, Json& members) {
    if (const auto* parameters = find(integrationOf(target), "requestParameters")) {
        for (const auto& parameter : parameters->GetObject()) {
            const std::string_view name = view(parameter.name);
            if (name.starts_with("integration.request.querystring."))
                set(members, name.substr(32), parameterValue(text(parameter.value), target, request));
        }
    }
}

std::variant<IntegrationCall, ApiResponse> serviceCall(const Target& target, const ApiRequest& request,
                                                       const std::string& uri) {
    const auto body = mappedBody(target, request);
    if (!body) return failure(target, request, "UNSUPPORTED_MEDIA_TYPE");
    const auto parsed = parseArn(uri);
    // arn:aws:apigateway:REGION:SERVICE:action/OPERATION: the service stands where other ARNs have the account.
    const std::string service = parsed ? parsed->account : "";
    const std::string place = parsed ? parsed->resource : "";
    if (service == "lambda") {
        const std::string function = functionOfUri(uri, target.stageVariables);
        return IntegrationCall{"lambda", "Invoke",
                               object({{"FunctionName", function},
                                       {"InvocationType", "RequestResponse"},
                                       {"Payload", body->empty() ? std::string("{}") : validUtf8(*body)}})};
    }
    Json members = object();
    std::string operation;
    if (const auto given = tryParseJson(*body); given && given->IsObject()) {
        members = copy(*given);
    } else {
        for (const auto& [name, value] : parseQuery(*body)) set(members, name, value);
    }
    addParameters(target, request, members);
    if (place.starts_with("action/")) operation = place.substr(7);
    if (const auto action = optionalText(members, "Action")) operation = *action;
    for (const char* protocols : {"Action", "Version"}) erase(members, protocols);
    if (service == "sqs" && place.starts_with("path/")) {
        if (operation.empty()) operation = "SendMessage";
        set(members, "QueueUrl", "http://sqs/" + place.substr(5));
    }
    if (service.empty() || operation.empty()) return failure(target, request, "API_CONFIGURATION_ERROR");
    return IntegrationCall{service, operation, std::move(members)};
}

}  // namespace

std::variant<IntegrationCall, ApiResponse> startIntegration(const Target& target, const ApiRequest& request) {
    const auto* integration = find(*target.match.method, "methodIntegration");
    if (!integration) return failure(target, request, "API_CONFIGURATION_ERROR");
    const std::string type = textOr(*integration, "type"), uri = textOr(*integration, "uri");
    try {
        if (type == "MOCK") return mock(target, request);
        if (type == "HTTP" || type == "HTTP_PROXY")
            return notSupported(request, "Backlot does not call HTTP integrations: " + uri);
        if (type == "AWS") return serviceCall(target, request, uri);
        const std::string function = functionOfUri(uri, target.stageVariables);
        if (function.empty())
            return notSupported(request, "AWS_PROXY integrations are supported with Lambda functions only: " + uri);
        return IntegrationCall{"lambda", "Invoke",
                               object({{"FunctionName", function},
                                       {"InvocationType", "RequestResponse"},
                                       {"Payload", writeJson(proxyEvent(target, request))}})};
    } catch (const TemplateFailure& problem) {
        return notSupported(request, problem.what());
    }
}

ApiResponse finishIntegration(const Target& target, const ApiRequest& request, const Json& reply) {
    const Json& integration = integrationOf(target);
    const bool proxy = textOr(integration, "type") == "AWS_PROXY";
    const auto* output = find(reply, "output");
    try {
        if (proxy || textOr(integration, "uri").find(":lambda:path/") != std::string::npos) {
            // A function that is not there, or may not be called, is the configuration's fault.
            if (!output) return failure(target, request, "API_CONFIGURATION_ERROR");
            const std::string payload = textOr(*output, "Payload");
            const bool failed = find(*output, "FunctionError") != nullptr;
            if (proxy) {
                if (failed) return badGateway(target, request);
                auto response = proxyResponse(target, request, payload);
                return response ? std::move(*response) : badGateway(target, request);
            }
            const auto error = failed ? tryParseJson(payload) : std::nullopt;
            return mappedResponse(target, request, error ? textOr(*error, "errorMessage") : std::string(), payload);
        }
        if (output) return mappedResponse(target, request, "200", writeJson(*output));
        const Json& error = *find(reply, "error");
        const std::string body =
            writeJson(object({{"__type", textOr(error, "code")}, {"message", textOr(error, "message")}}));
        return mappedResponse(target, request, std::to_string(intOr(error, "httpStatus", 400)), body);
    } catch (const TemplateFailure& problem) {
        return notSupported(request, problem.what());
    }
}

Duration integrationLimit(const Target& target) {
    const auto* integration = find(*target.match.method, "methodIntegration");
    return std::chrono::milliseconds(integration ? intOr(*integration, "timeoutInMillis", 29000) : 29000);
}

}  // namespace backlot::apigateway
