#include "emulator/services/apigateway/http_apis/event.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

#include "emulator/base/base64.h"

namespace backlot::apigateway::http_apis {
namespace {

std::string small(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return result;
}

/// Adds to what is there already: "a" and "b" become "a,b".
void join(Json& map, const std::string& name, const std::string& value) {
    const Json* before = find(map, name);
    set(map, name, before ? text(*before) + "," + value : value);
}

/// Bodies of other types come in base64.
bool isText(std::string_view type) {
    type = type.substr(0, type.find(';'));
    const std::string name = small(type);
    constexpr std::array<std::string_view, 4> texts{"application/json", "application/javascript", "application/xml",
                                                    "application/x-javascript"};
    return name.starts_with("text/") || name.ends_with("+json") || name.ends_with("+xml") ||
           std::find(texts.begin(), texts.end(), name) != texts.end();
}

/// With x-forwarded-…, as a function sees them.
Headers allHeaders(const ApiRequest& request) {
    Headers headers;
    for (const auto& header : request.headers)
        if (!equalIgnoringCase(header.name, "X-Amzn-Trace-Id") && !equalIgnoringCase(header.name, "X-Forwarded-For") &&
            !equalIgnoringCase(header.name, "X-Forwarded-Port") && !equalIgnoringCase(header.name, "X-Forwarded-Proto"))
            headers.add(header.name, validUtf8(header.value));
    if (!headers.has("Host") && !request.host.empty()) headers.add("Host", request.host);
    if (!request.body.empty()) headers.add("Content-Length", std::to_string(request.body.size()));
    const std::string before(request.headers.get("X-Forwarded-For"));
    const auto colon = request.host.rfind(':');
    headers.add("X-Amzn-Trace-Id", "Root=" + request.trace);
    headers.add("X-Forwarded-For", before.empty() ? request.sourceIp : before + ", " + request.sourceIp);
    headers.add("X-Forwarded-Port", colon == std::string::npos ? "80" : request.host.substr(colon + 1));
    headers.add("X-Forwarded-Proto", "http");
    return headers;
}

Json pathParameters(const HttpTarget& target) {
    Json parameters = object();
    for (const auto& [name, value] : target.match.pathParameters) set(parameters, name, percentDecode(value));
    return parameters;
}

std::string domainPrefix(const HttpTarget& target, const ApiRequest& request) {
    return request.host.starts_with(target.apiId + ".") ? target.apiId
                                                        : request.host.substr(0, request.host.find_first_of(".:"));
}

/// "/stage/path", or "/path" of $default.
std::string fullPath(const HttpTarget& target, const ApiRequest& request) {
    return (target.stage == "$default" ? "" : "/" + target.stage) + request.path;
}

Json contextV2(const HttpTarget& target, const ApiRequest& request) {
    Json context = object({{"accountId", target.account}, {"apiId", target.apiId}});
    if (!target.authorizer.IsNull()) set(context, "authorizer", copy(target.authorizer));
    set(context, "domainName", request.host);
    set(context, "domainPrefix", domainPrefix(target, request));
    set(context, "http",
        object({{"method", request.method},
                {"path", validUtf8(fullPath(target, request))},
                {"protocol", "HTTP/1.1"},
                {"sourceIp", request.sourceIp},
                {"userAgent", validUtf8(request.headers.get("User-Agent"))}}));
    set(context, "requestId", request.extendedRequestId);
    set(context, "routeKey", target.match.route->key);
    set(context, "stage", target.stage);
    set(context, "time", requestTime(target.now));
    set(context, "timeEpoch", epochMillis(target.now));
    return context;
}

Json contextV1(const HttpTarget& target, const ApiRequest& request) {
    Json identity = object();
    for (const char* member :
         {"accessKey", "accountId", "caller", "cognitoAmr", "cognitoAuthenticationProvider",
          "cognitoAuthenticationType", "cognitoIdentityId", "cognitoIdentityPoolId", "principalOrgId"})
        set(identity, member, nullptr);
    set(identity, "sourceIp", request.sourceIp);
    set(identity, "user", nullptr);
    set(identity, "userAgent", validUtf8(request.headers.get("User-Agent")));
    set(identity, "userArn", nullptr);
    Json context = object({{"accountId", target.account}, {"apiId", target.apiId}});
    if (!target.authorizer.IsNull()) {
        const Json* jwt = find(target.authorizer, "jwt");
        const Json* lambda = find(target.authorizer, "lambda");
        set(context, "authorizer", copy(jwt ? *jwt : lambda ? *lambda : target.authorizer));
    }
    set(context, "domainName", request.host);
    set(context, "domainPrefix", domainPrefix(target, request));
    set(context, "extendedRequestId", request.extendedRequestId);
    set(context, "httpMethod", request.method);
    set(context, "identity", std::move(identity));
    set(context, "path", validUtf8(fullPath(target, request)));
    set(context, "protocol", "HTTP/1.1");
    set(context, "requestId", request.extendedRequestId);
    set(context, "requestTime", requestTime(target.now));
    set(context, "requestTimeEpoch", epochMillis(target.now));
    set(context, "resourceId", target.match.route->key);
    const auto& key = target.match.route->key;
    set(context, "resourcePath", key.substr(key.find(' ') == std::string::npos ? 0 : key.find(' ') + 1));
    set(context, "stage", target.stage);
    return context;
}

/// Cookies apart from the other headers.
Json cookiesOf(const ApiRequest& request) {
    Json cookies = list();
    for (const auto& header : request.headers) {
        if (!equalIgnoringCase(header.name, "Cookie")) continue;
        std::string_view rest = header.value;
        while (!rest.empty()) {
            const auto end = rest.find(';');
            std::string_view one = rest.substr(0, end);
            while (one.starts_with(' ')) one.remove_prefix(1);
            if (!one.empty()) push(cookies, validUtf8(one));
            rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
        }
    }
    return cookies;
}

Json headersWithoutCookies(const ApiRequest& request) {
    Json headers = smallHeaders(request);
    erase(headers, "cookie");
    return headers;
}

/// Everything of the 2.0 event up to requestContext.
Json frontV2(const HttpTarget& target, const ApiRequest& request) {
    Json event = object({{"routeKey", target.match.route->key},
                         {"rawPath", validUtf8(fullPath(target, request))},
                         {"rawQueryString", validUtf8(request.query)}});
    if (Json cookies = cookiesOf(request); !cookies.Empty()) set(event, "cookies", std::move(cookies));
    set(event, "headers", headersWithoutCookies(request));
    Json query = object();
    for (const auto& [name, value] : parseQuery(request.query)) join(query, validUtf8(name), validUtf8(value));
    if (!query.ObjectEmpty()) set(event, "queryStringParameters", std::move(query));
    return event;
}

void addStageAndPath(Json& event, const HttpTarget& target) {
    if (Json parameters = pathParameters(target); !parameters.ObjectEmpty())
        set(event, "pathParameters", std::move(parameters));
    if (!target.stageVariables.IsNull()) set(event, "stageVariables", copy(target.stageVariables));
}

/// A status that can be: a whole number, or a text of one.
std::optional<int> statusOf(const Json& value) {
    int status = 0;
    if (value.IsInt())
        status = value.GetInt();
    else if (value.IsString()) {
        const auto digits = view(value);
        if (std::from_chars(digits.data(), digits.data() + digits.size(), status).ptr != digits.data() + digits.size())
            return std::nullopt;
    } else
        return std::nullopt;
    return status >= 100 && status <= 599 ? std::optional(status) : std::nullopt;
}

bool isSafe(std::string_view text) {
    return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

bool addHeader(Headers& headers, const std::string& name, const Json& value) {
    if (value.IsObject() || value.IsArray() || value.IsNull()) return false;
    const std::string shown = value.IsString() ? text(value) : writeJson(value);
    if (isSafe(name) && isSafe(shown)) headers.add(name, shown);
    return true;
}

/// The answer in an object with a status. Nothing where a part of it has another kind.
std::optional<ApiResponse> fromObject(const Json& answer, const std::string& format) {
    ApiResponse response;
    const auto status = statusOf(*find(answer, "statusCode"));
    if (!status) return std::nullopt;
    response.status = *status;
    if (const Json* headers = find(answer, "headers"); headers && headers->IsObject())
        for (const auto& header : headers->GetObject())
            if (!header.value.IsNull() && !addHeader(response.headers, text(header.name), header.value))
                return std::nullopt;
    const bool first = format == "1.0";
    if (const Json* many = find(answer, "multiValueHeaders"); first && many && many->IsObject())
        for (const auto& header : many->GetObject()) {
            if (!header.value.IsArray()) return std::nullopt;
            response.headers.erase(view(header.name));
            for (const auto& value : header.value.GetArray())
                if (!addHeader(response.headers, text(header.name), value)) return std::nullopt;
        }
    if (const Json* cookies = find(answer, "cookies"); !first && cookies && cookies->IsArray())
        for (const auto& cookie : cookies->GetArray())
            if (cookie.IsString() && isSafe(view(cookie))) response.headers.add("Set-Cookie", view(cookie));
    if (const Json* body = find(answer, "body"); body && !body->IsNull()) {
        std::string content = body->IsString() ? text(*body) : writeJson(*body);
        if (boolOr(answer, "isBase64Encoded", false)) {
            auto decoded = base64Decode(content);
            if (!decoded) return std::nullopt;
            content = std::move(*decoded);
        }
        response.body = std::move(content);
    }
    if (!response.headers.has("Content-Type") && !response.body.empty())
        response.headers.add("Content-Type", "text/plain;charset=UTF-8");
    return response;
}

}  // namespace

Json smallHeaders(const ApiRequest& request) {
    Json headers = object();
    for (const auto& header : allHeaders(request)) join(headers, small(header.name), header.value);
    return headers;
}

std::string routeArn(const HttpTarget& target, const ApiRequest& request) {
    return "arn:aws:execute-api:" + target.region + ":" + target.account + ":" + target.apiId + "/" + target.stage +
           "/" + request.method + request.path;
}

Json eventV2(const HttpTarget& target, const ApiRequest& request) {
    Json event = object({{"version", "2.0"}});
    Json members = frontV2(target, request);
    for (auto& member : members.GetObject()) set(event, view(member.name), std::move(member.value));
    set(event, "requestContext", contextV2(target, request));
    const bool asText = isText(request.headers.get("Content-Type"));
    if (!request.body.empty()) set(event, "body", asText ? validUtf8(request.body) : base64Encode(request.body));
    addStageAndPath(event, target);
    set(event, "isBase64Encoded", !request.body.empty() && !asText);
    return event;
}

Json eventV1(const HttpTarget& target, const ApiRequest& request) {
    Json headers = object(), manyHeaders = object(), query = object(), manyQuery = object();
    const auto add = [](Json& one, Json& many, const std::string& name, const std::string& value) {
        set(one, name, value);
        if (!find(many, name)) set(many, name, list());
        push(*find(many, name), value);
    };
    for (const auto& header : allHeaders(request)) add(headers, manyHeaders, header.name, header.value);
    for (const auto& [name, value] : parseQuery(request.query))
        add(query, manyQuery, validUtf8(name), validUtf8(value));
    const auto orNull = [](Json map) { return map.ObjectEmpty() ? Json() : std::move(map); };
    const std::string& key = target.match.route->key;
    const bool asText = isText(request.headers.get("Content-Type"));
    Json event = object({{"version", "1.0"},
                         {"resource", key.substr(key.find(' ') == std::string::npos ? 0 : key.find(' ') + 1)},
                         {"path", validUtf8(fullPath(target, request))},
                         {"httpMethod", request.method}});
    set(event, "headers", std::move(headers));
    set(event, "multiValueHeaders", std::move(manyHeaders));
    set(event, "queryStringParameters", orNull(std::move(query)));
    set(event, "multiValueQueryStringParameters", orNull(std::move(manyQuery)));
    set(event, "requestContext", contextV1(target, request));
    set(event, "pathParameters", orNull(pathParameters(target)));
    set(event, "stageVariables", copy(target.stageVariables));
    set(event, "body",
        request.body.empty() ? Json() : str(asText ? validUtf8(request.body) : base64Encode(request.body)));
    set(event, "isBase64Encoded", !request.body.empty() && !asText);
    return event;
}

Json authorizerEvent(const HttpTarget& target, const ApiRequest& request, const std::string& format,
                     const std::vector<std::string>& sources) {
    if (format == "1.0") {
        Json event = eventV1(target, request);
        std::string joined;
        for (const auto& source : sources) joined += (joined.empty() ? "" : ",") + source;
        for (const char* absent : {"body", "isBase64Encoded"}) erase(event, absent);
        set(event, "type", "REQUEST");
        set(event, "methodArn", routeArn(target, request));
        set(event, "identitySource", joined);
        set(event, "authorizationToken", joined);
        return event;
    }
    Json event = object({{"version", "2.0"},
                         {"type", "REQUEST"},
                         {"routeArn", routeArn(target, request)},
                         {"identitySource", sources.empty() ? Json() : array(sources)}});
    Json members = frontV2(target, request);
    for (auto& member : members.GetObject()) set(event, view(member.name), std::move(member.value));
    set(event, "requestContext", contextV2(target, request));
    addStageAndPath(event, target);
    return event;
}

std::optional<ApiResponse> functionAnswer(const std::string& payload, const std::string& format) {
    const auto answer = tryParseJson(payload);
    if (!answer) return std::nullopt;
    if (answer->IsObject() && find(*answer, "statusCode")) return fromObject(*answer, format);
    if (format == "1.0") return std::nullopt;
    ApiResponse response;
    response.headers.add("Content-Type", "application/json");
    if (!answer->IsNull()) response.body = answer->IsString() ? text(*answer) : writeJson(*answer);
    return response;
}

}  // namespace backlot::apigateway::http_apis
