// libbacklot-guard.so: preloaded into what `backlot exec --offline` runs. A name that is looked up, an address that is
// connected or sent to: unless it is this machine's it is refused, and Backlot is told, whose port stands in
// BACKLOT_GUARD. It is told as a proxy is: by CONNECT, which it refuses and records. What makes its system calls itself
// (Go, static programs) does not come here; the proxy variables beside LD_PRELOAD are for them. No C++ library: the
// process may have another, or none.

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace {

constexpr int kRefused = ENETUNREACH;
constexpr timeval kPatience{2, 0};  // for Backlot to take the notice

template <typename Function>
Function* next(const char* name) {
    return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

bool endsWith(const char* text, const char* end) {
    const size_t size = strlen(text), endSize = strlen(end);
    return size >= endSize && strcasecmp(text + size - endSize, end) == 0;
}

/// True for what nobody outside is asked for: addresses, localhost and what is below it, this machine's own name.
bool isOwnName(const char* name) {
    in6_addr address;
    in_addr old;
    if (!name || !*name || strchr(name, ':') || inet_pton(AF_INET6, name, &address) == 1 || inet_aton(name, &old))
        return true;
    if (strcasecmp(name, "localhost") == 0 || endsWith(name, ".localhost")) return true;
    char host[256] = "";
    return gethostname(host, sizeof host - 1) == 0 && strcasecmp(name, host) == 0;
}

bool isOwnAddress(const sockaddr* address, socklen_t size) {
    if (!address || size < sizeof(sa_family_t)) return true;
    if (address->sa_family == AF_INET && size >= sizeof(sockaddr_in)) {
        const in_addr_t ip = ntohl(reinterpret_cast<const sockaddr_in*>(address)->sin_addr.s_addr);
        return ip >> 24 == 127 || ip == INADDR_ANY;
    }
    if (address->sa_family == AF_INET6 && size >= sizeof(sockaddr_in6)) {
        const in6_addr& ip = reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr;
        if (IN6_IS_ADDR_V4MAPPED(&ip)) return ip.s6_addr[12] == 127 || memcmp(ip.s6_addr + 12, "\0\0\0\0", 4) == 0;
        return IN6_IS_ADDR_LOOPBACK(&ip) || IN6_IS_ADDR_UNSPECIFIED(&ip);
    }
    return true;  // Unix sockets, netlink
}

/// Tells Backlot, and waits until it knows: this process may end next.
void tell(const char* where, const char* port, const char* call) {
    const char* guard = getenv("BACKLOT_GUARD");
    if (!guard) return;
    const int before = errno;
    char text[1024], name[512];
    size_t size = 0;
    for (; where[size] && size < sizeof name - 1; ++size)
        name[size] = strchr(" \r\n\t/", where[size]) ? '?' : where[size];
    name[size] = '\0';
    const int length =
        snprintf(text, sizeof text, "CONNECT %s%s%s HTTP/1.1\r\nHost: localhost\r\nX-Backlot-Guard: %s, %s\r\n\r\n",
                 name, port && *port ? ":" : "", port ? port : "", program_invocation_short_name, call);
    sockaddr_in backlot{};
    backlot.sin_family = AF_INET;
    backlot.sin_port = htons(static_cast<in_port_t>(atoi(guard)));
    backlot.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int line = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (line >= 0) {
        setsockopt(line, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
        const bool open =
            next<decltype(connect)>("connect")(line, reinterpret_cast<sockaddr*>(&backlot), sizeof backlot) == 0;
        if (open && send(line, text, static_cast<size_t>(length), MSG_NOSIGNAL) == length)
            (void)!recv(line, text, sizeof text, 0);
        close(line);
    }
    errno = before;
}

void tell(const sockaddr* address, const char* call) {
    const bool old = address->sa_family == AF_INET;
    const auto* four = reinterpret_cast<const sockaddr_in*>(address);
    const auto* six = reinterpret_cast<const sockaddr_in6*>(address);
    char ip[INET6_ADDRSTRLEN], where[INET6_ADDRSTRLEN + 2], port[8];
    inet_ntop(address->sa_family, old ? static_cast<const void*>(&four->sin_addr) : &six->sin6_addr, ip, sizeof ip);
    snprintf(where, sizeof where, old ? "%s" : "[%s]", ip);
    snprintf(port, sizeof port, "%u", ntohs(old ? four->sin_port : six->sin6_port));
    tell(where, port, call);
}

/// True where the call may not be made; errno says why.
bool isRefused(const sockaddr* address, socklen_t size, const char* call) {
    if (isOwnAddress(address, size)) return false;
    tell(address, call);
    errno = kRefused;
    return true;
}

bool isRefused(const char* name, const char* call) {
    if (isOwnName(name)) return false;
    tell(name, "", call);
    return true;
}

}  // namespace

#define EXPORTED extern "C" __attribute__((visibility("default")))

EXPORTED int getaddrinfo(const char* name, const char* service, const addrinfo* hints, addrinfo** result) {
    if (!isOwnName(name)) {
        tell(name, service, "getaddrinfo");
        return EAI_NONAME;
    }
    return next<decltype(getaddrinfo)>("getaddrinfo")(name, service, hints, result);
}

EXPORTED hostent* gethostbyname(const char* name) {
    if (isRefused(name, "gethostbyname")) return h_errno = HOST_NOT_FOUND, nullptr;
    return next<decltype(gethostbyname)>("gethostbyname")(name);
}

EXPORTED hostent* gethostbyname2(const char* name, int family) {
    if (isRefused(name, "gethostbyname2")) return h_errno = HOST_NOT_FOUND, nullptr;
    return next<decltype(gethostbyname2)>("gethostbyname2")(name, family);
}

EXPORTED int gethostbyname_r(const char* name, hostent* entry, char* buffer, size_t size, hostent** result,
                             int* error) {
    if (isRefused(name, "gethostbyname_r")) return *result = nullptr, *error = HOST_NOT_FOUND, 0;
    return next<decltype(gethostbyname_r)>("gethostbyname_r")(name, entry, buffer, size, result, error);
}

EXPORTED int gethostbyname2_r(const char* name, int family, hostent* entry, char* buffer, size_t size, hostent** result,
                              int* error) {
    if (isRefused(name, "gethostbyname2_r")) return *result = nullptr, *error = HOST_NOT_FOUND, 0;
    return next<decltype(gethostbyname2_r)>("gethostbyname2_r")(name, family, entry, buffer, size, result, error);
}

EXPORTED int connect(int file, const sockaddr* address, socklen_t size) {
    if (isRefused(address, size, "connect")) return -1;
    return next<decltype(connect)>("connect")(file, address, size);
}

EXPORTED ssize_t sendto(int file, const void* data, size_t length, int flags, const sockaddr* address, socklen_t size) {
    if (isRefused(address, size, "sendto")) return -1;
    return next<decltype(sendto)>("sendto")(file, data, length, flags, address, size);
}

EXPORTED ssize_t sendmsg(int file, const msghdr* message, int flags) {
    if (message && isRefused(static_cast<const sockaddr*>(message->msg_name), message->msg_namelen, "sendmsg"))
        return -1;
    return next<decltype(sendmsg)>("sendmsg")(file, message, flags);
}

EXPORTED int sendmmsg(int file, mmsghdr* messages, unsigned count, int flags) {
    for (unsigned i = 0; i < count; ++i)
        if (isRefused(static_cast<const sockaddr*>(messages[i].msg_hdr.msg_name), messages[i].msg_hdr.msg_namelen,
                      "sendmmsg"))
            return -1;
    return next<decltype(sendmmsg)>("sendmmsg")(file, messages, count, flags);
}
