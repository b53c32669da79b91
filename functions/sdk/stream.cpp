#include "functions/sdk/stream.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "functions/sdk/errors.h"

namespace backlot::sdk {
namespace {

[[noreturn]] void fail(const std::string& what) { throw ConnectionError(what + ": " + std::strerror(errno)); }

struct Address {
    sockaddr_storage storage{};
    socklen_t size = 0;
};

Address resolve(const std::string& host, const std::string& port) {
    Address address;
    auto* v4 = reinterpret_cast<sockaddr_in*>(&address.storage);
    if (inet_pton(AF_INET, host.c_str(), &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons(static_cast<std::uint16_t>(std::stoi(port)));
        address.size = sizeof(sockaddr_in);
        return address;
    }
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (const int error = getaddrinfo(host.c_str(), port.c_str(), &hints, &found))
        throw ConnectionError("cannot resolve " + host + ": " + gai_strerror(error));
    std::memcpy(&address.storage, found->ai_addr, found->ai_addrlen);
    address.size = found->ai_addrlen;
    freeaddrinfo(found);
    return address;
}

}  // namespace

TcpStream::TcpStream(const std::string& host, const std::string& port, Deadline deadline) {
    const auto address = resolve(host, port);
    fd_ = socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd_ < 0) fail("socket");
    try {
        const int on = 1;
        setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (connect(fd_, reinterpret_cast<const sockaddr*>(&address.storage), address.size) != 0) {
            if (errno != EINPROGRESS) fail("connect to " + host + ":" + port);
            await(true, deadline);
            int error = 0;
            socklen_t size = sizeof error;
            getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size);
            if ((errno = error)) fail("connect to " + host + ":" + port);
        }
    } catch (...) {
        close(fd_);
        throw;
    }
}

TcpStream::~TcpStream() { close(fd_); }

void TcpStream::await(bool toWrite, Deadline deadline) const {
    using namespace std::chrono;
    for (;;) {
        int timeout = -1;
        if (deadline != kNoDeadline) {
            const auto left = ceil<milliseconds>(deadline - steady_clock::now()).count();
            if (left <= 0) throw TimeoutError("timed out");
            timeout = static_cast<int>(std::min<long long>(left, 3'600'000));
        }
        pollfd entry{fd_, static_cast<short>(toWrite ? POLLOUT : POLLIN), 0};
        const int ready = poll(&entry, 1, timeout);
        if (ready > 0) return;
        if (ready < 0 && errno != EINTR) fail("poll");
    }
}

std::size_t TcpStream::read(char* into, std::size_t limit, Deadline deadline) {
    for (;;) {
        const auto count = recv(fd_, into, limit, 0);
        if (count >= 0) return static_cast<std::size_t>(count);
        if (errno == EAGAIN || errno == EWOULDBLOCK)
            await(false, deadline);
        else if (errno != EINTR)
            fail("recv");
    }
}

void TcpStream::write(std::string_view bytes, Deadline deadline) {
    while (!bytes.empty()) {
        const auto count = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count >= 0)
            bytes.remove_prefix(static_cast<std::size_t>(count));
        else if (errno == EAGAIN || errno == EWOULDBLOCK)
            await(true, deadline);
        else if (errno != EINTR)
            fail("send");
    }
}

}  // namespace backlot::sdk
