#include "emulator/base/sha256.h"

// The arithmetic alone, deprecated in favour of EVP (which SHA256() calls too): that reads configuration files, loads
// providers and looks the algorithm up, 0.7 ms of a function's cold start and 3 MB in its library, for the same bytes.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <initializer_list>

namespace backlot {
namespace {

Sha256 sumOf(std::initializer_list<std::string_view> parts) {
    SHA256_CTX state;
    SHA256_Init(&state);
    for (const auto part : parts) SHA256_Update(&state, part.data(), part.size());
    Sha256 sum;
    SHA256_Final(sum.data(), &state);
    return sum;
}

}  // namespace

Sha256 sha256(std::string_view data) { return sumOf({data}); }

Sha256 hmacSha256(std::string_view key, std::string_view data) {
    std::array<char, SHA256_CBLOCK> inner, outer;
    const Sha256 shortened = key.size() > inner.size() ? sha256(key) : Sha256{};
    if (key.size() > inner.size()) key = bytesOf(shortened);
    inner.fill(0x36);
    outer.fill(0x5c);
    for (std::size_t i = 0; i < key.size(); ++i) {
        inner[i] = static_cast<char>(inner[i] ^ key[i]);
        outer[i] = static_cast<char>(outer[i] ^ key[i]);
    }
    const Sha256 sum = sumOf({{inner.data(), inner.size()}, data});
    return sumOf({{outer.data(), outer.size()}, bytesOf(sum)});
}

std::string hex(std::string_view bytes) {
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string out;
    out.reserve(bytes.size() * 2);
    for (const unsigned char byte : bytes) {
        out += kDigits[byte >> 4];
        out += kDigits[byte & 15];
    }
    return out;
}

bool equalInConstantTime(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace backlot
