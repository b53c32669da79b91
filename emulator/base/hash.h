#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace backlot {

using Sha256 = std::array<unsigned char, 32>;

Sha256 sha256(std::string_view data);
Sha256 hmacSha256(std::string_view key, std::string_view data);
/// Lower-case hexadecimal digests.
std::string md5Hex(std::string_view data);
std::string sha1Hex(std::string_view data);
std::string sha256Hex(std::string_view data);
/// Raw digest by OpenSSL's name ("SHA512"); empty where there is no such algorithm.
std::string digest(const char* algorithm, std::string_view data);
std::string hex(std::string_view bytes);
/// Appends the lowest `digits` hexadecimal digits of `value`.
void appendHex(std::string& out, std::uint64_t value, int digits);
/// CRC-32 as zlib and x-amz-crc32 compute it.
std::uint32_t crc32(std::string_view data);
/// Takes as long for the first differing byte as for the last.
bool equalInConstantTime(std::string_view a, std::string_view b);

/// A fast 64-bit mix for dice, caches and hash partitions; not for secrets. Stable across versions and machines.
std::uint64_t mix(std::uint64_t seed, std::string_view data);
std::uint64_t mix(std::uint64_t seed, std::uint64_t value);

}  // namespace backlot
