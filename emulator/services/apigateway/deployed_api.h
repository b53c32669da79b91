#pragma once
// A deployment ready to answer requests: immutable, kept in memory for as long as the program runs.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/json.h"

namespace backlot::apigateway {

struct Route {
    std::string resourceId, path;
    std::vector<std::string> segments;    // "pets", "{id}", "{proxy+}"
    std::map<std::string, Json> methods;  // by name, "ANY" among them; as GetMethod answers them
};

struct RouteMatch {
    const Route* route = nullptr;
    const Json* method = nullptr;  // null: the path is there, the method is not
    std::vector<std::pair<std::string, std::string>>
        pathParameters;  // as they stand in the path, not decoded (recorded)
};

class DeployedApi {
public:
    /// Of the row that CreateDeployment stored.
    explicit DeployedApi(const Json& snapshot);

    /// A static segment goes before {name}, that before {name+}; resources without methods do not count.
    /// Nothing where no resource fits.
    std::optional<RouteMatch> match(std::string_view method, std::string_view path) const;
    /// Null where there is none of that id or type.
    const Json* authorizer(std::string_view id) const;
    const Json* gatewayResponse(std::string_view type) const;
    const Json* validator(std::string_view id) const;
    const Json* model(std::string_view name) const;
    const std::vector<std::string>& binaryMediaTypes() const { return binaryMediaTypes_; }
    const std::string& name() const { return name_; }

private:
    struct Branch {
        std::map<std::string, Branch, std::less<>> fixed;
        std::unique_ptr<Branch> variable, greedy;
        std::string variableName, greedyName;
        const Route* route = nullptr;
    };
    bool descend(const Branch& branch, const std::vector<std::string_view>& segments, std::size_t at,
                 std::string_view path, RouteMatch& match) const;

    std::vector<std::unique_ptr<Route>> routes_;
    Branch root_;
    std::map<std::string, Json, std::less<>> authorizers_, gatewayResponses_, validators_, models_;
    std::vector<std::string> binaryMediaTypes_;
    std::string name_;
};

}  // namespace backlot::apigateway
