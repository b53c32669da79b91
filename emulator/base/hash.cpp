#include "emulator/base/hash.h"

#include <openssl/evp.h>
#include <zlib.h>

namespace backlot {
namespace {

constexpr char kDigits[] = "0123456789abcdef";

std::string digestOf(const EVP_MD* algorithm, std::string_view data) {
    std::string out(EVP_MAX_MD_SIZE, '\0');
    unsigned size = 0;
    EVP_Digest(data.data(), data.size(), reinterpret_cast<unsigned char*>(out.data()), &size, algorithm, nullptr);
    out.resize(size);
    return out;
}

/// OpenSSL 3 looks an algorithm up by name at every use of EVP_md5(): fetch each once.
const EVP_MD* fetched(const char* name) { return EVP_MD_fetch(nullptr, name, nullptr); }

}  // namespace

std::string md5Hex(std::string_view data) {
    static const EVP_MD* algorithm = fetched("MD5");
    return hex(digestOf(algorithm, data));
}

std::string sha1Hex(std::string_view data) {
    static const EVP_MD* algorithm = fetched("SHA1");
    return hex(digestOf(algorithm, data));
}

std::string digest(const char* algorithm, std::string_view data) {
    EVP_MD* found = EVP_MD_fetch(nullptr, algorithm, nullptr);
    if (!found) return {};
    const std::string out = digestOf(found, data);
    EVP_MD_free(found);
    return out;
}

void appendHex(std::string& out, std::uint64_t value, int digits) {
    char text[16];
    for (int i = digits; i-- > 0; value >>= 4) text[i] = kDigits[value & 15];
    out.append(text, static_cast<std::size_t>(digits));
}

std::uint32_t crc32(std::string_view data) {
    return static_cast<std::uint32_t>(
        ::crc32(0, reinterpret_cast<const Bytef*>(data.data()), static_cast<uInt>(data.size())));
}

std::uint64_t mix(std::uint64_t seed, std::uint64_t value) {  // the finalizer of splitmix64 over both
    std::uint64_t z = seed * 0x9E3779B97F4A7C15ULL + value + 0x9E3779B97F4A7C15ULL;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
}

std::uint64_t mix(std::uint64_t seed, std::string_view data) {
    std::uint64_t state = mix(seed, data.size());
    while (!data.empty()) {
        std::uint64_t word = 0;
        const std::size_t n = data.size() < 8 ? data.size() : 8;
        for (std::size_t i = 0; i < n; ++i) word |= std::uint64_t(static_cast<unsigned char>(data[i])) << (8 * i);
        state = mix(state, word);
        data.remove_prefix(n);
    }
    return state;
}

}  // namespace backlot
