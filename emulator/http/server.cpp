#include "emulator/http/server.h"

#include <sys/resource.h>
#include <sys/socket.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <algorithm>
#include <list>
#include <optional>
#include <stdexcept>

#include "emulator/http/session.h"

namespace backlot::http {

namespace net = boost::asio;
using boost::system::error_code;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t kSpareFiles = 256;  // descriptors left to functions, the store and the log
constexpr auto kBreath = 50ms;            // until an accept that failed is tried again

bool outOfDescriptors(const error_code& error) {
    return error == net::error::no_descriptors || error == boost::system::errc::too_many_files_open_in_system;
}

/// The limit, or less where this process may not open so many files. Raises the soft limit as far as it is allowed to.
std::size_t affordable(std::size_t connections) {
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return connections;
    const rlim_t wanted = std::min<rlim_t>(connections + kSpareFiles, files.rlim_max);
    if (files.rlim_cur < wanted) {
        files.rlim_cur = wanted;
        if (::setrlimit(RLIMIT_NOFILE, &files) != 0) ::getrlimit(RLIMIT_NOFILE, &files);
    }
    return std::min<std::size_t>(connections, std::max(files.rlim_cur, 2 * kSpareFiles) - kSpareFiles);
}

}  // namespace

struct Server::State : std::enable_shared_from_this<Server::State> {
    State(net::io_context& io, ServerOptions given, RequestHandler handler)
        : io(io),
          acceptor(io),
          sweeper(io),
          breath(io),
          limit(affordable(given.connectionLimit)),
          options(std::make_shared<const ServerOptions>(std::move(given))),
          handler(std::make_shared<const RequestHandler>(std::move(handler))) {}

    net::io_context& io;
    net::ip::tcp::acceptor acceptor;
    net::steady_timer sweeper, breath;
    std::size_t limit;
    std::shared_ptr<const ServerOptions> options;
    std::shared_ptr<const RequestHandler> handler;
    std::list<std::weak_ptr<Connection>> connections;
    std::size_t open = 0;
    bool stopped = false;

    void listen() {
        error_code error;
        const auto address = net::ip::make_address(options->address, error);
        if (error) throw std::runtime_error("'" + options->address + "' is no address to listen on");
        const net::ip::tcp::endpoint endpoint(address, options->port);
        acceptor.open(endpoint.protocol());
        acceptor.set_option(net::socket_base::reuse_address(true));
        acceptor.bind(endpoint, error);
        if (!error) acceptor.listen(1024, error);
        if (error)
            throw std::runtime_error("cannot listen on " + options->address + ":" + std::to_string(options->port) +
                                     ": " + error.message());
    }

    void accept() {
        acceptor.async_accept([self = shared_from_this()](error_code error, net::ip::tcp::socket socket) {
            if (self->stopped || error == net::error::operation_aborted) return;
            if (!error) self->take(std::move(socket));
            // Who waits in the queue makes the acceptor ready again at once: what failed needs room, or time.
            if (error && !(outOfDescriptors(error) && self->closeIdle())) return self->acceptLater();
            self->accept();
        });
    }

    void acceptLater() {
        breath.expires_after(kBreath);
        breath.async_wait([self = shared_from_this()](error_code error) {
            if (!error && !self->stopped) self->accept();
        });
    }

    /// How readily a connection makes room: 0 first; nothing where it is at work.
    static std::optional<int> idleness(const Connection& one) {
        using Phase = Connection::Phase;
        if (!one.socket.is_open()) return std::nullopt;
        if (one.phase == Phase::idle) return 0;
        if (one.phase == Phase::answering && !one.client) return 1;  // nobody is there to take the answer
        const bool stuck = one.phase == Phase::receiving && one.heard < std::chrono::steady_clock::now() - 1s;
        return stuck ? std::optional(2) : std::nullopt;
    }

    /// Closes the connection that has been idle for the longest time. False where each is at work.
    bool closeIdle() {
        std::shared_ptr<Connection> found;
        for (const auto& place : connections) {
            const auto one = place.lock();
            const auto rank = one ? idleness(*one) : std::nullopt;
            if (rank && (!found || std::pair(*rank, one->heard) < std::pair(*idleness(*found), found->heard)))
                found = one;
        }
        if (!found) return false;
        error_code ignored;
        found->socket.close(ignored);
        return true;
    }

    void take(net::ip::tcp::socket socket) {
        auto connection = std::make_shared<Connection>(std::move(socket));
        if (open >= limit && !closeIdle()) {
            static constexpr std::string_view kFull =
                "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            error_code ignored;
            net::write(connection->socket, net::buffer(kFull), ignored);
            return;
        }
        ++open;
        connections.push_back(connection);
        const auto place = std::prev(connections.end());
        auto ended = [self = shared_from_this(), place, connection](std::exception_ptr) {
            error_code ignored;
            connection->socket.close(ignored);
            self->connections.erase(place);
            --self->open;
        };
        net::co_spawn(io, serve(connection, options, handler), std::move(ended));
    }

    /// Closes connections past their deadline, and finds clients that have gone while they wait for an answer.
    void sweep() {
        sweeper.expires_after(std::chrono::seconds(1));
        sweeper.async_wait([self = shared_from_this()](error_code error) {
            if (error) return;
            const auto now = std::chrono::steady_clock::now();
            bool left = false;
            for (auto place = self->connections.begin(); place != self->connections.end();) {
                const auto connection =
                    (place++)->lock();  // closing may end the session, and with it its place in the list
                if (!connection) continue;
                error_code ignored;
                if (connection->phase == Connection::Phase::answering) {
                    char byte;
                    const auto n = ::recv(connection->socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
                    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK)) {
                        left = left || connection->client;
                        connection->client.reset();
                    }
                } else if (connection->deadline < now) {
                    connection->socket.close(ignored);
                }
            }
            if (left && self->options->onLeft) self->options->onLeft();
            self->sweep();
        });
    }

    void stopAccepting() {
        error_code ignored;
        stopped = true;
        acceptor.close(ignored);
        breath.cancel();
        for (auto place = connections.begin(); place != connections.end();)
            if (const auto connection = (place++)->lock()) {
                connection->closing = true;
                if (connection->phase != Connection::Phase::answering) connection->socket.close(ignored);
            }
    }
};

Server::Server(net::io_context& io, ServerOptions options, RequestHandler handler)
    : state_(std::make_shared<State>(io, std::move(options), std::move(handler))) {
    state_->listen();
    state_->accept();
    state_->sweep();
}

Server::~Server() {
    state_->stopAccepting();
    state_->sweeper.cancel();
    error_code ignored;
    for (auto place = state_->connections.begin(); place != state_->connections.end();)
        if (const auto connection = (place++)->lock()) connection->socket.close(ignored);
}

std::uint16_t Server::port() const { return state_->acceptor.local_endpoint().port(); }
std::size_t Server::connections() const { return state_->open; }
void Server::stopAccepting() { state_->stopAccepting(); }

}  // namespace backlot::http
