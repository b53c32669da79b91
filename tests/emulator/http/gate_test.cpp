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
    for (const char* host : {"127.0.0.1:4566", "localhost", "LOCALHOST:80", "[::1]:4566", "abc.execute-api.localhost:4566", "sync-127.0.0.1:4566", "queue.localhost"})
        CHECK_MESSAGE(statusOf(request({{"Host", host}})) == 0, host);
}

TEST_CASE("other hosts do not, whatever they look like") {
    for (const char* host : {"evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "localhost@evil.example", "127.0.0.1:4566:1", "[::1", "[::1]x", "", "evil%2elocalhost",
                             "127.0.0.1:x", "10.0.0.7:4566"})
        CHECK_MESSAGE(statusOf(request({{"Host", host}})) == 403, host);
    CHECK(statusOf(request({{"Host", "10.0.0.7:4566"}}), {.hosts = {"10.0.0.7"}, .origins = {}}) == 0);
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
    CHECK(statusOf(request({{"Host", "localhost:4566"}, {"Origin", "http://localhost:3000"}}), {.hosts = {}, .origins = {"http://localhost:3000"}}) == 0);
}

TEST_CASE("a cross-site request without an origin is refused, a person's navigation is not") {
    CHECK(statusOf(request({{"Host", "localhost"}, {"Sec-Fetch-Site", "cross-site"}})) == 403);
    CHECK(statusOf(request({{"Host", "localhost"}, {"Sec-Fetch-Site", "same-site"}})) == 403);
    CHECK(statusOf(request({{"Host", "localhost"}, {"Sec-Fetch-Site", "same-origin"}})) == 0);
    CHECK(statusOf(request({{"Host", "localhost"}, {"Sec-Fetch-Site", "none"}}, "/", "GET")) == 0);
    CHECK(statusOf(request({{"Host", "localhost"}, {"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Mode", "navigate"}}, "/", "GET")) == 0);
    CHECK(statusOf(request({{"Host", "localhost"}, {"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Mode", "navigate"}}, "/", "POST")) == 403);
}

TEST_CASE("routes of API Gateway follow their own CORS settings") {
    const Header origin{"Origin", "https://shop.example"};
    CHECK(statusOf(request({{"Host", "localhost"}, origin}, "/restapis/abc/Prod/_user_request_/cart")) == 0);
    CHECK(statusOf(request({{"Host", "localhost"}, origin}, "/_aws/execute-api/abc/Prod/cart")) == 0);
    CHECK(statusOf(request({{"Host", "abc.execute-api.localhost:4566"}, origin}, "/cart")) == 0);
    CHECK(statusOf(request({{"Host", "localhost"}, origin}, "/cart")) == 403);
    CHECK(statusOf(request({{"Host", "localhost"}, origin}, "/cart"), {.hosts = {}, .origins = {}, .apiOnly = true}) == 0);
    CHECK(statusOf(request({{"Host", "evil.example"}, origin}, "/cart"), {.hosts = {}, .origins = {}, .apiOnly = true}) == 403);
}
