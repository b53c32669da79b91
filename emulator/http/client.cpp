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

#include "emulator/base/url.h"
#include "emulator/http/addresses.h"
#include "emulator/http/outside.h"

namespace backlot::http {
namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;

constexpr std::size_t kAnswerLimitBytes = 32 * 1024 * 1024;

Url plainUrl(std::string_view text) {
    auto url = parseUrl(text);
    if (!url || url->scheme != "http") throw std::runtime_error("only http:// is served: " + std::string(text));
    return *std::move(url);
}

/// No redirect is followed, no connection kept.
net::awaitable<Response> exchange(net::io_context& io, std::string url, Request request,
                                  std::chrono::milliseconds limit) {
    const Url target = plainUrl(url);
    net::ip::tcp::resolver resolver(io);
    const std::string host = target.address();
    const auto endpoints = co_await resolver.async_resolve(host, target.port, net::use_awaitable);
    beast::tcp_stream stream(io);
    stream.expires_after(limit);
    co_await stream.async_connect(endpoints, net::use_awaitable);
    stream.socket().set_option(net::ip::tcp::no_delay(true));

    bhttp::request<bhttp::string_body> message;
    message.method_string(request.method);
    message.target(target.target);
    message.version(11);
    message.set(bhttp::field::host, target.authority());
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
    if (onLeak && url.starts_with("http://") && !isOnThisMachine(plainUrl(url).host)) {
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
