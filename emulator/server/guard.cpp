#include "emulator/server/guard.h"

#include <stdexcept>

namespace backlot::server {

std::map<std::string, std::string> guardEnvironment(const std::filesystem::path& folder, std::uint16_t port,
                                                    const std::string& preloaded) {
    const std::string library = (folder / "libbacklot-guard.so").string();
    if (!std::filesystem::exists(library))
        throw std::runtime_error("--offline needs " + library + ", which is not there");
    if (library.find_first_of(" :") != std::string::npos)
        throw std::runtime_error("--offline needs a path that the loader can read, without spaces and colons, not " +
                                 library);
    const std::string proxy = "http://127.0.0.1:" + std::to_string(port),
                      own = "localhost,.localhost,127.0.0.1,127.0.0.0/8,::1";
    return {{"LD_PRELOAD", library + (preloaded.empty() ? "" : ":" + preloaded)},
            {"BACKLOT_GUARD", std::to_string(port)},
            {"HTTP_PROXY", proxy},
            {"HTTPS_PROXY", proxy},
            {"ALL_PROXY", proxy},
            {"NO_PROXY", own},
            {"http_proxy", proxy},
            {"https_proxy", proxy},
            {"all_proxy", proxy},
            {"no_proxy", own}};
}

}  // namespace backlot::server
