#include "emulator/cli/log_lines.h"

#include <doctest/doctest.h>

using namespace backlot::cli;

TEST_CASE("a line of a log is told with its time and, of several, with its function") {
    CHECK(logLine({}, "/aws/lambda/process-payment", 1'767'603'600'114, "paid ORDER#1001\n", false) ==
          "09:00:00.114  paid ORDER#1001");
    CHECK(logLine({}, "/aws/lambda/process-payment", 1'767'603'600'114, "paid ORDER#1001\n", true) ==
          "09:00:00.114  process-payment           paid ORDER#1001");
    CHECK(logLine({}, "shop/audit", 1'767'603'600'114, "ok", true) == "09:00:00.114  shop/audit                ok");
}
