#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <memory>
#include <string>
#include <vector>

#include "emulator/base/outside.h"
#include "emulator/http/sandbox.h"

namespace backlot::http {

/// Outside over Boost.Asio: everything on the io_context's thread but offloaded work.
class AsioOutside : public Outside {
public:
    explicit AsioOutside(boost::asio::io_context& io) : io_(io) {}
    ~AsioOutside() override;
    Listening listen(std::uint16_t port, RequestHandler handler) override;
    void fetch(const std::string& url, Request request, std::chrono::milliseconds limit,
               std::function<void(std::optional<Response>)> done) override;
    std::unique_ptr<Process> spawn(ProcessSpec spec) override;
    /// Whether the connection from `peer` (Request::peer) to our `port` is that of a process that we started, or may
    /// be.
    bool mayBeOurChilds(const std::string& peer, std::uint16_t port);
    bool ownFileSystem() override { return sandbox_.namespaces(); }
    Held after(std::chrono::milliseconds delay, std::function<void()> callback) override;
    void offload(std::function<void()> work, std::function<void()> done) override;
    /// The same for what takes seconds (copies of the whole data): one after the other, and what is short does not wait
    /// for it.
    void offloadLong(std::function<void()> work, std::function<void()> done);
    /// Where set, nothing is fetched from another machine; it is told of each try.
    std::function<void(const std::string& url)> onLeak;

private:
    using Helpers = std::unique_ptr<boost::asio::thread_pool>;
    void run(Helpers& helpers, std::function<void()> work, std::function<void()> done);
    boost::asio::io_context& io_;
    Sandbox sandbox_;
    std::vector<std::weak_ptr<void>> children_;
    Helpers helpers_, patient_;  // made at first use: a start-up without them is quicker
};

}  // namespace backlot::http
