#include "emulator/base/gzip.h"

#include <doctest/doctest.h>

using namespace backlot;

TEST_CASE("what was zipped comes back, and equal texts give equal bytes") {
    const std::string text(100'000, 'a');
    CHECK(inflated(gzip(text), text.size()) == text);
    CHECK(inflated(gzip(""), 0) == "");
    CHECK(gzip(text) == gzip(text));
}

TEST_CASE("nothing comes of bytes that are broken, cut off, or too many unzipped") {
    const std::string zipped = gzip(std::string(100'000, 'a'));
    CHECK_FALSE(inflated(zipped, 99'999));
    CHECK_FALSE(inflated(zipped.substr(0, zipped.size() / 2), 100'000));
    CHECK_FALSE(inflated("plain", 100'000));
    CHECK_FALSE(inflated("", 100'000));
}
