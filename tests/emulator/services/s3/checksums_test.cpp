#include "emulator/services/s3/checksums.h"

#include <doctest/doctest.h>

#include "emulator/base/aws_error.h"

using namespace backlot;

// Sums of "123456789" as the algorithms' catalogues have them.  Source: RFC 3720 (CRC32C); NVM Express (CRC64NVME).
TEST_CASE("checksums are those of the catalogues") {
    CHECK(s3::checksumOf("CRC32", "123456789") == "y/Q5Jg==");
    CHECK(s3::checksumOf("CRC32C", "123456789") == "4waSgw==");
    CHECK(s3::checksumOf("CRC64NVME", "123456789") == "rosUhgp5mIg=");
    CHECK(s3::checksumOf("SHA1", "") == "2jmj7l5rSw0yVb/vlWAYkK/YBwk=");
    CHECK(s3::checksumOf("SHA256", "") == "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
}

TEST_CASE("the checksum of a whole comes from its parts' sums and sizes alone") {
    std::string whole;
    for (int i = 0; i < 5'000; ++i) whole += static_cast<char>(i * 7 + i / 256);
    for (const char* algorithm : {"CRC32", "CRC32C", "CRC64NVME"}) {
        INFO(algorithm);
        for (const std::vector<std::size_t>& cuts :
             {std::vector<std::size_t>{5'000}, {1, 4'999}, {2'048, 2'048, 904}, {0, 5'000, 0}}) {
            std::vector<s3::PartSum> parts;
            std::size_t at = 0;
            for (const std::size_t size : cuts) {
                parts.push_back({s3::checksumOf(algorithm, whole.substr(at, size)), size});
                at += size;
            }
            CHECK(s3::fullChecksum(algorithm, parts) == s3::checksumOf(algorithm, whole));
        }
    }
}

TEST_CASE("a checksum that is another body's is refused") {
    const auto sums = [](const char* member, const char* value) {
        const Json request = object({{member, value}});
        return writeJson(s3::checksumsOf(Fields(request), "123456789"));
    };
    CHECK(sums("ChecksumCRC32", "y/Q5Jg==") == R"({"ChecksumCRC32":"y/Q5Jg=="})");
    CHECK(sums("ChecksumAlgorithm", "CRC32C") == R"({"ChecksumCRC32C":"4waSgw=="})");
    CHECK(sums("Unsaid", "") == R"({"ChecksumCRC64NVME":"rosUhgp5mIg="})");
    CHECK_THROWS_WITH_AS(sums("ChecksumCRC32", "4waSgw=="),
                         "The CRC32 you specified did not match the calculated checksum.", AwsError);
    CHECK_THROWS_WITH_AS(sums("ChecksumSHA1", "y/Q5Jg=="), "Value for x-amz-checksum-sha1 header is invalid.",
                         AwsError);
}
