#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "emulator/base/arn.h"
#include "emulator/base/base64.h"
#include "emulator/base/crc32c.h"
#include "emulator/base/hash.h"
#include "emulator/base/http_message.h"
#include "emulator/base/plain_file.h"

using namespace backlot;

TEST_CASE("base64 takes back what it wrote and nothing else") {
    for (const std::string bytes : {"", "f", "fo", "foo", "foob"}) CHECK(base64Decode(base64Encode(bytes)) == bytes);
    CHECK(base64Encode("foob") == "Zm9vYg==");
    CHECK(base64UrlEncode("\xfb\xff") == "-_8");
    for (const char* text : {"Zg", "Zg=", "Zh==", "Z===", "Zm9v!mFy", "===="}) CHECK_FALSE(base64Decode(text));
}

TEST_CASE("a file that somebody names is read whole, or refused in words: never waited for") {
    const std::string folder = std::filesystem::temp_directory_path() / "backlot-plain-file-XXXXXX";
    std::string made = folder;
    REQUIRE(mkdtemp(made.data()) != nullptr);
    const std::filesystem::path path = made;
    const std::string text(100'000, 'x');
    std::ofstream(path / "file") << text;
    std::filesystem::create_symlink(path / "file", path / "link");
    REQUIRE(::mkfifo((path / "fifo").c_str(), 0600) == 0);
    CHECK(readPlainFile(path / "file") == text);
    CHECK(readPlainFile(path / "link") == text);
    CHECK_THROWS_WITH(readPlainFile(path), doctest::Contains("is a folder"));
    CHECK_THROWS_WITH(readPlainFile(path / "fifo"), doctest::Contains("is a FIFO"));
    CHECK_THROWS_WITH(readPlainFile(path / "none"), doctest::Contains("No such file"));
    CHECK_THROWS_WITH(readPlainFile("/dev/zero"), doctest::Contains("is no regular file"));
    CHECK_THROWS_WITH(readPlainFile(path / "file", 1000), doctest::Contains("is longer than 1000 bytes"));
    CHECK_THROWS_WITH(openPlainFile(path / "link", false), doctest::Contains("is a link"));
    std::filesystem::remove_all(path);
}

TEST_CASE("CRC-32C is that of RFC 3720, by instruction and by table, in one piece or in several") {
    CHECK(crc32c(0, "123456789") == 0xe3069283);
    CHECK(crc32c(0, std::string(32, '\0')) == 0x8a9136aa);
    CHECK(crc32c(0, std::string(32, '\xff')) == 0x62a8ab43);
    std::string bytes;
    for (int i = 0; i < 200; ++i) {
        CHECK(crc32c(0, bytes) == crc32cByTable(0, bytes));
        const std::string_view all(bytes);
        const auto half = bytes.size() / 3;
        CHECK(crc32c(crc32c(0, all.substr(0, half)), all.substr(half)) == crc32c(0, all));
        bytes += static_cast<char>(i * 37);
    }
}

TEST_CASE("digests are the published ones") {
    CHECK(md5Hex("") == "d41d8cd98f00b204e9800998ecf8427e");
    CHECK(sha256Hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(hex(bytesOf(hmacSha256("Jefe", "what do ya want for nothing?"))) ==  // RFC 4231, test cases 2 and 6
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    CHECK(
        hex(bytesOf(hmacSha256(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First"))) ==
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    CHECK(crc32("123456789") == 0xCBF43926);
    CHECK(digest("nonsense", "x").empty());
}

TEST_CASE("an ARN's resource may hold colons") {
    const auto parsed = parseArn("arn:aws:lambda:us-east-1:000000000000:function:pay:live");
    REQUIRE(parsed);
    CHECK(parsed->resource == "function:pay:live");
    CHECK(parsed->text() == "arn:aws:lambda:us-east-1:000000000000:function:pay:live");
    CHECK_FALSE(parseArn("arn:aws:sqs"));
}

TEST_CASE("header names compare without case and a target falls into path and query") {
    Request request{"GET", "/a%20b?x=1&y=a+b", {{"X-Amz-Target", "T"}}, ""};
    CHECK(request.headers.get("x-amz-target") == "T");
    CHECK(request.path() == "/a%20b");
    CHECK(parseQuery(request.query()) == std::vector<std::pair<std::string, std::string>>{{"x", "1"}, {"y", "a b"}});
    CHECK(percentDecode("/a%20b%zz") == "/a b%zz");
    CHECK(percentEncode("a b/ä~", true) == "a%20b/%C3%A4~");
}
