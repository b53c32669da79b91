#include "emulator/base/text.h"

#include <doctest/doctest.h>

using namespace backlot;

TEST_CASE("a text in lower case keeps what is not ASCII") { CHECK(lowered("X-Amz-Date: ÄZ[") == "x-amz-date: Äz["); }

TEST_CASE("a text is taken without the blanks around it") {
    CHECK(trimmed(" \t a b\r\n") == "a b");
    CHECK(trimmed(" \r\n") == "");
    CHECK(trimmed("") == "");
}

TEST_CASE("a hexadecimal digit has a value, anything else has none") {
    CHECK(hexDigit('0') == 0);
    CHECK(hexDigit('a') == 10);
    CHECK(hexDigit('F') == 15);
    for (const char c : {'g', 'G', '/', ':', '@', '`', '\0', '\xff'}) CHECK(hexDigit(c) == -1);
}

TEST_CASE("a code point is written in one to four bytes") {
    std::string out;
    for (const char32_t point : {U'\x7F', U'\x80', U'\x7FF', U'\x800', U'\xFFFF', U'\x10000', U'\x10FFFF'})
        appendUtf8(out, point);
    CHECK(out == "\x7F\xC2\x80\xDF\xBF\xE0\xA0\x80\xEF\xBF\xBF\xF0\x90\x80\x80\xF4\x8F\xBF\xBF");
}
