#include <doctest/doctest.h>

#include "emulator/base/time.h"

using namespace backlot;
using namespace std::chrono_literals;

TEST_CASE("ISO 8601 is written as it is read") {
    const auto time = parseIso8601("2026-01-05T09:00:00.123Z");
    REQUIRE(time);
    CHECK(iso8601Millis(*time) == "2026-01-05T09:00:00.123Z");
    CHECK(iso8601Seconds(*time) == "2026-01-05T09:00:00Z");
    CHECK(httpDate(*time) == "Mon, 05 Jan 2026 09:00:00 GMT");
    CHECK(writeJson(epochSeconds(*time)) == "1767603600.123");
    CHECK(parseIso8601("2026-01-05T10:30:00+01:30") == parseIso8601("2026-01-05T09:00:00Z"));
}

TEST_CASE("what is not a time is nothing") {
    for (const char* text : {"", "2026", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-01-01T00:00:00",
                             "2026-01-01 00:00:00Z", "2026-01-01T00:00:00Zx"})
        CHECK_FALSE(parseIso8601(text));
}

TEST_CASE("durations are written as people write them") {
    CHECK(parseDuration("1h30m") == Duration(90min));
    CHECK(parseDuration("500ms") == Duration(500ms));
    CHECK(parseDuration("14d") == Duration(336h));
    CHECK(parseDuration("90") == Duration(90s));
    CHECK_FALSE(parseDuration("soon"));
    CHECK_FALSE(parseDuration("5 m"));
}
