#include "emulator/http/blocking_client.h"

#include "emulator/http/outside.h"

namespace backlot::http {

std::optional<Response> fetchNow(const std::string& url, Request request, std::chrono::milliseconds limit) {
    boost::asio::io_context io;
    std::optional<Response> answer;
    AsioOutside outside(io);
    outside.fetch(url, std::move(request), limit, [&](std::optional<Response> came) { answer = std::move(came); });
    io.run();
    return answer;
}

}  // namespace backlot::http
