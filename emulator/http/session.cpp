#include "emulator/http/session.h"

#include <algorithm>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "emulator/base/time.h"

namespace backlot::http {
namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
using boost::system::error_code;
using Phase = Connection::Phase;
using Parser = bhttp::request_parser<bhttp::string_body>;

constexpr auto kQuiet = net::as_tuple(net::use_awaitable);

Request plain(bhttp::request<bhttp::string_body>&& message) {
    Request request;
    request.method = std::string(message.method_string());
    request.target = std::string(message.target());
    request.headers.reserve(16);
    for (const auto& field : message) request.headers.add(field.name_string(), field.value());
    request.body = std::move(message.body());
    return request;
}

bool mayHaveBody(int status) { return status >= 200 && status != 204 && status != 304; }

std::string wire(const Response& response, bool keepAlive, bool head) {
    std::string out;
    out.reserve(256 + response.body.size());
    out.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
    const auto reason = bhttp::obsolete_reason(bhttp::int_to_status(static_cast<unsigned>(response.status)));
    out.append(reason.data(), reason.size()).append("\r\n");
    for (const auto& [name, value] : response.headers) {
        if (std::any_of(value.begin(), value.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; }))
            continue;  // no header may smuggle another
        out.append(name).append(": ").append(value).append("\r\n");
    }
    if (!response.headers.has("Date")) out.append("Date: ").append(httpDate(wallClock())).append("\r\n");
    if (mayHaveBody(response.status) && !response.headers.has("Content-Length"))
        out.append("Content-Length: ").append(std::to_string(response.body.size())).append("\r\n");
    if (!keepAlive) out.append("Connection: close\r\n");
    out.append("\r\n");
    if (!head && mayHaveBody(response.status)) out.append(response.body);
    return out;
}

Response malformed(const error_code& error) {
    int status = 400;
    if (error == bhttp::error::header_limit) status = 431;
    if (error == bhttp::error::body_limit) status = 413;
    return {.status = status, .headers = {{"Content-Type", "text/plain"}}, .body = "", .close = true};
}

/// What the parser lets through and a proxy might read in another way.
bool isAmbiguous(const bhttp::request<bhttp::string_body>& message) {
    std::size_t lengths = 0, encodings = 0;
    for (const auto& field : message) {
        if (field.name() == bhttp::field::content_length) ++lengths;
        if (field.name() == bhttp::field::transfer_encoding) {
            ++encodings;
            if (!beast::iequals(field.value(), "chunked")) return true;
        }
    }
    return lengths > 1 || encodings > 1 || (lengths && encodings);
}

/// A header that goes on in the next line: obsolete, and read in two ways by two programs (RFC 9112, 5.2). `unread` is
/// what the parser has not taken yet: until the head is whole, all of it.
bool isFolded(std::string_view unread) {
    const auto head = unread.substr(0, unread.find("\r\n\r\n"));
    for (auto end = head.find("\r\n"); end != std::string_view::npos; end = head.find("\r\n", end + 2)) {
        if (end + 2 < head.size() && (head[end + 2] == ' ' || head[end + 2] == '\t')) return true;
    }
    return false;
}

}  // namespace

net::awaitable<void> serve(std::shared_ptr<Connection> connection, std::shared_ptr<const ServerOptions> options,
                           std::shared_ptr<const RequestHandler> handler) {
    const auto clock = [] { return std::chrono::steady_clock::now(); };
    auto& socket = connection->socket;
    beast::flat_buffer buffer;
    error_code ignored;
    socket.set_option(net::ip::tcp::no_delay(true), ignored);  // without it every answer could wait 40 ms for an ACK
    const auto endpoint = socket.remote_endpoint(ignored);
    const std::string peer = endpoint.address().to_string() + ":" + std::to_string(endpoint.port());
    connection->client = std::make_shared<int>(0);

    for (bool keepAlive = true; keepAlive && !connection->closing;) {
        Parser parser;
        parser.header_limit(static_cast<std::uint32_t>(options->headLimitBytes));
        parser.body_limit(options->bodyLimitBytes);
        parser.eager(true);
        error_code error;
        bool continued = false;
        connection->deadline = clock() + options->idleLimit;
        connection->phase = buffer.size() > 0 ? Phase::receiving : Phase::idle;
        while (!parser.is_done() && !error) {
            if (buffer.size() > 0) {
                const std::string_view unread(static_cast<const char*>(buffer.data().data()), buffer.size());
                const bool folded = !parser.is_header_done() && isFolded(unread);
                buffer.consume(parser.put(buffer.data(), error));
                if (error == bhttp::error::need_more) error = {};
                if (!error && folded) error = bhttp::error::bad_field;
                if (error || parser.is_done()) break;
            }
            if (parser.is_header_done() && !continued && parser.get()[bhttp::field::expect] == "100-continue") {
                continued = true;
                static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
                const auto sent = co_await net::async_write(socket, net::buffer(kContinue), kQuiet);
                if (std::get<0>(sent)) co_return;
            }
            if (parser.got_some())
                connection->deadline =
                    std::min(connection->deadline,
                             clock() + (parser.is_header_done() ? options->bodyLimit : options->headLimit));
            const auto space = buffer.prepare(buffer.size() < 4096 ? 8192 : 65536);
            const auto received = co_await socket.async_read_some(space, kQuiet);
            if (std::get<0>(received) || connection->closing) co_return;  // the handler may be gone with its server
            buffer.commit(std::get<1>(received));
            connection->phase = Phase::receiving;
            connection->heard = clock();
        }
        Response response;
        bool head = false;
        if (error) {
            response = malformed(error);
        } else if (isAmbiguous(parser.get())) {
            response = malformed(bhttp::error::bad_transfer_encoding);
        } else {
            keepAlive = parser.get().keep_alive();
            Request request = plain(parser.release());
            head = request.method == "HEAD";
            request.peer = peer;
            request.client = connection->client;
            if (auto refused = refusal(request, options->gate)) {
                response = std::move(*refused);
            } else {
                connection->phase = Phase::answering;
                auto initiation = [&handler, &request](auto completion) {
                    auto shared = std::make_shared<decltype(completion)>(std::move(completion));
                    (*handler)(std::move(request),
                               [shared](Response answer) { std::move (*shared)(std::move(answer)); });
                };
                response = co_await net::async_initiate<const net::use_awaitable_t<>&, void(Response)>(
                    initiation, net::use_awaitable);
            }
        }
        keepAlive = keepAlive && !response.close && !connection->closing;
        connection->phase = Phase::sending;
        const std::string message = wire(response, keepAlive, head);
        connection->deadline = clock() + options->idleLimit;
        const auto sent = co_await net::async_write(socket, net::buffer(message), kQuiet);
        if (std::get<0>(sent)) co_return;
        connection->heard = clock();
    }
    connection->phase = Phase::receiving;
    socket.shutdown(net::ip::tcp::socket::shutdown_send, ignored);
    // The peer may still be sending a body that was refused: closing now would reset the connection before it reads the
    // answer.
    connection->deadline = clock() + std::chrono::seconds(2);
    for (std::size_t drained = 0; drained < 1024 * 1024;) {
        buffer.clear();
        const auto space = buffer.prepare(16384);
        const auto received = co_await socket.async_read_some(space, kQuiet);
        if (std::get<0>(received)) break;
        drained += std::get<1>(received);
    }
}

}  // namespace backlot::http
