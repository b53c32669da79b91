#pragma once
// What tells a row that was written from one that was damaged: four bytes before each stored value, the CRC-32C of the
// table's name, the key and the value. So a value that turns up under another key or in another table is noticed too.

#include <cstdint>
#include <cstring>
#include <string_view>

#include "emulator/base/crc32c.h"

namespace backlot::row {

inline constexpr std::size_t kSumBytes = 4;

inline std::uint32_t seedOf(std::string_view table) { return crc32c(0, table); }

/// For a value that comes in pieces: begin(), then crc32c() over each.
inline std::uint32_t begin(std::uint32_t seed, std::string_view key) {
    return crc32c(seed ^ static_cast<std::uint32_t>(key.size() * 0x9e3779b1u), key);
}

inline std::uint32_t sum(std::uint32_t seed, std::string_view key, std::string_view value) {
    return crc32c(begin(seed, key), value);
}

/// Of a stored value, which holds at least kSumBytes.
inline std::uint32_t stored(std::string_view bytes) {
    std::uint32_t sum;
    std::memcpy(&sum, bytes.data(), sizeof sum);
    return sum;
}

}  // namespace backlot::row
