#include "emulator/services/dynamodb/md5.h"

#include <doctest/doctest.h>

#include "emulator/base/hash.h"

TEST_CASE("the MD5 of parts is that of their text, and keeps nothing from one call to the next") {
    for (int twice = 0; twice < 2; ++twice) {
        const auto sum = backlot::dynamodb::md5({"message", " ", "digest"});
        CHECK(backlot::hex({reinterpret_cast<const char*>(sum.data()), sum.size()}) ==
              "f96b697d7cb7938d525a2f31aaf161d0");  // RFC 1321, A.5
    }
}
