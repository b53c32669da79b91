#pragma once

#include <string>
#include <string_view>

namespace backlot {

/// What keeps this row of the table of jobs from being one; empty where nothing does.
std::string problemOfJob(std::string_view key, std::string_view value);

}  // namespace backlot
