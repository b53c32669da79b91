#pragma once

#include <optional>
#include <string>

#include "emulator/world/call.h"

namespace backlot::states {

/// A revision under a number that does not move: "…:stateMachine:checkout:3".
struct Version {
    std::string arn, machineArn, revision, description;
    std::uint64_t number = 0;
    Time createdAt;
};

/// Whether what follows a machine's ARN is a version's number, not an alias's name.
bool isVersionNumber(std::string_view qualifier);
std::optional<Version> findVersion(Call& call, const std::string& versionArn);
/// Publishes the machine's present revision; gives the latest version again where it is of that revision already.
Version publishVersion(Call& call, const std::string& machineArn, const std::optional<std::string>& description);
void eraseVersions(Call& call, const std::string& machineArn);

/// Throws ConflictException where revisionId is not the present one.
Json publishStateMachineVersion(Call& call, const Fields& request);
Json listStateMachineVersions(Call& call, const Fields& request);
/// Throws ConflictException where an alias routes to the version.
Json deleteStateMachineVersion(Call& call, const Fields& request);

}  // namespace backlot::states
