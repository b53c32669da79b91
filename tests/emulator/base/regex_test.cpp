#include "emulator/base/regex.h"

#include <doctest/doctest.h>

#include <chrono>

using namespace backlot;

TEST_CASE("an expression is found somewhere, or must match all of the text") {
    CHECK(Regex("b+").matches("abbc"));
    CHECK_FALSE(Regex("b+", {.whole = true}).matches("abbc"));
    CHECK(Regex("a|abb", {.whole = true}).matches("abb"));  // another alternative is tried where the first falls short
    CHECK(Regex("", {.whole = true}).matches(""));
    CHECK(matchesWhole("Bearer .+", "Bearer x"));
    CHECK_FALSE(matchesWhole("Bearer .+", "Bearer x\n"));
    CHECK_FALSE(matchesWhole("(", "("));
}

TEST_CASE("options are those of the flags") {
    CHECK(Regex("ABC", {.whole = true, .caseless = true}).matches("abc"));
    CHECK(Regex("^b$", {.multiline = true}).matches("a\nb\nc"));
    CHECK_FALSE(Regex("a.b").matches("a\nb"));
    CHECK(Regex("a.b", {.dotAll = true}).matches("a\nb"));
    CHECK(Regex("a b # note", {.whole = true, .extended = true}).matches("ab"));
    CHECK(Regex("\\u20AC", {.whole = true, .javascript = true}).matches("€"));
    CHECK_FALSE(Regex("[]", {.javascript = true}).matches("x"));
}

TEST_CASE("a match tells where it is and what its groups took") {
    const Regex date("(\\d+)-(\\d+)(Z)?");
    const std::string text = "from 2026-01 to 2027-02Z";
    const auto first = date.find(text);
    REQUIRE(first);
    CHECK(text.substr(first->start, first->end - first->start) == "2026-01");
    CHECK(first->groups.size() == 3);
    CHECK(first->groups[1] == "01");
    CHECK_FALSE(first->groups[2]);
    const auto second = date.find(text, first->end);
    REQUIRE(second);
    CHECK(second->groups[2] == "Z");
    CHECK_FALSE(date.find(text, second->end));
}

TEST_CASE("what is no expression is refused with the reason") {
    CHECK_THROWS_WITH_AS(Regex("a("), "missing closing parenthesis", RegexError);
    CHECK_THROWS_AS(Regex("\\C"), RegexError);  // would cut a character into bytes
    CHECK_THROWS_AS(Regex(std::string(201, '(') + std::string(201, ')')), RegexError);
    CHECK_NOTHROW(Regex(std::string(200, '(') + std::string(200, ')')));
}

TEST_CASE("bytes that are no UTF-8 match nothing, what stands beside them does") {
    CHECK_FALSE(Regex(".*", {.whole = true}).matches("a\xff"));
    CHECK(Regex("b").matches("\xff\xfe b"));
    CHECK(Regex("^.$").matches("é"));
}

TEST_CASE("a match that takes too many steps, too much depth or too much memory ends") {
    const std::string many(40, 'a'), long_(3'000'000, 'a');
    const auto begun = std::chrono::steady_clock::now();
    const Regex nested("(a+)+$", {.steps = 1'000'000});
    CHECK_FALSE(nested.matches(many + "!"));
    CHECK_THROWS_AS(nested.find(many + "!"), RegexLimit);
    const Regex deep("(?:(a)|b)*[cd]", {.steps = 100'000'000});
    CHECK_FALSE(deep.matches(long_));
    CHECK_THROWS_AS(deep.find(long_), RegexLimit);
    CHECK(Regex("a+", {.whole = true}).matches(long_));                          // length alone is no depth
    CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds(10));  // of hours
}
