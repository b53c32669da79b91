#include "emulator/services/kit/pages.h"

#include <doctest/doctest.h>

#include <cstdint>

namespace backlot::kit {
namespace {

const AwsError kWrong("InvalidNextToken", "no", 400);

TEST_CASE("A list is walked page by page, each of its elements once") {
    std::vector<std::string> all{"a", "b", "c", "d", "e"};
    std::vector<std::string> texts;
    std::optional<std::string> token;
    do {
        const Page page = pageOf(token, 2, all.size(), kWrong);
        texts.push_back(writeJson(elements(page, all, [](const std::string& one) { return one; })));
        token = page.next;
    } while (token);
    CHECK(texts == std::vector<std::string>{R"(["a","b"])", R"(["c","d"])", R"(["e"])"});
}

TEST_CASE("The last page has no token, though it is full") {
    CHECK_FALSE(pageOf(std::nullopt, 5, 5, kWrong).next);
    CHECK_FALSE(pageOf(std::nullopt, 5, 0, kWrong).next);
    CHECK_FALSE(pageOf(std::nullopt, SIZE_MAX, 5, kWrong).next);
}

TEST_CASE("What is no token of ours is refused") {
    for (const char* token : {"", "nonsense", "!!", "LTE=" /* -1 */, "MWE=" /* 1a */, "OQ==" /* 9: behind the end */,
                              "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk=" /* more than a number holds */}) {
        INFO(token);
        CHECK_THROWS_AS(pageOf(token, 2, 5, kWrong), AwsError);
    }
}

TEST_CASE("A list that has become shorter, to where the token points, has an empty page") {
    const auto token = pageOf(std::nullopt, 2, 5, kWrong).next;
    const Page page = pageOf(token, 2, 2, kWrong);
    CHECK(page.first == page.end);
    CHECK_FALSE(page.next);
}

}  // namespace
}  // namespace backlot::kit
