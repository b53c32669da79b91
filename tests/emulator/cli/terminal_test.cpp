#include "emulator/cli/terminal.h"

#include <doctest/doctest.h>

using namespace backlot::cli;

TEST_CASE("colours are written only where they are wanted") {
    CHECK(shown(Style{false}.red("failed")) == "failed");
    CHECK(shown(Style{true}.red("failed")) == "\033[31mfailed\033[0m");
    CHECK(shown(Style{true}.red("")) == "");
    CHECK(shown("12  " + Style{true}.paint("96", "pay") + "  ok") == "12  \033[96mpay\033[0m  ok");
}

TEST_CASE("data is never obeyed, coloured or not") {
    CHECK(shown("\033[31mred\r\n") == "\\u001b[31mred\\u000d\n");
    CHECK(shown(Style{true}.red("\033[8mhidden")) == "\033[31m\\u001b[8mhidden\033[0m");
    CHECK(shown("\xff"
                "2J\xfe \xff"
                "1;31\xfe \xff\xfe \xff") == "\\xff2J\\xfe \\xff1;31\\xfe \\xff\\xfe \\xff");
    CHECK(shown(Style{true}.red("\xff"
                                "0\xfe")) == "\033[31m\\xff0\\xfe\033[0m");
}

TEST_CASE("columns are counted as a terminal shows them") {
    CHECK(widthOf("Bestände") == 8);
    CHECK(widthOf(Style{true}.red("failed")) == 6);
    CHECK(padded("ab", 4) == "ab  ");
}
