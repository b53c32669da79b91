#pragma once
// SHA-256 (FIPS 180-4) and what signatures are made of with it. Functions start with this: see CMakeLists.txt.

#include <array>
#include <string>
#include <string_view>

namespace backlot {

using Sha256 = std::array<unsigned char, 32>;

Sha256 sha256(std::string_view data);
/// Source: RFC 2104.
Sha256 hmacSha256(std::string_view key, std::string_view data);
inline std::string_view bytesOf(const Sha256& sum) { return {reinterpret_cast<const char*>(sum.data()), sum.size()}; }
/// Lower-case hexadecimal digits.
std::string hex(std::string_view bytes);
inline std::string sha256Hex(std::string_view data) { return hex(bytesOf(sha256(data))); }
/// Takes as long for the first differing byte as for the last.
bool equalInConstantTime(std::string_view a, std::string_view b);

}  // namespace backlot
