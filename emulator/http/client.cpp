#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <stdexcept>

#include "emulator/http/addresses.h"
#include "emulator/http/outside.h"

namespace backlot::http {
namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;

constexpr std::size_t kAnswerLimitBytes = 32 * 1024 * 1024;

struct Url {
    std::string host, port, target;
};

Url parseUrl(std::string_view url) {
    if (!url.starts_with("http://")) throw std::runtime_error("only http:// is served: " + std::string(url));
    url.remove_prefix(7);
    const auto slash = std::min(url.find_first_of("/?"), url.size());
    auto authority = url.substr(0, slash);
    Url result{.target = std::string(url.substr(slash))};
    if (!result.target.starts_with('/')) result.target.insert(0, "/");
    const auto colon = authority.rfind(':');
    const bool hasPort = colon != std::string_view::npos && authority.find(']', colon) == std::string_view::npos;
    result.port = hasPort ? std::string(authority.substr(colon + 1)) : "80";
    if (hasPort) authority = authority.substr(0, colon);
    result.host = authority;
    return result;
}

/// No redirect is followed, no connection kept.
net::awaitable<Response> exchange(net::io_context& io, std::string url, Request request,
                                  std::chrono::milliseconds limit) {
    const Url target = parseUrl(url);
    net::ip::tcp::resolver resolver(io);
    const std::string host = target.host == "[::1]" ? "::1" : target.host;
    const auto endpoints = co_await resolver.async_resolve(host, target.port, net::use_awaitable);
    beast::tcp_stream stream(io);
    stream.expires_after(limit);
    co_await stream.async_connect(endpoints, net::use_awaitable);
    stream.socket().set_option(net::ip::tcp::no_delay(true));

    bhttp::request<bhttp::string_body> message;
    message.method_string(request.method);
    message.target(target.target);
    message.version(11);
    message.set(bhttp::field::host, target.port == "80" ? target.host : target.host + ":" + target.port);
    for (const auto& [name, value] : request.headers) message.insert(name, value);
    message.body() = std::move(request.body);
    message.keep_alive(false);
    message.prepare_payload();
    co_await bhttp::async_write(stream, message, net::use_awaitable);

    beast::flat_buffer buffer;
    bhttp::response_parser<bhttp::string_body> parser;
    parser.body_limit(kAnswerLimitBytes);
    co_await bhttp::async_read(stream, buffer, parser, net::use_awaitable);
    Response response;
    response.status = static_cast<int>(parser.get().result_int());
    for (const auto& field : parser.get()) response.headers.add(field.name_string(), field.value());
    response.body = std::move(parser.get().body());
    co_return response;
}

bool isOnThisMachine(const std::string& host) {
    return host == "localhost" || host == "[::1]" || host.ends_with(".localhost") || isLoopback(host);
}

}  // namespace

void AsioOutside::fetch(const std::string& url, Request request, std::chrono::milliseconds limit,
                        std::function<void(std::optional<Response>)> done) {
    if (onLeak && url.starts_with("http://") && !isOnThisMachine(parseUrl(url).host)) {
        onLeak(url);
        return net::post(io_, [done = std::move(done)] { done(std::nullopt); });
    }
    auto completion = [done = std::move(done)](std::exception_ptr failure, Response response) {
        if (failure)
            done(std::nullopt);
        else
            done(std::move(response));
    };
    net::co_spawn(io_, exchange(io_, url, std::move(request), limit), std::move(completion));
}

}  // namespace backlot::http
