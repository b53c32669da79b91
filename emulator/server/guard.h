#pragma once
// What keeps programs from other machines: a library that is preloaded into them, and the variables of a proxy for those that it
// does not reach. Both lead to Backlot, which refuses and records.

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "emulator/http/gate.h"

namespace backlot::server {

/// The variables of a guarded program; `port` is Backlot's, `folder` holds libbacklot-guard.so. What the program preloads
/// already (`preloaded`) stays. Throws std::runtime_error where the library is missing, or cannot be named to the loader.
std::map<std::string, std::string> guardEnvironment(const std::filesystem::path& folder, std::uint16_t port,
                                                    const std::string& preloaded = {});

/// "api.stripe.com:443  2 ×  node, getaddrinfo": each once, in the order they came.
std::vector<std::string> describe(const std::vector<http::Leak>& leaks);

}  // namespace backlot::server
