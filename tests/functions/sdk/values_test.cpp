#include <doctest/doctest.h>

#include "functions/sdk/crypto.h"
#include "functions/sdk/dynamodb.h"
#include "functions/sdk/money.h"
#include "functions/sdk/time.h"

using namespace backlot::sdk;

TEST_CASE("an amount is the digits that were typed") {
    CHECK(Money::parse("12.99")->minorUnits() == 1299);
    CHECK(Money::parse("12.9")->text() == "12.90");
    CHECK(Money::parse("-0.05")->text() == "-0.05");
    CHECK(Money::parse(parseJson("19.99"))->minorUnits() == 1999);  // as a double times 100 it is 1998.9999…
    CHECK(Money::parse(parseJson("1e2"))->minorUnits() == 10000);
    CHECK(Money::parse(parseJson("\"3.50\""))->minorUnits() == 350);
    for (const char* text : {"", ".", "12.", ".5", "1.234", "1,50", "abc", "--1", "1e2", "99999999999999999"})
        CHECK_FALSE(Money::parse(text));
    CHECK_FALSE(Money::parse(parseJson("true")));
}

TEST_CASE("amounts add up exactly and are written as JSON numbers") {
    Money sum;
    for (int i = 0; i < 10; ++i) sum = sum + *Money::parse("0.10");
    CHECK(sum == *Money::parse("1"));
    CHECK(writeJson((*Money::parse("19.99") * 3).json()) == "59.97");
    CHECK(writeJson(Money::ofMinorUnits(2500).json()) == "25");
    CHECK_THROWS_AS(Money::ofMinorUnits(INT64_MAX) * 2, std::overflow_error);
}

TEST_CASE("a token is read back until it expires") {
    const Time now{std::chrono::seconds(1'000'000)};
    const auto token = signJwt(object({{"sub", "USER#1"}, {"exp", std::int64_t(1'000'060)}}), "secret");
    CHECK(textOr(*verifyJwt(token, "secret", now), "sub") == "USER#1");
    CHECK_FALSE(verifyJwt(token, "another", now));
    CHECK_FALSE(verifyJwt(token, "secret", now + std::chrono::seconds(60)));
}

TEST_CASE("a token that begins in the future is not valid yet") {
    const Time now{std::chrono::seconds(1'000'000)};
    const auto verified = [&](const char* claim, JsonItem value) {
        Json claims = object({{"sub", "USER#1"}, {"exp", std::int64_t(2'000'000)}});
        set(claims, claim, std::move(value));
        return verifyJwt(signJwt(claims, "secret"), "secret", now).has_value();
    };
    for (const char* claim : {"nbf", "iat"}) {
        CHECK(verified(claim, std::int64_t(1'000'000)));
        CHECK(verified(claim, std::int64_t(1'000'005)));  // another machine's clock
        CHECK_FALSE(verified(claim, std::int64_t(1'000'006)));
        CHECK_FALSE(verified(claim, std::int64_t(9'999'999)));
        CHECK_FALSE(verified(claim, "999"));
    }
    CHECK(verified("nbf", Json(999'999.5)));  // NumericDate may have a fraction
    CHECK_FALSE(verified("exp", Json(999'999.5)));
    CHECK(verified("exp", Json(1'000'000.5)));
}

TEST_CASE("a token that another made, or nobody signed, is refused") {
    const Time now{std::chrono::seconds(1'000'000)};
    const auto none =
        base64UrlEncode(R"({"alg":"none"})") + "." + base64UrlEncode(R"({"sub":"USER#1","exp":9999999999})") + ".";
    CHECK_FALSE(verifyJwt(none, "secret", now));
    CHECK_FALSE(verifyJwt(signJwt(object({{"sub", "USER#1"}}), "secret"), "secret", now));  // no exp
    for (const char* text : {"", ".", "..", "a.b", "a.b.c", "!.!.!"}) CHECK_FALSE(verifyJwt(text, "secret", now));
}

TEST_CASE("the token of RFC 7515, appendix A.1, has the signature that stands there") {
    const std::string key =
        *base64UrlDecode("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow");
    const std::string text =
        "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
        "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    CHECK(base64UrlEncode(bytesOf(hmacSha256(key, text))) == "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
}

TEST_CASE("a password is known by its hash alone") {
    const auto hash = hashPassword("correct horse", 4, "0123456789abcdef");
    CHECK(hash.starts_with("$2b$04$"));
    CHECK(hash == hashPassword("correct horse", 4, "0123456789abcdef"));  // the same salt: a run can be repeated
    CHECK(verifyPassword("correct horse", hash));
    CHECK_FALSE(verifyPassword("wrong horse", hash));
    CHECK_FALSE(verifyPassword("x", "not a hash"));
    CHECK_THROWS(hashPassword(std::string(73, 'x'), 4, "0123456789abcdef"));
}

TEST_CASE("digests and base64 are the published ones") {
    CHECK(hex(bytesOf(sha256("abc"))) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(hex(bytesOf(hmacSha256("Jefe", "what do ya want for nothing?"))) ==
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    CHECK(base64Encode("fo") == "Zm8=");
    CHECK(base64UrlEncode("\xfb\xff") == "-_8");
    CHECK_FALSE(base64UrlDecode("a"));
}

TEST_CASE("a time stamp is written and read") {
    const auto time = parseIso8601("2024-02-29T23:59:59.007Z");
    CHECK(iso8601(time) == "2024-02-29T23:59:59.007Z");
    CHECK(amzDate(time) == "20240229T235959Z");
    CHECK_THROWS(parseIso8601("yesterday"));
}

TEST_CASE("an item is read by its attributes' types") {
    const Item item(object({{"name", S("Bowl")},
                            {"stock", N(5)},
                            {"price", N(std::string("12.99"))},
                            {"lines", L(list({M(object({{"qty", N(2)}}))}))}}));
    CHECK(item.text("name") == "Bowl");
    CHECK(item.text("stock") == "");  // a number is no text
    CHECK(item.integer("stock") == 5);
    CHECK(item.number("price") == "12.99");
    CHECK(item.items("lines").at(0).integer("qty") == 2);
    CHECK(writeJson(plain(M(copy(item.attributes())))) ==
          R"({"name":"Bowl","stock":5,"price":12.99,"lines":[{"qty":2}]})");
}
