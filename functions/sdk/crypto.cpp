#include "functions/sdk/crypto.h"

#include <crypt.h>

#include <memory>

#include "functions/sdk/errors.h"

namespace backlot::sdk {
namespace {

constexpr std::size_t kBcryptLimitBytes = 72;
constexpr double kClockSkewSeconds = 5;  // of the machine that made a token (RFC 7519, 4.1.5, allows for some)

}  // namespace

std::string signJwt(const Json& claims, std::string_view secret) {
    const auto text = base64UrlEncode(R"({"alg":"HS256","typ":"JWT"})") + "." + base64UrlEncode(writeJson(claims));
    return text + "." + base64UrlEncode(bytesOf(hmacSha256(secret, text)));
}

std::optional<Json> verifyJwt(std::string_view token, std::string_view secret, Time now) try {
    const auto first = token.find('.');
    const auto last = token.rfind('.');
    if (first == std::string_view::npos || first == last) return std::nullopt;
    const auto header = base64UrlDecode(token.substr(0, first));
    const auto payload = base64UrlDecode(token.substr(first + 1, last - first - 1));
    if (!header || !payload) return std::nullopt;
    // The algorithm is ours, never the token's choice; it only has to agree.
    if (textOr(parseJson(*header), "alg") != "HS256") return std::nullopt;
    const auto signature = base64UrlEncode(bytesOf(hmacSha256(secret, token.substr(0, last))));
    if (!equalInConstantTime(signature, token.substr(last + 1))) return std::nullopt;
    auto claims = parseJson(*payload);
    const auto at = static_cast<double>(epochSeconds(now));
    const Json* expiry = find(claims, "exp");
    if (!expiry || !expiry->IsNumber() || expiry->GetDouble() <= at) return std::nullopt;
    for (const char* name : {"nbf", "iat"}) {
        const Json* begin = find(claims, name);
        if (begin && (!begin->IsNumber() || begin->GetDouble() > at + kClockSkewSeconds)) return std::nullopt;
    }
    return claims;
} catch (const JsonError&) {
    return std::nullopt;
}

std::string hashPassword(std::string_view password, int cost, std::string_view salt) {
    // bcrypt reads 72 bytes and stops at a NUL: what it would ignore must not pass for a password.
    if (password.size() > kBcryptLimitBytes || password.find('\0') != std::string_view::npos)
        throw LambdaError("ConfigurationError", "bcrypt takes at most 72 bytes without NUL");
    char setting[CRYPT_GENSALT_OUTPUT_SIZE];
    if (!crypt_gensalt_rn("$2b$", static_cast<unsigned long>(cost), salt.data(), static_cast<int>(salt.size()), setting,
                          sizeof setting))
        throw LambdaError("ConfigurationError", "bcrypt's cost must be from 4 to 31");
    const auto data = std::make_unique<crypt_data>();  // 32 KiB: not for the stack
    const auto* hash = crypt_r(std::string(password).c_str(), setting, data.get());
    if (!hash || hash[0] == '*') throw LambdaError("ConfigurationError", "this system's crypt has no bcrypt");
    return hash;
}

bool verifyPassword(std::string_view password, const std::string& hash) {
    if (password.size() > kBcryptLimitBytes || password.find('\0') != std::string_view::npos) return false;
    const auto data = std::make_unique<crypt_data>();
    const auto* again = crypt_r(std::string(password).c_str(), hash.c_str(), data.get());
    return again && again[0] != '*' && equalInConstantTime(again, hash);
}

}  // namespace backlot::sdk
