#include "emulator/http/outside.h"

#include <unistd.h>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "emulator/http/server.h"

namespace backlot::http {
namespace {

namespace net = boost::asio;

class Timer : public Subscription {
public:
    Timer(net::io_context& io, std::chrono::milliseconds delay, std::function<void()> callback) : timer_(io, delay) {
        timer_.async_wait([callback = std::move(callback)](const boost::system::error_code& error) {
            if (!error) callback();
        });
    }

private:
    net::steady_timer timer_;
};

}  // namespace

AsioOutside::~AsioOutside() {
    if (helpers_) helpers_->join();
    if (patient_) patient_->join();
}

Listening AsioOutside::listen(std::uint16_t port, RequestHandler handler) {
    auto server = std::make_unique<Server>(io_, ServerOptions{.port = port}, std::move(handler));
    const auto bound = server->port();
    return {std::move(server), bound};
}

Held AsioOutside::after(std::chrono::milliseconds delay, std::function<void()> callback) {
    return std::make_unique<Timer>(io_, delay, std::move(callback));
}

void AsioOutside::offload(std::function<void()> work, std::function<void()> done) {
    run(helpers_, std::move(work), std::move(done));
}

void AsioOutside::offloadLong(std::function<void()> work, std::function<void()> done) {
    run(patient_, std::move(work), std::move(done));
}

void AsioOutside::run(Helpers& helpers, std::function<void()> work, std::function<void()> done) {
    if (!helpers) {
        helpers = std::make_unique<net::thread_pool>(1);
        net::post(*helpers,
                  [] { [[maybe_unused]] const int level = ::nice(5); });  // of this thread alone: the loop goes first
    }
    auto busy = net::make_work_guard(io_);
    net::post(*helpers, [this, work = std::move(work), done = std::move(done), busy = std::move(busy)]() mutable {
        work();
        net::post(io_, [done = std::move(done), busy = std::move(busy)] { done(); });
    });
}

}  // namespace backlot::http
