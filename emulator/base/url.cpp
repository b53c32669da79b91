#include "emulator/base/url.h"

#include <algorithm>

namespace backlot {
namespace {

const char* portOf(std::string_view scheme) { return scheme == "https" ? "443" : "80"; }

}  // namespace

std::string Url::authority() const { return port == portOf(scheme) ? host : host + ":" + port; }

std::string Url::address() const { return host.starts_with('[') ? host.substr(1, host.find(']') - 1) : host; }

std::optional<Url> parseUrl(std::string_view url) {
    const auto colon = url.find("://");
    if (colon == std::string_view::npos) return std::nullopt;
    Url result{.scheme = std::string(url.substr(0, colon)), .host = {}, .port = {}, .target = {}};
    if (result.scheme != "http" && result.scheme != "https") return std::nullopt;
    url.remove_prefix(colon + 3);
    const auto end = std::min(url.find_first_of("/?"), url.size());
    const auto authority = url.substr(0, end);
    const auto port = authority.rfind(':');
    const bool hasPort = port != std::string_view::npos && authority.find(']', port) == std::string_view::npos;
    result.host = authority.substr(0, hasPort ? port : authority.size());
    result.port = hasPort ? std::string(authority.substr(port + 1)) : portOf(result.scheme);
    result.target = url.substr(end);
    if (!result.target.starts_with('/')) result.target.insert(0, "/");
    return result;
}

}  // namespace backlot
