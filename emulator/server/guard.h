#pragma once
// What keeps programs from other machines: a library that is preloaded into them, and the variables of a proxy for
// those that it does not reach. Both lead to Backlot, which refuses and records.

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

namespace backlot::server {

/// The variables of a guarded program; `port` is Backlot's, `folder` holds libbacklot-guard.so. What the program
/// preloads already (`preloaded`) stays. Throws std::runtime_error where the library is missing, or cannot be named to
/// the loader.
std::map<std::string, std::string> guardEnvironment(const std::filesystem::path& folder, std::uint16_t port,
                                                    const std::string& preloaded = {});

}  // namespace backlot::server
