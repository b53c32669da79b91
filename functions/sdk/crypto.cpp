#include "functions/sdk/crypto.h"

// OpenSSL's one-shot SHA-256 is deprecated in favour of EVP, which would read configuration files and load providers:
// 1 ms of a function's cold start, for the same bytes.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <crypt.h>
#include <openssl/sha.h>

#include <cstring>
#include <memory>

#include "functions/sdk/errors.h"

namespace backlot::sdk {
namespace {

constexpr char kStandard[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr char kUrlSafe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::size_t kBcryptLimitBytes = 72;
constexpr double kClockSkewSeconds = 5;  // of the machine that made a token (RFC 7519, 4.1.5, allows for some)

std::string encode(std::string_view bytes, const char* alphabet, bool padded) {
    std::string out;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const auto byte = [&](std::size_t at) {
            return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0u;
        };
        const unsigned word = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
        const auto digits = std::min<std::size_t>(bytes.size() - i, 3) + 1;
        for (std::size_t d = 0; d < 4; ++d)
            if (d < digits)
                out += alphabet[word >> (18 - 6 * d) & 63];
            else if (padded)
                out += '=';
    }
    return out;
}

}  // namespace

Digest sha256(std::string_view data) {
    Digest digest;
    SHA256(reinterpret_cast<const unsigned char*>(data.data()), data.size(), digest.data());
    return digest;
}

Digest hmacSha256(std::string_view key, std::string_view data) {  // RFC 2104
    constexpr std::size_t block = 64;
    const auto shortened = key.size() > block ? sha256(key) : Digest{};
    if (key.size() > block) key = bytesOf(shortened);
    std::string inner(block, '\x36'), outer(block, '\x5c');
    for (std::size_t i = 0; i < key.size(); ++i) {
        inner[i] = static_cast<char>(inner[i] ^ key[i]);
        outer[i] = static_cast<char>(outer[i] ^ key[i]);
    }
    return sha256(outer.append(bytesOf(sha256(inner.append(data)))));
}

std::string hex(std::string_view bytes) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string out;
    for (const unsigned char byte : bytes) out.append({digits[byte >> 4], digits[byte & 15]});
    return out;
}

std::string base64Encode(std::string_view bytes) { return encode(bytes, kStandard, true); }
std::string base64UrlEncode(std::string_view bytes) { return encode(bytes, kUrlSafe, false); }

std::optional<std::string> base64UrlDecode(std::string_view text) {
    if (text.size() % 4 == 1) return std::nullopt;
    std::string out;
    unsigned word = 0;
    int bits = 0;
    for (const char c : text) {
        const auto* digit = c ? std::strchr(kUrlSafe, c) : nullptr;
        if (!digit) return std::nullopt;
        word = word << 6 | static_cast<unsigned>(digit - kUrlSafe);
        if ((bits += 6) >= 8) out += static_cast<char>(word >> (bits -= 8) & 255);
    }
    return out;
}

bool equalInConstantTime(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    unsigned char difference = 0;
    for (std::size_t i = 0; i < a.size(); ++i) difference |= static_cast<unsigned char>(a[i] ^ b[i]);
    return difference == 0;
}

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
