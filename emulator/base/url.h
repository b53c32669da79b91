#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace backlot {

/// An absolute URL of HTTP, taken apart; nothing is decoded.
struct Url {
    std::string scheme;  // "http" or "https"
    std::string host;    // an IPv6 address with its brackets
    std::string port;    // the scheme's own where none was given
    std::string target;  // path and query; at least "/"

    /// As the Host header has it: with the port where it is not the scheme's own.
    std::string authority() const;
    /// The host as it is looked up: an IPv6 address without its brackets.
    std::string address() const;
};

/// Nothing where the scheme is neither http nor https.
std::optional<Url> parseUrl(std::string_view url);

}  // namespace backlot
