#include "emulator/services/apigateway/http_apis/cors.h"

#include <algorithm>

#include "emulator/base/wildcard.h"

namespace backlot::apigateway::http_apis {
namespace {

std::string joined(const Json& cors, std::string_view member) {
    std::string all;
    for (const auto& text : Fields(cors).texts(member)) all += (all.empty() ? "" : ",") + text;
    return all;
}

/// What the answer may say of this origin; nothing where it is not allowed.
std::optional<std::string> allowedOrigin(const Json& cors, std::string_view origin) {
    for (const auto& allowed : Fields(cors).texts("AllowOrigins")) {
        if (allowed == "*") return "*";
        if (equalIgnoringCase(allowed, origin) || (allowed.ends_with("*") && matchesWildcard(origin, allowed)))
            return std::string(origin);
    }
    return std::nullopt;
}

}  // namespace

void addCors(const Json& cors, const ApiRequest& request, ApiResponse& response) {
    for (const char* name :
         {"Access-Control-Allow-Origin", "Access-Control-Allow-Methods", "Access-Control-Allow-Headers",
          "Access-Control-Expose-Headers", "Access-Control-Max-Age", "Access-Control-Allow-Credentials"})
        response.headers.erase(name);
    const auto origin =
        request.headers.has("Origin") ? allowedOrigin(cors, request.headers.get("Origin")) : std::nullopt;
    if (!origin) return;
    response.headers.add("Access-Control-Allow-Origin", *origin);
    if (boolOr(cors, "AllowCredentials", false)) response.headers.add("Access-Control-Allow-Credentials", "true");
    if (const auto exposed = joined(cors, "ExposeHeaders"); !exposed.empty())
        response.headers.add("Access-Control-Expose-Headers", exposed);
}

std::optional<ApiResponse> preflight(const Json& cors, const ApiRequest& request) {
    if (request.method != "OPTIONS" || !request.headers.has("Origin") ||
        !request.headers.has("Access-Control-Request-Method"))
        return std::nullopt;
    ApiResponse response{.status = 204, .headers = {}, .body = {}};
    addCors(cors, request, response);
    if (!response.headers.has("Access-Control-Allow-Origin")) return response;
    if (const auto methods = joined(cors, "AllowMethods"); !methods.empty())
        response.headers.add("Access-Control-Allow-Methods", methods);
    if (const auto headers = joined(cors, "AllowHeaders"); !headers.empty())
        response.headers.add("Access-Control-Allow-Headers", headers);
    if (const auto age = intOr(cors, "MaxAge", 0); age != 0)
        response.headers.add("Access-Control-Max-Age", std::to_string(age));
    return response;
}

}  // namespace backlot::apigateway::http_apis
