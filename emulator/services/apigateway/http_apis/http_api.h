#pragma once
// An HTTP API ready to answer requests: immutable, kept in memory.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emulator/base/json.h"

namespace backlot::apigateway::http_apis {

struct HttpRoute {
    std::string key, method;            // "GET /pets/{id}", "GET"; of $default both are "$default" and ""
    std::vector<std::string> segments;  // "pets", "{id}", "{proxy+}"
    Json route;                         // as GetRoute answers it
    Json integration, authorizer;       // null where it has none
};

struct HttpMatch {
    const HttpRoute* route = nullptr;
    std::vector<std::pair<std::string, std::string>> pathParameters;  // not decoded
};

class HttpApi {
public:
    /// Of {"api", "routes", "integrations", "authorizers"}.
    explicit HttpApi(const Json& taken);

    /// Segment by segment a fixed one goes before {name}, that before {name+}; then the method's own route before ANY;
    /// $default is last.  Source: API Gateway Developer Guide, "Create routes for HTTP APIs".
    std::optional<HttpMatch> match(std::string_view method, std::string_view path) const;
    /// CorsConfiguration; null where there is none.
    const Json& cors() const { return cors_; }

private:
    std::vector<std::unique_ptr<HttpRoute>> routes_;
    const HttpRoute* default_ = nullptr;
    Json cors_;
};

}  // namespace backlot::apigateway::http_apis
