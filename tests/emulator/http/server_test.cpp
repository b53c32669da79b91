// Over real sockets on the loopback interface; the loop is run until the answer is there.
#include "emulator/http/server.h"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

using namespace backlot;

namespace {

namespace net = boost::asio;
using namespace std::chrono_literals;

/// A server that answers with the method, the target and the body's size, and what a raw client gets from it.
struct Echo {
    net::io_context io;
    std::vector<Respond> held;  // of requests to /hold
    http::Server server{
        io,
        {.headLimitBytes = 4096, .bodyLimitBytes = 10'000, .connectionLimit = 3, .headLimit = 1s, .bodyLimit = 1s},
        [this](Request request, Respond respond) {
            if (request.path() == "/hold") return held.push_back(std::move(respond));
            respond({.status = 200,
                     .headers = {{"Content-Type", "text/plain"}},
                     .body = request.method + " " + request.target + " " + std::to_string(request.body.size())});
        }};

    net::ip::tcp::socket connect() {
        net::ip::tcp::socket socket(io);
        socket.connect({net::ip::make_address("127.0.0.1"), server.port()});
        return socket;
    }
    /// Sends and reads until the server closes, or `enough` is in what it said.
    std::string talk(net::ip::tcp::socket& socket, std::string_view text, std::string_view enough = {}) {
        net::write(socket, net::buffer(text));
        std::string heard;
        std::array<char, 4096> buffer;
        bool over = false;
        std::function<void()> read = [&] {
            socket.async_read_some(net::buffer(buffer), [&](boost::system::error_code error, std::size_t size) {
                heard.append(buffer.data(), size);
                over = error || (!enough.empty() && heard.find(enough) != std::string::npos);
                if (!over) read();
            });
        };
        read();
        const auto patience = std::chrono::steady_clock::now() + 20s;
        while (!over && std::chrono::steady_clock::now() < patience) io.run_one_for(1s);
        return heard;
    }
    std::string talk(std::string_view text, std::string_view enough = {}) {
        auto socket = connect();
        return talk(socket, text, enough);
    }
};

/// While it lives, this process cannot open anything.
class NoDescriptors {
public:
    NoDescriptors() {
        REQUIRE(::getrlimit(RLIMIT_NOFILE, &before_) == 0);
        const rlimit few{64, before_.rlim_max};
        REQUIRE(::setrlimit(RLIMIT_NOFILE, &few) == 0);
        for (int file; (file = ::open("/dev/null", O_RDONLY)) >= 0;) taken_.push_back(file);
    }
    ~NoDescriptors() {
        for (const int file : taken_) ::close(file);
        ::setrlimit(RLIMIT_NOFILE, &before_);
    }

private:
    rlimit before_{};
    std::vector<int> taken_;
};

constexpr std::string_view kAsk = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
                           kHold = "GET /hold HTTP/1.1\r\nHost: localhost\r\n\r\n";

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a request is answered and the connection kept") {
    Echo echo;
    auto socket = echo.connect();
    const auto first = echo.talk(socket, "GET /a?b=c HTTP/1.1\r\nHost: localhost\r\n\r\n", "GET /a?b=c 0");
    CHECK(first.starts_with("HTTP/1.1 200 OK\r\n"));
    CHECK(contains(first, "\r\nDate: "));
    CHECK(
        contains(echo.talk(socket, "POST /d HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nxyz", "POST /d 3"),
                 "POST /d 3"));
}

TEST_CASE("pipelined requests are answered in their order") {
    Echo echo;
    const auto heard = echo.talk(
        "GET /1 HTTP/1.1\r\nHost: localhost\r\n\r\nGET /2 HTTP/1.1\r\nHost: localhost\r\n\r\nGET /3 HTTP/1.1\r\nHost: "
        "localhost\r\nConnection: close\r\n\r\n");
    CHECK(heard.find("GET /1") < heard.find("GET /2"));
    CHECK(heard.find("GET /2") < heard.find("GET /3"));
    CHECK(contains(heard, "GET /3 0"));
}

TEST_CASE("a chunked body is put together") {
    Echo echo;
    CHECK(contains(echo.talk("PUT /c HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: "
                             "chunked\r\n\r\n3\r\nabc\r\n5\r\ndefgh\r\n0\r\n\r\n",
                             "PUT /c"),
                   "PUT /c 8"));
}

TEST_CASE("a client that asks first is told to go on") {
    Echo echo;
    auto socket = echo.connect();
    CHECK(contains(
        echo.talk(socket, "PUT /e HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n",
                  "100 Continue"),
        "HTTP/1.1 100 Continue"));
    CHECK(contains(echo.talk(socket, "ab", "PUT /e 2"), "PUT /e 2"));
}

TEST_CASE("what is too large is refused with its own status") {
    Echo echo;
    CHECK(contains(echo.talk("GET /" + std::string(8000, 'x') + " HTTP/1.1\r\nHost: localhost\r\n\r\n"),
                   "HTTP/1.1 431 "));
    CHECK(contains(echo.talk("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10001\r\n\r\n"), "HTTP/1.1 413 "));
}

TEST_CASE("what is no HTTP is answered with 400 and closed") {
    Echo echo;
    CHECK(contains(echo.talk("hello\r\n\r\n"), "HTTP/1.1 400 "));
    CHECK(
        contains(echo.talk("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"),
                 "HTTP/1.1 400 "));
    CHECK(contains(echo.talk("GET / HTTP/1.1\r\n\r\n"), "HTTP/1.1 400 "));
    CHECK(contains(echo.talk("GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"), "HTTP/1.1 403 "));
}

TEST_CASE("a HEAD is answered without a body") {
    Echo echo;
    const auto heard = echo.talk("HEAD /h HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    CHECK(contains(heard, "HTTP/1.1 200 OK"));
    CHECK(heard.ends_with("\r\n\r\n"));
}

TEST_CASE("more connections than allowed are told so where each is at work") {
    Echo echo;
    std::vector<net::ip::tcp::socket> open;
    for (int i = 0; i < 3; ++i) {
        open.push_back(echo.connect());
        net::write(open.back(), net::buffer(kHold));
    }
    while (echo.held.size() < 3) echo.io.run_one_for(1s);
    CHECK(contains(echo.talk(""), "HTTP/1.1 503 "));
}

TEST_CASE("connections that are idle make room, the one that is so for the longest time first") {
    Echo echo;
    std::vector<net::ip::tcp::socket> open;
    for (int i = 0; i < 3; ++i) open.push_back(echo.connect());
    echo.io.run_for(20ms);
    CHECK(contains(echo.talk(open[0], kAsk, "GET / 0"),
                   "200 OK"));  // now it has been idle for a shorter time than the others
    CHECK(contains(echo.talk(kAsk, "GET / 0"), "200 OK"));
    CHECK(contains(echo.talk(open[0], kAsk, "GET / 0"), "200 OK"));
    CHECK(contains(echo.talk(open[2], kAsk, "GET / 0"), "200 OK"));
    CHECK(echo.talk(open[1], "") == "");  // closed
}

TEST_CASE("without descriptors a server waits, and serves again when there are some") {
    Echo echo;
    auto waiting = net::ip::tcp::socket(echo.io, net::ip::tcp::v4());
    auto none = std::make_unique<NoDescriptors>();
    waiting.connect({net::ip::make_address("127.0.0.1"), echo.server.port()});
    const auto until = std::chrono::steady_clock::now() + 300ms;
    std::size_t turns = 0;
    while (std::chrono::steady_clock::now() < until) turns += echo.io.run_one_for(10ms);
    CHECK(turns < 50);
    none.reset();
    CHECK(contains(echo.talk(waiting, kAsk, "GET / 0"), "200 OK"));
}

TEST_CASE("without descriptors an idle connection makes room") {
    Echo echo;
    auto idle = echo.connect();
    CHECK(contains(echo.talk(idle, kAsk, "GET / 0"), "200 OK"));
    auto waiting = net::ip::tcp::socket(echo.io, net::ip::tcp::v4());
    const NoDescriptors none;
    waiting.connect({net::ip::make_address("127.0.0.1"), echo.server.port()});
    CHECK(contains(echo.talk(waiting, kAsk, "GET / 0"), "200 OK"));
}

TEST_CASE("a head that does not end is given up") {
    Echo echo;
    const auto heard = echo.talk("GET / HTTP/1.1\r\nHost: loc");
    CHECK_FALSE(contains(heard, "200"));  // closed: talk() came back
}

TEST_CASE("an answer that comes when its client has gone harms nobody") {
    Echo echo;
    {
        auto socket = echo.connect();
        net::write(socket, net::buffer(std::string_view("GET /hold HTTP/1.1\r\nHost: localhost\r\n\r\n")));
        while (echo.held.empty()) echo.io.run_one_for(1s);
    }
    echo.held.front()({.status = 200, .headers = {}, .body = "late"});
    echo.io.run_for(50ms);
    CHECK(contains(echo.talk("GET /z HTTP/1.1\r\nHost: localhost\r\n\r\n", "GET /z 0"), "GET /z 0"));
}

TEST_CASE("a server that stops answers what it has begun") {
    Echo echo;
    auto socket = echo.connect();
    net::write(socket, net::buffer(std::string_view("GET /hold HTTP/1.1\r\nHost: localhost\r\n\r\n")));
    while (echo.held.empty()) echo.io.run_one_for(1s);
    const auto port = echo.server.port();
    echo.server.stopAccepting();
    echo.held.front()({.status = 200, .headers = {}, .body = "last"});
    CHECK(contains(echo.talk(socket, "", "last"), "last"));
    boost::system::error_code error;
    net::ip::tcp::socket late(echo.io);
    late.connect({net::ip::make_address("127.0.0.1"), port}, error);
    CHECK(error);
}

TEST_CASE("a header that goes on in the next line is refused, a body with such lines is not") {
    Echo echo;
    CHECK(echo.talk("GET / HTTP/1.1\r\nHost: localhost\r\nX-A: b\r\n c\r\n\r\n").starts_with("HTTP/1.1 400 "));
    CHECK(contains(
        echo.talk("POST /a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 7\r\n\r\nab\r\n cd"),
        "POST /a 7"));
}

TEST_CASE("what is no version of HTTP is a bad request") {
    Echo echo;
    CHECK(echo.talk("GET / HTTP/9.9\r\nHost: localhost\r\n\r\n").starts_with("HTTP/1.1 400 "));
}

TEST_CASE("a server that is gone asks its handler nothing more, though requests were read already") {
    constexpr std::string_view kRequest = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    net::io_context io;
    std::vector<Respond> held;
    int asked = 0;
    std::unique_ptr<http::Server> server;
    server = std::make_unique<http::Server>(io, http::ServerOptions{}, [&](Request, Respond respond) {
        if (held.size() < 8) return held.push_back(std::move(respond));
        ++asked;
        server.reset();
    });
    std::vector<net::ip::tcp::socket> clients;
    for (int i = 0; i < 8; ++i) {
        clients.emplace_back(io);
        clients.back().connect({net::ip::make_address("127.0.0.1"), server->port()});
        net::write(clients.back(), net::buffer(kRequest));
    }
    const auto patience = std::chrono::steady_clock::now() + 5s;
    while (held.size() < 8 && std::chrono::steady_clock::now() < patience) io.run_one_for(1s);
    REQUIRE(held.size() == 8);
    for (auto& client : clients)
        net::write(client, net::buffer(kRequest));  // lies there when the session comes to read
    for (auto& respond : held) respond({.status = 200});
    while (asked == 0 && std::chrono::steady_clock::now() < patience) io.run_one_for(1s);
    io.poll();
    CHECK(asked == 1);
}
