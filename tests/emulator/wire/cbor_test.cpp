#include "emulator/wire/cbor.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace backlot::wire;

namespace {

using namespace std::literals;

double floatingOf(std::string_view bytes) {
    CborReader reader(bytes);
    const CborHead head = reader.head();
    return reader.floating(head);
}

std::string written(void (*write)(CborWriter&)) {
    CborWriter writer;
    write(writer);
    return writer.take();
}

}  // namespace

// Source: RFC 8949, Appendix A, "Examples of Encoded CBOR Data Items".
TEST_CASE("numbers are written as short as they are") {
    CHECK(written([](CborWriter& w) { w.integer(0); }) == "\x00"s);
    CHECK(written([](CborWriter& w) { w.integer(23); }) == "\x17");
    CHECK(written([](CborWriter& w) { w.integer(24); }) == "\x18\x18");
    CHECK(written([](CborWriter& w) { w.integer(1000); }) == "\x19\x03\xe8");
    CHECK(written([](CborWriter& w) { w.integer(1000000); }) == "\x1a\x00\x0f\x42\x40"s);
    CHECK(written([](CborWriter& w) { w.integer(1000000000000); }) == "\x1b\x00\x00\x00\xe8\xd4\xa5\x10\x00"s);
    CHECK(written([](CborWriter& w) { w.integer(-1); }) == "\x20");
    CHECK(written([](CborWriter& w) { w.integer(-1000); }) == "\x39\x03\xe7");
    CHECK(written([](CborWriter& w) { w.integer(std::numeric_limits<std::int64_t>::min()); }) ==
          "\x3b\x7f\xff\xff\xff\xff\xff\xff\xff");
    CHECK(written([](CborWriter& w) { w.unsignedInteger(18446744073709551615u); }) ==
          "\x1b\xff\xff\xff\xff\xff\xff\xff\xff");
    CHECK(written([](CborWriter& w) { w.single(100000.0F); }) == "\xfa\x47\xc3\x50\x00"s);
    CHECK(written([](CborWriter& w) { w.real(1.1); }) == "\xfb\x3f\xf1\x99\x99\x99\x99\x99\x9a");
}

TEST_CASE("numbers of every precision are read") {
    CHECK(floatingOf("\xf9\x3c\x00"sv) == 1.0);
    CHECK(floatingOf("\xf9\x7b\xff"sv) == 65504.0);
    CHECK(floatingOf("\xf9\x00\x01"sv) == doctest::Approx(5.960464477539063e-8));
    CHECK(floatingOf("\xf9\xc4\x00"sv) == -4.0);
    CHECK(std::isinf(floatingOf("\xf9\x7c\x00"sv)));
    CHECK(std::isnan(floatingOf("\xf9\x7e\x00"sv)));
    CHECK(floatingOf("\xfa\x47\xc3\x50\x00"sv) == 100000.0);
    CHECK(floatingOf("\xfb\xc0\x10\x66\x66\x66\x66\x66\x66"sv) == -4.1);
}

TEST_CASE("a text that comes in parts is one") {
    CborReader reader("\x7f\x65strea\x64ming\xff"sv);
    CHECK(reader.string(reader.head()) == "streaming");
    CHECK(reader.atEnd());
}

TEST_CASE("lengths are not believed before the bytes are there") {
    for (const auto bytes : {"\x5b\x7f\xff\xff\xff\xff\xff\xff\xff"sv, "\x62\x61"sv, "\x7f\x61\x61"sv, "\x7f\x01\xff"sv,
                             "\x19\x01"sv, ""sv}) {
        CborReader reader(bytes);
        CHECK_THROWS_AS(reader.string(reader.head()), CborError);
    }
    CborReader many("\x9b\x00\x00\x00\x00\xff\xff\xff\xff\x01"sv);
    CHECK_THROWS_AS(many.count(many.head()), CborError);
    for (const auto bytes : {"\x1c"sv, "\x1f"sv, "\xdf"sv}) CHECK_THROWS_AS(CborReader(bytes).head(), CborError);
}
