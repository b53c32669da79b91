#include "emulator/base/retention.h"

#include <doctest/doctest.h>

#include <stdexcept>

using namespace backlot;

TEST_CASE("what is kept is said in numbers, sizes and durations") {
    Retention retention;
    for (const char* setting :
         {"record=7", "logs=3MB", "logs-age=2d", "executions=0", "executions-age=1h", "streams=12"})
        change(retention, setting);
    CHECK(retention.recordEntries == 7);
    CHECK(retention.logBytes == 3 * 1024 * 1024);
    CHECK(retention.logAge == std::chrono::hours(48));
    CHECK(retention.executions == 0);
    CHECK(retention.executionAge == std::chrono::hours(1));
    CHECK(retention.streamRecords == 12);
    change(retention, "logs=5000");
    CHECK(retention.logBytes == 5000);
}

TEST_CASE("what is no such setting is refused") {
    for (const char* setting : {"", "record", "record=", "record=-1", "record=many", "logs=3XB",
                                "logs=99999999999999GB", "logs-age=soon", "mail=3", "=5"}) {
        Retention retention;
        CHECK_THROWS_AS(change(retention, setting), std::invalid_argument);
    }
}
