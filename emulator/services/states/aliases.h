#pragma once

#include <optional>
#include <string>
#include <vector>

#include "emulator/world/call.h"

namespace backlot::states {

/// A name for one version, or for two between which executions are divided by weight.
struct Alias {
    struct Route {
        std::string versionArn;
        std::int64_t weight = 0;  // per cent
    };
    std::string arn, machineArn, name, description;
    std::vector<Route> routes;
    Time createdAt, updatedAt;
};

std::optional<Alias> findAlias(Call& call, const std::string& machineArn, std::string_view name);
/// The version that the next execution runs, by the world's dice.
std::string chooseVersion(Call& call, const Alias& alias);
/// The names of the aliases with a route to the version.
std::vector<std::string> aliasesRoutingTo(Call& call, const std::string& machineArn, const std::string& versionArn);
void eraseAliases(Call& call, const std::string& machineArn);

Json createStateMachineAlias(Call& call, const Fields& request);
Json describeStateMachineAlias(Call& call, const Fields& request);
Json updateStateMachineAlias(Call& call, const Fields& request);
Json deleteStateMachineAlias(Call& call, const Fields& request);
Json listStateMachineAliases(Call& call, const Fields& request);

}  // namespace backlot::states
