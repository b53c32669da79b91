#include <doctest/doctest.h>

#include "emulator/base/aws_error.h"
#include "emulator/services/logs/filter_pattern.h"

using backlot::AwsError;
using backlot::logs::FilterPattern;

namespace {

bool matches(const char* pattern, const char* message) { return FilterPattern(pattern).matches(message); }

}  // namespace

TEST_CASE("an empty pattern matches every event") {
    CHECK(matches("", "anything"));
    CHECK(matches(" ", "anything"));
    CHECK(matches("[]", "anything"));
}

TEST_CASE("all terms must be there, in any order, and case counts") {
    CHECK(matches("ERROR payment", "payment failed: ERROR 402"));
    CHECK_FALSE(matches("ERROR refund", "payment failed: ERROR 402"));
    CHECK_FALSE(matches("error", "ERROR"));
}

TEST_CASE("quotes keep a phrase together, a minus excludes, question marks are alternatives") {
    CHECK(matches("\"card declined\"", "the card declined twice"));
    CHECK_FALSE(matches("\"card declined\"", "declined: the card"));
    CHECK_FALSE(matches("ERROR -timeout", "ERROR: timeout"));
    CHECK(matches("ERROR -timeout", "ERROR: refused"));
    CHECK(matches("?ERROR ?WARN", "WARN low stock"));
    CHECK_FALSE(matches("?ERROR ?WARN", "INFO"));
}

TEST_CASE("a JSON pattern compares members of events that are JSON") {
    const char* event =
        R"({"level":"ERROR","status":502,"user":{"id":"USER#1"},"items":[{"sku":"A"},{"sku":"B"}],"paid":false,"note":null})";
    CHECK(matches("{ $.level = \"ERROR\" && $.status >= 500 }", event));
    CHECK_FALSE(matches("{ $.level = \"ERROR\" && $.status < 500 }", event));
    CHECK(matches("{ $.level = WARN || ($.status = 5* || $.status = 502) }", event));
    CHECK(matches("{ $.user.id = USER* }", event));
    CHECK(matches("{ $.items[1].sku = B }", event));
    CHECK(matches("{ $.items[*].sku = B }", event));
    CHECK(matches("{ $.paid IS FALSE }", event));
    CHECK(matches("{ $.note IS NULL }", event));
    CHECK(matches("{ $.refund NOT EXISTS }", event));
    CHECK_FALSE(matches("{ $.refund != 1 }", event));
    CHECK_FALSE(matches("{ $.level = ERROR }", "level ERROR"));
}

TEST_CASE("a pattern in brackets names fields set apart by spaces") {
    const char* line = "127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] \"GET /order HTTP/1.0\" 404 1534";
    CHECK(matches("[ip, id, user, time, request, status = 4*, bytes > 1000]", line));
    CHECK(matches("[ip, ..., status = 404, bytes]", line));
    CHECK_FALSE(matches("[ip, ..., status = 5*, bytes]", line));
    CHECK_FALSE(matches("[ip, user]", line));
}

TEST_CASE("what is no pattern is refused") {
    for (const char* pattern : {"{ $.a }", "{ $.a = }", "{ $.a = 1", "\"open", "[a, b", "{ a = 1 }", "%[0-9%",
                                "%(a|b)%", "{ ((((((((((((((((((((((((((((((((((((((((($.a = 1 }"}) {
        CAPTURE(pattern);
        CHECK_THROWS_AS(FilterPattern{pattern}, AwsError);
    }
}

TEST_CASE("regular expressions stand for terms and values") {
    const char* line = "ERROR ORDER-1001 took 350 ms";
    CHECK(matches("%ORDER-[0-9]{4} took%", line));
    CHECK(matches("ERROR -%took \\d{4}%", line));
    CHECK(matches("?%^WARN% ?%ms$%", line));
    CHECK_FALSE(matches("%^ORDER%", line));
    CHECK(matches("{ $.order = %^ORDER-\\d+$% && $.status = %^3..$% }", R"({"order": "ORDER-1001", "status": 350})"));
    CHECK(matches("{ $.order != %^PAY% }", R"({"order": "ORDER-1001"})"));
    CHECK(matches("[level = %WARN|ERROR%, order, ...]", line));
    CHECK_FALSE(matches("[level = %WARN|INFO%, order, ...]", line));
    CHECK(matches("100%", "100% sure"));
    const std::string many(5000, 'a');
    CHECK_FALSE(matches("%a+a+a+a+a+a+a+a+a+a+a+a+b%", many.c_str()));  // gives up instead of holding up the world
}
