#include "emulator/base/url.h"

#include <doctest/doctest.h>

using namespace backlot;

TEST_CASE("a URL falls into scheme, host, port and target") {
    const auto url = parseUrl("http://127.0.0.1:12111/v1/refunds?limit=3");
    REQUIRE(url);
    CHECK(url->scheme == "http");
    CHECK(url->host == "127.0.0.1");
    CHECK(url->port == "12111");
    CHECK(url->target == "/v1/refunds?limit=3");
    CHECK(url->authority() == "127.0.0.1:12111");
}

TEST_CASE("what a URL leaves out is the scheme's port and the path's slash") {
    const auto secure = parseUrl("https://api.stripe.com");
    REQUIRE(secure);
    CHECK(secure->port == "443");
    CHECK(secure->target == "/");
    CHECK(secure->authority() == "api.stripe.com");
    CHECK(parseUrl("http://a?x=1")->target == "/?x=1");
    CHECK(parseUrl("http://a:443/")->authority() == "a:443");
    for (const char* text : {"", "a", "ftp://a/", "://a", "HTTP//a"}) CHECK_FALSE(parseUrl(text));
}

TEST_CASE("an IPv6 address is looked up without its brackets") {
    const auto bare = parseUrl("http://[::1]/x"), withPort = parseUrl("http://[::1]:4566/x");
    REQUIRE(bare);
    CHECK(bare->host == "[::1]");
    CHECK(bare->port == "80");
    CHECK(bare->address() == "::1");
    REQUIRE(withPort);
    CHECK(withPort->port == "4566");
    CHECK(withPort->authority() == "[::1]:4566");
}
