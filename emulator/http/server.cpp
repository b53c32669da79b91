#include "emulator/http/server.h"

#include <sys/socket.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <list>
#include <stdexcept>

#include "emulator/http/session.h"

namespace backlot::http {

namespace net = boost::asio;
using boost::system::error_code;

struct Server::State : std::enable_shared_from_this<Server::State> {
    State(net::io_context& io, ServerOptions given, RequestHandler handler)
        : io(io), acceptor(io), sweeper(io), options(std::make_shared<const ServerOptions>(std::move(given))),
          handler(std::make_shared<const RequestHandler>(std::move(handler))) {}

    net::io_context& io;
    net::ip::tcp::acceptor acceptor;
    net::steady_timer sweeper;
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
        if (error) throw std::runtime_error("cannot listen on " + options->address + ":" + std::to_string(options->port) + ": " + error.message());
    }

    void accept() {
        acceptor.async_accept([self = shared_from_this()](error_code error, net::ip::tcp::socket socket) {
            if (self->stopped || error == net::error::operation_aborted) return;
            if (!error) self->take(std::move(socket));
            self->accept();   // any other error (no descriptors left) passes
        });
    }

    void take(net::ip::tcp::socket socket) {
        auto connection = std::make_shared<Connection>(std::move(socket));
        if (open >= options->connectionLimit) {
            static constexpr std::string_view kFull = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
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
            for (auto place = self->connections.begin(); place != self->connections.end();) {
                const auto connection = (place++)->lock();   // closing may end the session, and with it its place in the list
                if (!connection) continue;
                error_code ignored;
                if (connection->answering) {
                    char byte;
                    const auto n = ::recv(connection->socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
                    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK)) connection->client.reset();
                } else if (connection->deadline < now) {
                    connection->socket.close(ignored);
                }
            }
            self->sweep();
        });
    }

    void stopAccepting() {
        error_code ignored;
        stopped = true;
        acceptor.close(ignored);
        for (auto place = connections.begin(); place != connections.end();)
            if (const auto connection = (place++)->lock()) {
                connection->closing = true;
                if (!connection->answering) connection->socket.close(ignored);
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
