#pragma once
// Digests, base64, tokens and passwords.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "functions/sdk/json.h"
#include "functions/sdk/time.h"

namespace backlot::sdk {

using Digest = std::array<unsigned char, 32>;
Digest sha256(std::string_view data);
Digest hmacSha256(std::string_view key, std::string_view data);
inline std::string_view bytesOf(const Digest& digest) {
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}
/// Lower-case hexadecimal digits.
std::string hex(std::string_view bytes);
std::string base64Encode(std::string_view bytes);
/// The alphabet of JSON Web Tokens, without padding (RFC 4648, section 5).
std::string base64UrlEncode(std::string_view bytes);
std::optional<std::string> base64UrlDecode(std::string_view text);
/// Takes as long for the first differing byte as for the last.
bool equalInConstantTime(std::string_view a, std::string_view b);

/// A JSON Web Token signed with HS256 (RFC 7519); `claims` is its payload.
std::string signJwt(const Json& claims, std::string_view secret);
/// The claims, or nothing: another algorithm ("none" included), a wrong signature, `exp` missing or not after `now`,
/// `nbf` or `iat` more than five seconds after it. Source: RFC 7519, 4.1.
std::optional<Json> verifyJwt(std::string_view token, std::string_view secret, Time now);

/// bcrypt ($2b$) of at most 72 bytes; `cost` 4–31 is the base-2 logarithm of its rounds; `salt` is 16 random bytes.
/// Throws LambdaError("ConfigurationError") on another cost or a longer password.
std::string hashPassword(std::string_view password, int cost, std::string_view salt);
bool verifyPassword(std::string_view password, const std::string& hash);

}  // namespace backlot::sdk
