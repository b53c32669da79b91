#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <memory>

#include "emulator/http/server.h"

namespace backlot::http {

/// What the server's sweep looks at, once a second, in place of a timer a request.
struct Connection {
    enum class Phase {
        idle,  // nothing of a request has come
        receiving,
        answering,  // a handler is at work: a deadline does not count, a close does
        sending,
    };
    explicit Connection(boost::asio::ip::tcp::socket socket) : socket(std::move(socket)) {}
    boost::asio::ip::tcp::socket socket;
    std::chrono::steady_clock::time_point deadline;                                  // closed when it has passed
    std::chrono::steady_clock::time_point heard = std::chrono::steady_clock::now();  // when bytes last came or went
    Phase phase = Phase::idle;
    std::shared_ptr<int> client;  // lives while somebody is there to take the answer
    bool closing = false;         // close after the present answer
};

/// Serves one connection until either side closes it.
boost::asio::awaitable<void> serve(std::shared_ptr<Connection> connection, std::shared_ptr<const ServerOptions> options,
                                   std::shared_ptr<const RequestHandler> handler);

}  // namespace backlot::http
