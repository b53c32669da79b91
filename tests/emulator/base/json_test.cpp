#include <doctest/doctest.h>

#include "emulator/base/aws_error.h"
#include "emulator/base/json.h"

using namespace backlot;

TEST_CASE("of equal keys in an object the last one counts") {
    CHECK(writeJson(parseJson(R"({"a":1,"b":2,"a":3})")) == R"({"b":2,"a":3})");
    CHECK(writeJson(parseJson(R"({"x":{"a":1,"a":2}})")) == R"({"x":{"a":2}})");
}

TEST_CASE("deep nesting is refused without recursion") {
    CHECK_THROWS_AS(parseJson(std::string(200'000, '[')), JsonError);
    CHECK_NOTHROW(parseJson(std::string(100, '[') + std::string(100, ']')));
}

TEST_CASE("what is not JSON throws with its offset") {
    for (const char* text : {"", "{", "{\"a\":}", "nul", "1 2", "\"\xff\"", "[1,]", "01", "\"\\ud800\"", "{'a':1}"}) {
        CAPTURE(text);
        CHECK_THROWS_AS(parseJson(text), JsonError);
    }
}

TEST_CASE("object() leaves empty optionals out and keeps the order of the rest") {
    CHECK(writeJson(object({{"b", 1}, {"n", std::optional<std::string>()}, {"a", "x"}, {"t", true}, {"z", nullptr}})) ==
          R"({"b":1,"a":"x","t":true,"z":null})");
}

TEST_CASE("numbers compare by value and objects regardless of order") {
    CHECK(equal(parseJson(R"({"a":1,"b":[1.0]})"), parseJson(R"({"b":[1],"a":1.0})")));
    CHECK_FALSE(equal(parseJson("[1,2]"), parseJson("[2,1]")));
}

TEST_CASE("only UTF-8 is taken, and a NUL byte does not end a text") {
    for (const char* good : {"", "ascii ascii ascii", "\xC3\xA9", "price 10 \xE2\x82\xAC please", "\xF0\x9F\x98\x80",
                             "\xED\x9F\xBF", "\xF4\x8F\xBF\xBF"})
        CHECK(isUtf8(good));
    for (const char* bad : {"\x80", "\xC0\x80", "\xC3", "ascii asc\xE2\x82", "\xE0\x9F\xBF", "\xED\xA0\x80",
                            "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80"})
        CHECK_FALSE(isUtf8(bad));
    CHECK(validUtf8Prefix("abc\xFF"
                          "def") == 3);
    CHECK_THROWS_AS(parseJson(std::string_view("{}\0", 3)), JsonError);
    CHECK_THROWS_AS(parseJson(std::string_view("{}\0{}", 5)), JsonError);
    CHECK_THROWS_AS(parseJson(std::string_view("\"a\0b\"", 5)), JsonError);
    CHECK(parseJson("\xEF\xBB\xBF{}").IsObject());
    CHECK(view(parseJson(R"("\ud83d\ude00")")) == "\xF0\x9F\x98\x80");
    for (const char* half : {R"("\ude00")", R"("\ud83d")", R"(["\ud7ff", "\udc00"])", R"({"\udfff": 1})"})
        CHECK_THROWS_AS(parseJson(half), JsonError);
}

TEST_CASE("numbers keep their exact value, whole ones to 64 bits") {
    for (const char* text : {"0", "-1", "9007199254740993", "-9223372036854775808", "18446744073709551615", "0.1",
                             "1.7976931348623157e308", "5e-324", "1.5"})
        CHECK(writeJson(parseJson(text)) == text);
    for (const char* text : {"0.0e300", "-0.0e300", "0e1", "0.0e-300", "1e-400"})
        CHECK(parseJson(text).GetDouble() == 0);
    CHECK(parseJson("18446744073709551616").GetDouble() == 18446744073709551616.0);
    CHECK(parseJson("1E2").GetDouble() == 100);
    for (const char* text : {"1e400", "-1e400", "1e", ".5", "+1", "0x1"}) CHECK_THROWS_AS(parseJson(text), JsonError);
}

TEST_CASE("a text comes back with whatever is escaped in it, wherever that stands") {
    // Texts are looked at in blocks of sixteen bytes: every place in two of them and in what is left over.
    for (std::size_t size = 1; size < 40; ++size) {
        for (std::size_t at = 0; at < size; ++at) {
            for (const char special : {'"', '\\', '\n', '\x01', '\x1f', '\x20', '\x7f'}) {
                std::string text(size, 'a');
                text[at] = special;
                const std::string written = writeJson(str(text));
                REQUIRE(view(parseJson(written)) == text);
                REQUIRE((written.size() == size + 2) == (special == '\x20' || special == '\x7f'));
            }
            std::string broken(size, 'a');
            broken[at] = '\n';  // a control character has to be escaped
            REQUIRE_THROWS_AS(parseJson("\"" + broken + "\""), JsonError);
        }
        CHECK_THROWS_AS(parseJson("\"" + std::string(size, 'a')), JsonError);
    }
    const std::string wide = "äöü–😀" + std::string(20, 'x') + "é\"";
    CHECK(view(parseJson(writeJson(str(wide)))) == wide);
}

TEST_CASE("Fields names the member that has a wrong type") {
    const Json json = parseJson(R"({"n":"x","s":5})");
    const Fields fields(json);
    CHECK_THROWS_WITH_AS(fields.integer("n"), "The request member n must be an integer.", AwsError);
    CHECK_THROWS_WITH_AS(fields.text("gone"), "The request member gone must be given.", AwsError);
    CHECK(fields.valueOr("gone", 7) == 7);
    CHECK(fields.child("gone").items("x").empty());
}
