#include "emulator/services/apigateway/http_apis/http_api.h"

namespace backlot::apigateway::http_apis {
namespace {

std::vector<std::string> segmentsOf(std::string_view path) {
    std::vector<std::string> segments;
    if (path.starts_with('/')) path.remove_prefix(1);
    while (true) {
        const auto slash = path.find('/');
        segments.emplace_back(path.substr(0, slash));
        if (slash == std::string_view::npos) return segments;
        path.remove_prefix(slash + 1);
    }
}

const Json* withId(const Fields& taken, const char* kind, const char* idMember, std::string_view id) {
    for (const Json* part : taken.items(kind))
        if (textOr(*part, idMember) == id) return part;
    return nullptr;
}

/// How a route fits, the better the smaller: per segment 0 fixed, 1 variable, 2 the rest; then 0 the method, 1 ANY.
/// Nothing where it does not fit.
std::optional<std::string> fit(const HttpRoute& route, std::string_view method, const std::vector<std::string>& path,
                               std::vector<std::pair<std::string, std::string>>& parameters) {
    if (route.method != method && route.method != "ANY") return std::nullopt;
    std::string rank;
    for (std::size_t i = 0; i < route.segments.size(); ++i) {
        const std::string_view segment = route.segments[i];
        if (i >= path.size()) return std::nullopt;
        if (segment.ends_with("+}")) {
            std::string rest = path[i];
            for (std::size_t k = i + 1; k < path.size(); ++k) rest += "/" + path[k];
            if (rest.empty()) return std::nullopt;
            parameters.emplace_back(segment.substr(1, segment.size() - 3), std::move(rest));
            return rank + "2" + (route.method == method ? "0" : "1");
        }
        if (segment.starts_with('{') && segment.ends_with('}')) {
            if (path[i].empty()) return std::nullopt;
            parameters.emplace_back(segment.substr(1, segment.size() - 2), path[i]);
            rank += '1';
        } else if (segment == path[i]) {
            rank += '0';
        } else {
            return std::nullopt;
        }
    }
    if (route.segments.size() != path.size()) return std::nullopt;
    return rank + (route.method == method ? "0" : "1");
}

}  // namespace

HttpApi::HttpApi(const Json& taken) {
    const Fields fields(taken);
    if (const Json* cors = at(taken, {"api", "CorsConfiguration"})) cors_ = copy(*cors);
    for (const Json* route : fields.items("routes")) {
        auto made = std::make_unique<HttpRoute>();
        made->key = textOr(*route, "RouteKey");
        made->route = copy(*route);
        const std::string target = textOr(*route, "Target");
        constexpr std::string_view prefix = "integrations/";
        if (target.starts_with(prefix))
            if (const Json* found =
                    withId(fields, "integrations", "IntegrationId", std::string_view(target).substr(prefix.size())))
                made->integration = copy(*found);
        if (const auto id = optionalText(*route, "AuthorizerId"))
            if (const Json* found = withId(fields, "authorizers", "AuthorizerId", *id)) made->authorizer = copy(*found);
        if (const auto blank = made->key.find(' '); blank != std::string::npos) {
            made->method = made->key.substr(0, blank);
            made->segments = segmentsOf(std::string_view(made->key).substr(blank + 1));
        } else {
            default_ = made.get();
        }
        routes_.push_back(std::move(made));
    }
}

std::optional<HttpMatch> HttpApi::match(std::string_view method, std::string_view path) const {
    const auto segments = segmentsOf(path);
    std::optional<HttpMatch> best;
    std::string bestRank;
    for (const auto& route : routes_) {
        if (route.get() == default_) continue;
        HttpMatch match{.route = route.get(), .pathParameters = {}};
        const auto rank = fit(*route, method, segments, match.pathParameters);
        if (!rank || (best && bestRank <= *rank)) continue;
        best = std::move(match);
        bestRank = *rank;
    }
    if (!best && default_) best = HttpMatch{.route = default_, .pathParameters = {}};
    return best;
}

}  // namespace backlot::apigateway::http_apis
