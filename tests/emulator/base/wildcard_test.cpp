#include "emulator/base/wildcard.h"

#include <doctest/doctest.h>

#include <string>

using namespace backlot;

TEST_CASE("a star is any run of characters") {
    CHECK(matchesWildcard("abc", "abc"));
    CHECK(matchesWildcard("abc", "*"));
    CHECK(matchesWildcard("", "*"));
    CHECK(matchesWildcard("abc", "a*c"));
    CHECK(matchesWildcard("aXbXc", "a*b*c"));
    CHECK(matchesWildcard("abcabd", "*abd"));
    CHECK(matchesWildcard("a*c", "a*c"));
    CHECK_FALSE(matchesWildcard("abc", "ab"));
    CHECK_FALSE(matchesWildcard("abc", "a*d"));
    CHECK_FALSE(matchesWildcard("", "a"));
    CHECK_FALSE(matchesWildcard("abc", "abc?"));
}

TEST_CASE("a question mark and escapes count only where they are asked for") {
    CHECK(matchesWildcard("abc", "a?c", {.question = true}));
    CHECK_FALSE(matchesWildcard("abc", "a?c"));
    CHECK(matchesWildcard("a?c", "a?c"));
    CHECK(matchesWildcard("a*c", R"(a\*c)", {.escapes = true}));
    CHECK_FALSE(matchesWildcard("abc", R"(a\*c)", {.escapes = true}));
    CHECK(matchesWildcard(R"(a\c)", R"(a\\c)", {.escapes = true}));
    CHECK(matchesWildcard(R"(a\*c)", R"(a\*c)"));
}

TEST_CASE("many stars do not take exponential time") {
    std::string pattern;
    for (int i = 0; i < 30; ++i) pattern += "a*";
    CHECK_FALSE(matchesWildcard(std::string(20'000, 'a'), pattern + "b"));
}
