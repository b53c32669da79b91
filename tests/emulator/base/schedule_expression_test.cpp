#include "emulator/base/schedule_expression.h"

#include <doctest/doctest.h>

using namespace backlot;

namespace {
std::string next(std::string_view expression, std::string_view after) {
    const auto schedule = ScheduleExpression::parse(expression);
    REQUIRE(schedule);
    const auto moment = schedule->next(*parseIso8601(after));
    return moment ? iso8601Seconds(*moment) : "never";
}
}  // namespace

TEST_CASE("cron and rate name their next moment") {
    CHECK(next("rate(5 minutes)", "2026-01-05T09:00:00Z") == "2026-01-05T09:05:00Z");
    CHECK(next("cron(0 10 * * ? *)", "2026-01-05T10:00:00Z") == "2026-01-06T10:00:00Z");
    CHECK(next("cron(0/15 8-9 ? * MON-FRI *)", "2026-01-09T09:50:00Z") == "2026-01-12T08:00:00Z");
    CHECK(next("cron(0 0 L * ? *)", "2026-02-01T00:00:00Z") == "2026-02-28T00:00:00Z");
    CHECK(next("cron(0 9 ? * 6L *)", "2026-01-05T00:00:00Z") == "2026-01-30T09:00:00Z");   // the last Friday
    CHECK(next("cron(0 9 ? * 3#2 *)", "2026-01-05T00:00:00Z") == "2026-01-13T09:00:00Z");  // the second Tuesday
    CHECK(next("cron(0 9 15W * ? *)", "2026-02-01T00:00:00Z") == "2026-02-16T09:00:00Z");  // the 15th is a Sunday
    CHECK(next("cron(15 10 ? * 6L 2002-2005)", "2026-01-05T00:00:00Z") == "never");
}

TEST_CASE("what AWS refuses is refused") {
    for (const char* text : {"cron(0 1 * * * *)", "cron(7 20 * * NOT *)", "cron(71 8 1 * ? *)", "rate(1 minutes)",
                             "rate(5 minute)", "rate(0 minutes)", "cron(* * * * *)", "every day"}) {
        CAPTURE(text);
        CHECK_FALSE(ScheduleExpression::parse(text));
    }
}
