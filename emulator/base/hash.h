#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "emulator/base/sha256.h"

namespace backlot {

/// Lower-case hexadecimal digests.
std::string md5Hex(std::string_view data);
std::string sha1Hex(std::string_view data);
/// Raw digest by OpenSSL's name ("SHA512"); empty where there is no such algorithm.
std::string digest(const char* algorithm, std::string_view data);
/// Appends the lowest `digits` hexadecimal digits of `value`.
void appendHex(std::string& out, std::uint64_t value, int digits);
/// CRC-32 as zlib and x-amz-crc32 compute it.
std::uint32_t crc32(std::string_view data);

/// A fast 64-bit mix for dice, caches and hash partitions; not for secrets. Stable across versions and machines.
std::uint64_t mix(std::uint64_t seed, std::string_view data);
std::uint64_t mix(std::uint64_t seed, std::uint64_t value);

}  // namespace backlot
