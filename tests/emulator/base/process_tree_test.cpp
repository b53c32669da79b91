#include "emulator/base/process_tree.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <utility>

using namespace backlot;

namespace {

/// A connection of this process to itself.
struct Connection {
    int listener = ::socket(AF_INET, SOCK_STREAM, 0), client = ::socket(AF_INET, SOCK_STREAM, 0), accepted = -1;
    std::string peer;  // of the accepted end
    std::uint16_t port = 0;
    Connection() {
        sockaddr_in address{};
        socklen_t size = sizeof address;
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const auto plain = reinterpret_cast<sockaddr*>(&address);
        REQUIRE(::bind(listener, plain, size) == 0);
        REQUIRE(::listen(listener, 1) == 0);
        REQUIRE(::getsockname(listener, plain, &size) == 0);
        port = ntohs(address.sin_port);
        REQUIRE(::connect(client, plain, size) == 0);
        accepted = ::accept(listener, plain, &size);
        peer = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    }
    ~Connection() {
        for (const int file : {listener, client, accepted})
            if (file >= 0) ::close(file);
    }
};

}  // namespace

TEST_CASE("the processes of a tree are found, those started by its children too") {
    int pipe[2];
    REQUIRE(::pipe(pipe) == 0);
    const int child = ::fork();
    if (child == 0) {
        const int grandchild = ::fork();
        if (grandchild == 0) ::pause();
        if (::write(pipe[1], &grandchild, sizeof grandchild) < 0) ::_exit(1);
        ::pause();
    }
    int grandchild = 0;
    REQUIRE(::read(pipe[0], &grandchild, sizeof grandchild) == sizeof grandchild);
    const auto found = processesOf(::getpid(), 100);
    CHECK(found.front() == ::getpid());
    CHECK(std::count(found.begin(), found.end(), child) == 1);
    CHECK(std::count(found.begin(), found.end(), grandchild) == 1);
    CHECK(processesOf(::getpid(), 2).size() == 2);
    CHECK(processesOf(::getpid(), 100, Threads::first) == found);  // there is but the one
    ::kill(grandchild, SIGKILL);
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    ::close(pipe[0]);
    ::close(pipe[1]);
}

TEST_CASE("whose a connection is is seen from its address") {
    Connection connection;
    CHECK(ownerOf(connection.peer, connection.port, {::getpid()}) == PeerOwner::oneOfThem);
    CHECK(ownerOf(connection.peer, connection.port, {}) == PeerOwner::somebodyElse);
    ::close(std::exchange(connection.client, -1));
    CHECK(ownerOf(connection.peer, connection.port, {::getpid()}) == PeerOwner::unknown);
    CHECK(ownerOf("192.0.2.1:80", connection.port, {::getpid()}) == PeerOwner::unknown);
    CHECK(ownerOf("", connection.port, {::getpid()}) == PeerOwner::unknown);
}
