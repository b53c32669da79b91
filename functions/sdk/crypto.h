#pragma once
// Digests, base64, tokens and passwords.

#include <optional>
#include <string>
#include <string_view>

#include "emulator/base/base64.h"
#include "emulator/base/sha256.h"
#include "functions/sdk/json.h"
#include "functions/sdk/time.h"

namespace backlot::sdk {

using Digest = Sha256;
using backlot::base64Encode;
using backlot::base64UrlDecode;
using backlot::base64UrlEncode;
using backlot::bytesOf;
using backlot::equalInConstantTime;
using backlot::hex;
using backlot::hmacSha256;
using backlot::sha256;

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
