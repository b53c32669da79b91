#pragma once

#include <string>
#include <vector>

#include "emulator/base/json.h"
#include "emulator/base/reading.h"

namespace backlot {

/// The members of `request` that nobody looked at while `reading` was told: their paths ("Configuration.Rules.ID":
/// elements of lists have no number), sorted, each once. What is under a member that nobody asked for is not listed.
std::vector<std::string> unreadMembers(const Json& request, const Reading& reading);

}  // namespace backlot
