#include "emulator/http/gate.h"

#include <doctest/doctest.h>

using namespace backlot;

namespace {

int statusOf(const Request& request, const http::GateOptions& options = {}) {
    const auto refused = http::refusal(request, options);
    return refused ? refused->status : 0;
}

Request request(Headers headers, std::string target = "/", std::string method = "POST") {
    return {.method = std::move(method), .target = std::move(target), .headers = std::move(headers), .body = {}};
}

}  // namespace

TEST_CASE("hosts of this machine come in") {
    for (const char* host : {"127.0.0.1:4566", "localhost", "LOCALHOST:80", "[::1]:4566",
                             "abc.execute-api.localhost:4566", "sync-127.0.0.1:4566", "queue.localhost"})
        CHECK_MESSAGE(statusOf(request({{"Host", host}})) == 0, host);
}

TEST_CASE("other hosts do not, whatever they look like") {
    for (const char* host :
         {"evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "localhost@evil.example",
          "127.0.0.1:4566:1", "[::1", "[::1]x", "", "evil%2elocalhost", "127.0.0.1:x", "10.0.0.7:4566"})
        CHECK_MESSAGE(statusOf(request({{"Host", host}})) == 403, host);
    CHECK(statusOf(request({{"Host", "10.0.0.7:4566"}}), {.hosts = {"10.0.0.7"}, .origins = {}}) == 0);
    CHECK(statusOf(request({{"Host", "backlot.test:4566"}}), {.hosts = {"Backlot.Test"}}) == 0);
}

TEST_CASE("a request has one Host and asks in origin form") {
    CHECK(statusOf(request({})) == 400);
    CHECK(statusOf(request({{"Host", "localhost"}, {"Host", "localhost"}})) == 400);
    CHECK(statusOf(request({{"Host", "localhost"}}, "http://evil.example/")) == 400);
    CHECK(statusOf(request({{"Host", "localhost"}}, "*", "OPTIONS")) == 0);
    CHECK(statusOf(request({{"Host", "localhost"}}, "*", "GET")) == 400);
}

TEST_CASE("pages of foreign origins are refused") {
    CHECK(statusOf(request({{"Host", "localhost:4566"}, {"Origin", "https://evil.example"}})) == 403);
    CHECK(statusOf(request({{"Host", "localhost:4566"}, {"Origin", "null"}})) == 403);
    CHECK(statusOf(request({{"Host", "localhost:4566"}, {"Origin", "http://localhost:9999"}})) == 403);
    CHECK(statusOf(request({{"Host", "localhost:4566"}, {"Origin", "http://localhost:4566"}})) == 0);
    CHECK(statusOf(request({{"Host", "localhost:4566"}, {"Origin", "http://localhost:3000"}}),
                   {.hosts = {}, .origins = {"http://localhost:3000"}}) == 0);
}

TEST_CASE("what a browser asks for another site is refused, however it asks") {
    for (const char* method : {"GET", "HEAD", "POST"})
        for (const char* site : {"cross-site", "same-site", "anything"})
            for (const char* mode : {"navigate", "no-cors", "cors"})
                CHECK_MESSAGE(
                    statusOf(request({{"Host", "localhost"}, {"Sec-Fetch-Site", site}, {"Sec-Fetch-Mode", mode}}, "/",
                                     method)) == 403,
                    (std::string(method) + site + mode));
    CHECK(statusOf(request(
              {{"Host", "localhost"}, {"Origin", "http://localhost"}, {"Sec-Fetch-Site", "cross-site"}})) == 403);
    CHECK(statusOf(request({{"Host", "localhost"}, {"Origin", ""}})) == 403);
}

TEST_CASE("what a person typed, and what our own pages ask for, comes in") {
    CHECK(statusOf(request({{"Host", "localhost"}, {"Sec-Fetch-Site", "none"}}, "/", "GET")) == 0);
    CHECK(statusOf(request({{"Host", "localhost"}, {"Sec-Fetch-Site", "same-origin"}})) == 0);
    CHECK(statusOf(request({{"Host", "localhost:4566"}, {"Referer", "http://localhost:4566/_backlot/ui?a#b"}})) == 0);
    CHECK(statusOf(request({{"Host", "localhost"}, {"Sec-Fetch-Mode", "cors"}})) == 0);  // Node's fetch says that much
}

TEST_CASE("a browser without fetch metadata tells by its Referer") {
    for (const char* page : {"https://evil.example/a", "https://evil.example", "http://localhost.evil.example/",
                             "http://localhost@evil.example/", "http://localhost:9/", "about:blank",
                             "https://evil.example/http://localhost"})
        CHECK_MESSAGE(statusOf(request({{"Host", "localhost"}, {"Referer", page}}, "/", "GET")) == 403, page);
    CHECK(statusOf(request({{"Host", "localhost"}, {"Referer", ""}}, "/", "GET")) == 0);
}

TEST_CASE("pages of an allowed origin come in, with and without CORS") {
    const http::GateOptions options{.origins = {"http://localhost:3000"}};
    CHECK(statusOf(
              request(
                  {{"Host", "127.0.0.1:4566"}, {"Origin", "http://localhost:3000"}, {"Sec-Fetch-Site", "cross-site"}}),
              options) == 0);
    CHECK(statusOf(request({{"Host", "127.0.0.1:4566"},
                            {"Referer", "http://localhost:3000/shop"},
                            {"Sec-Fetch-Site", "cross-site"}},
                           "/", "GET"),
                   options) == 0);
    CHECK(statusOf(request({{"Host", "127.0.0.1:4566"}, {"Sec-Fetch-Site", "cross-site"}}, "/", "GET"), options) ==
          403);
    CHECK(statusOf(request({{"Host", "127.0.0.1:4566"}, {"Origin", "http://localhost:3000.evil.example"}}), options) ==
          403);
}

TEST_CASE("what is open to pages comes in from any of them") {
    const http::GateOptions options{
        .openToPages = [](const Request& request) { return request.path() == "/assets/logo.png"; }};
    const Headers page = {
        {"Host", "localhost"}, {"Referer", "https://evil.example/"}, {"Sec-Fetch-Site", "cross-site"}};
    CHECK(statusOf(request(page, "/assets/logo.png", "GET"), options) == 0);
    CHECK(statusOf(request(page, "/assets", "GET"), options) == 403);
    CHECK(statusOf(request({{"Host", "evil.example"}}, "/assets/logo.png", "GET"), options) == 403);
}

TEST_CASE("routes of API Gateway follow their own CORS settings") {
    const Header origin{"Origin", "https://shop.example"};
    CHECK(statusOf(request({{"Host", "localhost"}, origin}, "/restapis/abc/Prod/_user_request_/cart")) == 0);
    CHECK(statusOf(request({{"Host", "localhost"}, origin}, "/_aws/execute-api/abc/Prod/cart")) == 0);
    CHECK(statusOf(request({{"Host", "abc.execute-api.localhost:4566"}, origin}, "/cart")) == 0);
    CHECK(statusOf(request({{"Host", "localhost"}, origin}, "/cart")) == 403);
    CHECK(statusOf(request({{"Host", "localhost"}, origin}, "/cart"), {.hosts = {}, .origins = {}, .apiOnly = true}) ==
          0);
    CHECK(statusOf(request({{"Host", "evil.example"}, origin}, "/cart"),
                   {.hosts = {}, .origins = {}, .apiOnly = true}) == 403);
}

TEST_CASE("as the proxy of a guarded program the gate passes nothing on, and tells of it") {
    std::vector<std::string> told;
    const http::GateOptions options{.onLeak = [&](http::Leak leak) { told.push_back(leak.to + " " + leak.by); }};
    CHECK(statusOf(request({}, "api.stripe.com:443", "CONNECT"), options) ==
          403);  // Python's client sends no Host here
    CHECK(statusOf(
              request({{"Host", "localhost"}, {"X-Backlot-Guard", "node, getaddrinfo"}}, "api.stripe.com", "CONNECT"),
              options) == 403);
    CHECK(statusOf(request({{"Host", "example.com"}}, "http://example.com/a?b=http://c", "GET"), options) == 403);
    CHECK(told == std::vector<std::string>{"api.stripe.com:443 by the proxy", "api.stripe.com node, getaddrinfo",
                                           "http://example.com/a?b=http://c by the proxy"});
    CHECK(statusOf(request({{"Host", "localhost"}}, "/?next=http://example.com/"), options) == 0);
    CHECK(told.size() == 3);
    CHECK(statusOf(request({{"Host", "localhost"}}, "api.stripe.com:443", "CONNECT")) ==
          400);  // and else is no proxy at all
}
