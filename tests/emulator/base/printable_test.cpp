#include "emulator/base/printable.h"

#include <doctest/doctest.h>

#include "emulator/base/json.h"

using namespace backlot;

TEST_CASE("text that a terminal only shows stays as it is") {
    for (const char* text : {"", "paid ORDER#1001\n\tby card", "Bestände: 12 €", "注文 🛒", "~"})
        CHECK(printable(text) == text);
}

TEST_CASE("what a terminal would obey is shown in place of it") {
    CHECK(printable("\033[2Jgone\033]0;title\007") == "\\u001b[2Jgone\\u001b]0;title\\u0007");
    CHECK(printable("100 %\r  0 %\b\b") == "100 %\\u000d  0 %\\u0008\\u0008");
    CHECK(printable(std::string_view("a\0b", 3)) == "a\\u0000b");
    CHECK(printable("\u009b31m\u0085\u007f") == "\\u009b31m\\u0085\\u007f");         // C1: CSI in one character
    CHECK(printable("if (admin\u202e \u2066) {") == "if (admin\\u202e \\u2066) {");  // turns what follows
}

TEST_CASE("bytes that are no UTF-8 are shown one by one") {
    CHECK(printable("\x9b"
                    "31m") == "\\x9b31m");
    CHECK(printable("\xc0\x9b\xed\xa0\x80\xf5") == "\\xc0\\x9b\\xed\\xa0\\x80\\xf5");
    CHECK(printable("caf\xc3") == "caf\\xc3");
    CHECK(printable("\xff"
                    "31\xfe") == "\\xff31\\xfe");
}

TEST_CASE("a text of one line stays in it") {
    CHECK(printableLine("Order\nTo: everybody\r\n") == "Order\\nTo: everybody\\u000d\\n");
}

TEST_CASE("a JSON text means the same afterwards") {
    const Json value = object({{"text", "\x7f\u009b\033\u202e"}});
    const std::string shown = printable(writeJson(value));
    CHECK(shown.find("\\u009b") != std::string::npos);
    CHECK(parseJson(shown) == value);
}
