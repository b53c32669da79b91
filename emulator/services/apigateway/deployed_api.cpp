#include "emulator/services/apigateway/deployed_api.h"

#include "emulator/services/apigateway/rows.h"

namespace backlot::apigateway {

namespace {

/// "/a//b/" → "a", "", "b": inner empty segments count, a trailing slash does not.
std::vector<std::string_view> split(std::string_view path) {
    std::vector<std::string_view> segments;
    if (path.starts_with('/')) path.remove_prefix(1);
    if (path.ends_with('/')) path.remove_suffix(1);
    if (path.empty()) return segments;
    for (std::size_t at = 0;;) {
        const auto end = path.find('/', at);
        segments.push_back(path.substr(at, end - at));
        if (end == std::string_view::npos) return segments;
        at = end + 1;
    }
}

const Json* in(const std::map<std::string, Json, std::less<>>& map, std::string_view name) {
    const auto found = map.find(name);
    return found == map.end() ? nullptr : &found->second;
}

}  // namespace

DeployedApi::DeployedApi(const Json& snapshot) : name_(textOr(snapshot, "name")) {
    const Fields fields(snapshot);
    binaryMediaTypes_ = fields.texts("binaryMediaTypes");
    for (const auto* one : fields.items(kAuthorizer)) authorizers_.emplace(textOr(*one, "id"), copy(*one));
    for (const auto* one : fields.items(kGatewayResponse))
        gatewayResponses_.emplace(textOr(*one, "responseType"), copy(*one));
    for (const auto* one : fields.items(kValidator)) validators_.emplace(textOr(*one, "id"), copy(*one));
    for (const auto* one : fields.items(kModel)) models_.emplace(textOr(*one, "name"), copy(*one));
    for (const auto* resource : fields.items(kResource)) {
        const auto* methods = find(*resource, "resourceMethods");
        if (!methods || methods->ObjectEmpty()) continue;
        auto route = std::make_unique<Route>();
        route->resourceId = textOr(*resource, "id");
        route->path = textOr(*resource, "path");
        for (const auto& method : methods->GetObject()) route->methods.emplace(text(method.name), copy(method.value));
        Branch* branch = &root_;
        for (const auto segment : split(route->path)) {
            route->segments.emplace_back(segment);
            if (!segment.starts_with('{')) {
                branch = &branch->fixed[std::string(segment)];
                continue;
            }
            const bool greedy = segment.ends_with("+}");
            auto& next = greedy ? branch->greedy : branch->variable;
            if (!next) next = std::make_unique<Branch>();
            (greedy ? branch->greedyName : branch->variableName) = segment.substr(1, segment.size() - (greedy ? 3 : 2));
            branch = next.get();
        }
        branch->route = route.get();
        routes_.push_back(std::move(route));
    }
}

bool DeployedApi::descend(const Branch& branch, const std::vector<std::string_view>& segments, std::size_t at,
                          std::string_view path, RouteMatch& match) const {
    if (at == segments.size()) {
        match.route = branch.route;
        return branch.route != nullptr;
    }
    if (const auto fixed = branch.fixed.find(segments[at]);
        fixed != branch.fixed.end() && descend(fixed->second, segments, at + 1, path, match))
        return true;
    if (branch.variable && !segments[at].empty()) {
        match.pathParameters.emplace_back(branch.variableName, std::string(segments[at]));
        if (descend(*branch.variable, segments, at + 1, path, match)) return true;
        match.pathParameters.pop_back();
    }
    if (branch.greedy && branch.greedy->route) {
        const auto begin = static_cast<std::size_t>(segments[at].data() - path.data());
        std::string_view rest = path.substr(begin);
        if (rest.ends_with('/')) rest.remove_suffix(1);
        match.pathParameters.emplace_back(branch.greedyName, std::string(rest));
        match.route = branch.greedy->route;
        return true;
    }
    return false;
}

std::optional<RouteMatch> DeployedApi::match(std::string_view method, std::string_view path) const {
    RouteMatch result;
    if (!descend(root_, split(path), 0, path, result)) return std::nullopt;
    auto found = result.route->methods.find(std::string(method));
    if (found == result.route->methods.end()) found = result.route->methods.find("ANY");
    if (found != result.route->methods.end()) result.method = &found->second;
    return result;
}

const Json* DeployedApi::authorizer(std::string_view id) const { return in(authorizers_, id); }
const Json* DeployedApi::gatewayResponse(std::string_view type) const { return in(gatewayResponses_, type); }
const Json* DeployedApi::validator(std::string_view id) const { return in(validators_, id); }
const Json* DeployedApi::model(std::string_view name) const { return in(models_, name); }

}  // namespace backlot::apigateway
