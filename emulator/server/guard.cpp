#include "emulator/server/guard.h"

#include <algorithm>
#include <stdexcept>

#include "emulator/cli/report.h"

namespace backlot::server {

std::map<std::string, std::string> guardEnvironment(const std::filesystem::path& folder, std::uint16_t port, const std::string& preloaded) {
    const std::string library = (folder / "libbacklot-guard.so").string();
    if (!std::filesystem::exists(library)) throw std::runtime_error("--offline needs " + library + ", which is not there");
    if (library.find_first_of(" :") != std::string::npos)
        throw std::runtime_error("--offline needs a path that the loader can read, without spaces and colons, not " + library);
    const std::string proxy = "http://127.0.0.1:" + std::to_string(port), own = "localhost,.localhost,127.0.0.1,127.0.0.0/8,::1";
    return {{"LD_PRELOAD", library + (preloaded.empty() ? "" : ":" + preloaded)},
            {"BACKLOT_GUARD", std::to_string(port)},
            {"HTTP_PROXY", proxy}, {"HTTPS_PROXY", proxy}, {"ALL_PROXY", proxy}, {"NO_PROXY", own},
            {"http_proxy", proxy}, {"https_proxy", proxy}, {"all_proxy", proxy}, {"no_proxy", own}};
}

std::vector<std::string> describe(const std::vector<http::Leak>& leaks) {
    struct Kind {
        http::Leak leak;
        std::size_t times = 0;
    };
    std::vector<Kind> kinds;
    for (const auto& leak : leaks) {
        const auto same = [&](const Kind& kind) { return kind.leak.to == leak.to && kind.leak.by == leak.by; };
        const auto known = std::find_if(kinds.begin(), kinds.end(), same);
        if (known == kinds.end()) kinds.push_back({leak, 1});
        else ++known->times;
    }
    Table table;
    for (const auto& kind : kinds) table.row({kind.leak.to, std::to_string(kind.times) + " ×", kind.leak.by});
    return table.lines();
}

}  // namespace backlot::server
