#pragma once

#include <string>
#include <vector>

namespace backlot::http {

/// True for 127.0.0.0/8 and ::1; false for what is no address.
bool isLoopback(const std::string& address);

/// As it stands in a URL or a Host header: IPv6 in brackets.
std::string asHost(const std::string& address);

/// How a client may name a server that listens on `address` in its Host header: by that address, or where it is 0.0.0.0
/// or :: by any that this machine's interfaces have.
std::vector<std::string> addressesOf(const std::string& address);

}  // namespace backlot::http
