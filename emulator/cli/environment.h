#pragma once

#include <map>
#include <string>
#include <vector>

namespace backlot::cli {

/// Lines that a shell ("bash", "fish", "pwsh"), a .env file ("dotenv") or $GITHUB_ENV ("github") reads to set and unset
/// variables. Throws CommandError for another name.
std::vector<std::string> environmentLines(const std::string& shell, const std::map<std::string, std::string>& variables,
                                          const std::vector<std::string>& unset);

}  // namespace backlot::cli
