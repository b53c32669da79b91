#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "emulator/base/outside.h"
#include "emulator/http/gate.h"

namespace backlot::http {

struct ServerOptions {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;  // 0: a free one
    GateOptions gate;
    std::size_t headLimitBytes = 64 * 1024;
    std::size_t bodyLimitBytes = 16 * 1024 * 1024;
    std::size_t connectionLimit = 4096;  // then the one that is idle longest makes room; where none is: 503
    std::chrono::seconds headLimit{10};  // from a request's first byte to the end of its head
    std::chrono::seconds bodyLimit{60};
    std::chrono::seconds idleLimit{65};  // of a kept-alive connection
    std::function<void()> onLeft = {};   // clients went away while they waited for answers
};

/// Serves HTTP/1.1 on the io_context's thread. `handler` gets what passed the gate.
class Server : public Subscription {
public:
    /// Throws std::runtime_error where the address is taken.
    Server(boost::asio::io_context& io, ServerOptions options, RequestHandler handler);
    ~Server() override;
    std::uint16_t port() const;
    std::size_t connections() const;
    /// Takes no new connections and closes each one once its present request is answered.
    void stopAccepting();

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace backlot::http
