#include "emulator/services/apigateway/http_apis/authorization.h"

#include <algorithm>

#include "emulator/services/apigateway/authorization.h"
#include "emulator/services/apigateway/http_apis/integration.h"
#include "emulator/services/apigateway/http_apis/jwt.h"
#include "emulator/services/apigateway/http_apis/mapping.h"
#include "emulator/world/outlet.h"

namespace backlot::apigateway::http_apis {
namespace {

constexpr auto kIssuerLimit = std::chrono::seconds(5);

/// The host and port of "http://HOST:PORT/path" on this machine; nothing of any other.
bool isHere(std::string_view url) {
    constexpr std::string_view scheme = "http://";
    if (!url.starts_with(scheme)) return false;
    const std::string_view host = url.substr(scheme.size(), url.find_first_of(":/", scheme.size()) - scheme.size());
    return host == "127.0.0.1" || host == "localhost" || host.ends_with(".localhost");
}

/// The path of a URL.
std::string targetOf(const std::string& url) {
    const auto slash = url.find('/', url.find("//") + 2);
    return slash == std::string::npos ? "/" : url.substr(slash);
}

Request get(const std::string& url) { return {.method = "GET", .target = targetOf(url), .headers = {}, .body = {}}; }

std::optional<Json> bodyOf(const std::optional<Response>& response) {
    return response && response->status == 200 ? tryParseJson(response->body) : std::nullopt;
}

}  // namespace

std::optional<std::vector<std::string>> identityOf(const Json& authorizer, const HttpTarget& target,
                                                   const ApiRequest& request) {
    std::vector<std::string> values;
    for (const auto& source : Fields(authorizer).texts("IdentitySource")) {
        auto value = mapped(source, target, request);
        if (!value || value->empty()) return std::nullopt;
        values.push_back(std::move(*value));
    }
    return values;
}

std::string tokenOf(const Json& authorizer, const HttpTarget& target, const ApiRequest& request) {
    for (const auto& source : Fields(authorizer).texts("IdentitySource")) {
        std::string token = mapped(source, target, request).value_or("");
        constexpr std::string_view bearer = "bearer ";
        if (token.size() > bearer.size() && equalIgnoringCase(std::string_view(token).substr(0, bearer.size()), bearer))
            token.erase(0, bearer.size());
        if (!token.empty()) return token;
    }
    return {};
}

ApiResponse unauthorized(std::string_view fault) {
    ApiResponse response = plainAnswer(401, "Unauthorized");
    response.headers.add("WWW-Authenticate", fault.empty()
                                                 ? std::string("Bearer")
                                                 : "Bearer scope=\"\" error=\"invalid_token\" error_description=\"" +
                                                       std::string(fault) + "\"");
    return response;
}

std::variant<Json, ApiResponse> judgeToken(const HttpTarget& target, std::string_view text, const Json& keys) {
    const auto token = parseToken(text);
    if (!token) return unauthorized("the token is malformed");
    const Json* configuration = find(target.match.route->authorizer, "JwtConfiguration");
    if (const std::string fault = faultOf(*token, *configuration, target.now); !fault.empty())
        return unauthorized(fault);
    if (keys.IsNull()) return unauthorized("OIDC discovery endpoint communication error");
    if (!isSignedBy(*token, keys)) return unauthorized("signature verification failed");
    const auto wanted = Fields(target.match.route->route).texts("AuthorizationScopes");
    const auto scopes = scopesOf(*token);
    const bool scoped = std::any_of(scopes.begin(), scopes.end(), [&](const std::string& scope) {
        return std::find(wanted.begin(), wanted.end(), scope) != wanted.end();
    });
    if (!wanted.empty() && !scoped) return plainAnswer(403, "Forbidden");
    return object({{"jwt", authorizerContext(*token, wanted)}});
}

std::variant<Json, ApiResponse> judgeDecision(const HttpTarget& target, const ApiRequest& request,
                                              const Json& decision) {
    const Json& authorizer = target.match.route->authorizer;
    const Json* given = find(decision, "context");
    Json context = given && given->IsObject() ? copy(*given) : object();
    if (boolOr(authorizer, "EnableSimpleResponses", false)) {
        const Json* allowed = find(decision, "isAuthorized");
        if (!allowed || !allowed->IsBool()) return plainAnswer(500, "Internal Server Error");
        if (!allowed->GetBool()) return plainAnswer(403, "Forbidden");
        return object({{"lambda", std::move(context)}});
    }
    const auto verdict = authorize(decision, routeArn(target, request));
    if (const auto* error = std::get_if<GatewayError>(&verdict))
        return error->type == "ACCESS_DENIED" ? plainAnswer(403, "Forbidden")
                                              : plainAnswer(500, "Internal Server Error");
    set(context, "principalId", textOr(decision, "principalId"));
    return object({{"lambda", std::move(context)}});
}

void askForKeys(Call& call, HttpGateway& gateway, const std::string& issuer, const std::string& requestId) {
    call.afterCommit([outside = gateway.outside, outlet = call.outlet(), issuer, requestId, account = call.account,
                      region = call.region] {
        const auto tell = [=](std::optional<Json> keys) {
            outlet.submit({.service = "apigateway",
                           .operation = "ReceiveKeys",
                           .request = object({{"requestId", requestId}, {"issuer", issuer}, {"keys", std::move(keys)}}),
                           .account = account,
                           .region = region});
        };
        if (!outside || !isHere(issuer)) return tell(std::nullopt);
        const std::string discovery = issuer + (issuer.ends_with('/') ? "" : "/") + ".well-known/openid-configuration";
        outside->fetch(discovery, get(discovery), kIssuerLimit, [=](std::optional<Response> found) {
            const auto about = bodyOf(found);
            const std::string url = about ? textOr(*about, "jwks_uri") : "";
            if (!isHere(url)) return tell(std::nullopt);
            outside->fetch(url, get(url), kIssuerLimit,
                           [tell](std::optional<Response> answer) { tell(bodyOf(answer)); });
        });
    });
}

}  // namespace backlot::apigateway::http_apis
