#include "emulator/services/apigateway/proxy.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cctype>

#include "emulator/base/base64.h"
#include "emulator/services/apigateway/gateway_responses.h"

namespace backlot::apigateway {

namespace {

/// A client's own spelling of a header's name is kept, but for these (recorded).
std::string eventName(const std::string& name) {
    static constexpr std::array<std::string_view, 5> canonical = {"Authorization", "Host", "User-Agent", "Content-Type",
                                                                  "Accept"};
    for (const auto one : canonical) {
        if (equalIgnoringCase(one, name)) return std::string(one);
    }
    return name;
}

struct MultiMap {
    Json single = object(), multiple = object();  // the last value; all of them

    void add(std::string_view name, std::string_view value) {
        set(single, name, value);
        if (!find(multiple, name)) set(multiple, name, list());
        push(*find(multiple, name), value);
    }
};

Json orNull(Json map) { return map.ObjectEmpty() ? Json() : std::move(map); }

std::string portOf(const std::string& host) {
    const auto colon = host.rfind(':');
    return colon == std::string::npos || host.ends_with(']') ? "80" : host.substr(colon + 1);
}

MultiMap eventHeaders(const ApiRequest& request) {
    MultiMap headers;
    for (const auto& header : request.headers) {
        if (equalIgnoringCase(header.name, "X-Amzn-Trace-Id") || equalIgnoringCase(header.name, "X-Forwarded-For") ||
            equalIgnoringCase(header.name, "X-Forwarded-Port") || equalIgnoringCase(header.name, "X-Forwarded-Proto")) {
            continue;  // written by us
        }
        headers.add(eventName(header.name), validUtf8(header.value));
    }
    if (!request.headers.has("Host") && !request.host.empty()) headers.add("Host", request.host);
    const std::string before(request.headers.get("X-Forwarded-For"));
    headers.add("X-Amzn-Trace-Id", "Root=" + request.trace);
    headers.add("X-Forwarded-For", before.empty() ? request.sourceIp : before + ", " + request.sourceIp);
    headers.add("X-Forwarded-Port", portOf(request.host));
    headers.add("X-Forwarded-Proto", "http");
    return headers;
}

MultiMap eventQuery(const ApiRequest& request) {
    MultiMap query;
    for (const auto& [name, value] : parseQuery(request.query)) query.add(validUtf8(name), validUtf8(value));
    return query;
}

Json pathParameters(const RouteMatch& match) {
    Json result = object();
    for (const auto& [name, value] : match.pathParameters) set(result, name, validUtf8(value));
    return orNull(std::move(result));
}

bool isBinary(const Target& target, std::string_view contentType) {
    return !target.api->binaryMediaTypes().empty() && mediaTypeMatches(contentType, target.api->binaryMediaTypes());
}

std::optional<int> statusOf(const Json& response) {
    const auto* status = find(response, "statusCode");
    if (!status) return 200;  // recorded: headers alone are an answer
    int code = 0;
    if (status->IsInt()) {
        code = status->GetInt();
    } else if (status->IsString()) {
        const std::string text = backlot::text(*status);
        if (std::from_chars(text.data(), text.data() + text.size(), code).ptr != text.data() + text.size() ||
            text.empty())
            return std::nullopt;
    } else if (status->IsDouble() && status->GetDouble() == static_cast<int>(status->GetDouble())) {
        code = static_cast<int>(status->GetDouble());
    } else {
        return std::nullopt;
    }
    if (code < 100 || code > 599) return std::nullopt;
    return code;
}

/// Text, numbers and booleans are header values; anything else makes the answer malformed.
std::optional<std::string> headerText(const Json& value) {
    if (value.IsString()) return text(value);
    if (value.IsNumber() || value.IsBool()) return writeJson(value);
    return std::nullopt;
}

/// Header names that the front writes itself reach the client under another name.
/// Source: API Gateway Developer Guide, "Important notes", remapped headers.
std::string clientName(const std::string& name) {
    static constexpr std::array<std::string_view, 8> remapped = {
        "Authorization", "Connection", "Content-Length", "Content-MD5", "Date", "Host", "Server", "User-Agent"};
    for (const auto one : remapped) {
        if (equalIgnoringCase(one, name)) return "x-amzn-Remapped-" + name;
    }
    if (equalIgnoringCase(name, "WWW-Authenticate")) return "x-amzn-Remapped-" + name;
    return name;
}

bool isDropped(std::string_view name) {
    return equalIgnoringCase(name, "Transfer-Encoding") || equalIgnoringCase(name, "TE") ||
           equalIgnoringCase(name, "Upgrade") || equalIgnoringCase(name, "Trailer");
}

/// A CR or LF would end the header.
bool isSafe(std::string_view text) {
    return std::none_of(text.begin(), text.end(), [](unsigned char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

bool addHeaders(const Json& response, Headers& headers) {
    if (const auto* multiple = find(response, "multiValueHeaders"); multiple && !multiple->IsNull()) {
        if (!multiple->IsObject()) return false;
        for (const auto& header : multiple->GetObject()) {
            if (!header.value.IsArray()) return false;
            for (const auto& value : header.value.GetArray()) {
                const auto text = headerText(value);
                if (!text) return false;
                if (!isDropped(view(header.name)) && isSafe(view(header.name)) && isSafe(*text))
                    headers.add(clientName(backlot::text(header.name)), *text);
            }
        }
    }
    const auto* single = find(response, "headers");
    if (!single || single->IsNull()) return true;
    if (!single->IsObject()) return false;
    for (const auto& header : single->GetObject()) {
        if (header.value.IsNull()) continue;
        const auto value = headerText(header.value);
        if (!value) return false;
        const std::string name = clientName(text(header.name));
        const bool there = std::any_of(headers.begin(), headers.end(), [&](const Header& one) {
            return equalIgnoringCase(one.name, name) && one.value == *value;
        });
        if (!there && !isDropped(name) && isSafe(name) && isSafe(*value)) headers.add(name, *value);
    }
    return true;
}

}  // namespace

std::string methodArn(const Target& target, const ApiRequest& request) {
    return "arn:aws:execute-api:" + target.region + ":" + target.account + ":" + target.apiId + "/" + target.stage +
           "/" + request.method + request.path;
}

Json requestContext(const Target& target, const ApiRequest& request) {
    const std::string agent(request.headers.get("User-Agent"));
    const bool named = request.host.starts_with(target.apiId + ".");
    Json identity = object();
    for (const char* empty : {"cognitoIdentityPoolId", "accountId", "cognitoIdentityId", "caller"})
        set(identity, empty, nullptr);
    set(identity, "sourceIp", request.sourceIp);
    for (const char* empty :
         {"principalOrgId", "accessKey", "cognitoAuthenticationType", "cognitoAuthenticationProvider", "userArn"})
        set(identity, empty, nullptr);
    set(identity, "userAgent", agent.empty() ? Json() : str(validUtf8(agent)));
    set(identity, "user", nullptr);
    Json context =
        object({{"resourceId", target.match.route->resourceId},
                {"resourcePath", target.match.route->path},
                {"httpMethod", request.method},
                {"extendedRequestId", request.extendedRequestId},
                {"requestTime", requestTime(target.now)},
                {"path", validUtf8(request.fullPath)},
                {"accountId", target.account},
                {"protocol", "HTTP/1.1"},
                {"stage", target.stage},
                {"domainPrefix", named ? target.apiId : request.host.substr(0, request.host.find_first_of(".:"))},
                {"requestTimeEpoch", epochMillis(target.now)},
                {"requestId", request.requestId},
                {"identity", std::move(identity)},
                {"domainName", request.host},
                {"deploymentId", target.deploymentId},
                {"apiId", target.apiId}});
    if (!named) set(context, "domainPrefix", target.apiId);
    if (!target.authorizer.IsNull()) set(context, "authorizer", copy(target.authorizer));
    return context;
}

Json proxyEvent(const Target& target, const ApiRequest& request) {
    MultiMap headers = eventHeaders(request), query = eventQuery(request);
    const bool binary = isBinary(target, request.headers.get("Content-Type"));
    Json body;
    if (!request.body.empty()) body = str(binary ? base64Encode(request.body) : validUtf8(request.body));
    Json event = object(
        {{"resource", target.match.route->path}, {"path", validUtf8(request.path)}, {"httpMethod", request.method}});
    set(event, "headers", orNull(std::move(headers.single)));
    set(event, "multiValueHeaders", orNull(std::move(headers.multiple)));
    set(event, "queryStringParameters", orNull(std::move(query.single)));
    set(event, "multiValueQueryStringParameters", orNull(std::move(query.multiple)));
    set(event, "pathParameters", pathParameters(target.match));
    set(event, "stageVariables", copy(target.stageVariables));
    set(event, "requestContext", requestContext(target, request));
    set(event, "body", std::move(body));
    set(event, "isBase64Encoded", binary && !request.body.empty());
    return event;
}

std::optional<ApiResponse> proxyResponse(const Target& target, const ApiRequest& request, const std::string& payload) {
    const auto parsed = tryParseJson(payload);
    if (!parsed || !parsed->IsObject() || parsed->ObjectEmpty()) return std::nullopt;
    static constexpr std::array<std::string_view, 5> known = {"statusCode", "headers", "multiValueHeaders", "body",
                                                              "isBase64Encoded"};
    for (const auto& member : parsed->GetObject()) {
        if (std::find(known.begin(), known.end(), view(member.name)) == known.end()) return std::nullopt;
    }
    ApiResponse response;
    const auto status = statusOf(*parsed);
    if (!status || !addHeaders(*parsed, response.headers)) return std::nullopt;
    response.status = *status;
    if (const auto* body = find(*parsed, "body"); body && !body->IsNull()) {
        if (!body->IsString()) return std::nullopt;
        response.body = text(*body);
    }
    const auto* encoded = find(*parsed, "isBase64Encoded");
    if (encoded && encoded->IsTrue() && !target.api->binaryMediaTypes().empty()) {
        // Decoded where the client accepts one of the API's binary types: by the first type it names.
        std::string_view accepted = request.headers.get("Accept");
        accepted = accepted.substr(0, accepted.find(','));
        if (isBinary(target, accepted)) {
            const auto bytes = base64Decode(response.body);
            if (!bytes) return std::nullopt;
            response.body = *bytes;
        }
    }
    if (!response.headers.has("Content-Type")) response.headers.add("Content-Type", "application/json");
    addStandardHeaders(response, request, true);
    return response;
}

}  // namespace backlot::apigateway
