#include "emulator/http/addresses.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>

#include <boost/asio/ip/address.hpp>

namespace backlot::http {

std::string asHost(const std::string& address) {
    return address.find(':') == std::string::npos ? address : "[" + address + "]";
}

bool isLoopback(const std::string& address) {
    boost::system::error_code error;
    const auto parsed = boost::asio::ip::make_address(address, error);
    return !error && parsed.is_loopback();
}

std::vector<std::string> addressesOf(const std::string& address) {
    if (address != "0.0.0.0" && address != "::") return {asHost(address)};
    std::vector<std::string> found;
    ifaddrs* list = nullptr;
    if (::getifaddrs(&list) != 0) return found;
    for (const ifaddrs* one = list; one; one = one->ifa_next) {
        char text[INET6_ADDRSTRLEN];
        if (!one->ifa_addr) continue;
        const int family = one->ifa_addr->sa_family;
        const void* bytes = nullptr;
        if (family == AF_INET) bytes = &reinterpret_cast<const sockaddr_in*>(one->ifa_addr)->sin_addr;
        if (family == AF_INET6) bytes = &reinterpret_cast<const sockaddr_in6*>(one->ifa_addr)->sin6_addr;
        if (bytes && ::inet_ntop(family, bytes, text, sizeof text)) found.push_back(asHost(text));
    }
    ::freeifaddrs(list);
    return found;
}

}  // namespace backlot::http
