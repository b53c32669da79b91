#include "emulator/base/crc32c.h"

#include <array>
#include <cstring>

#if defined(__x86_64__)
#include <nmmintrin.h>
#elif defined(__ARM_FEATURE_CRC32)
#include <arm_acle.h>
#endif

namespace backlot {
namespace {

constexpr std::uint32_t kPolynomial = 0x82f63b78;  // 0x1edc6f41, its bits in reverse

/// slices[k][b]: the CRC of byte b with k zero bytes behind it.
constexpr auto makeSlices() {
    std::array<std::array<std::uint32_t, 256>, 8> slices{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        std::uint32_t crc = byte;
        for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? kPolynomial : 0);
        slices[0][byte] = crc;
    }
    for (std::size_t k = 1; k < slices.size(); ++k)
        for (std::size_t byte = 0; byte < 256; ++byte)
            slices[k][byte] = slices[k - 1][byte] >> 8 ^ slices[0][slices[k - 1][byte] & 255];
    return slices;
}
constexpr auto kSlices = makeSlices();

std::uint64_t load64(const char* from) {
    std::uint64_t word;
    std::memcpy(&word, from, sizeof word);
    return word;
}

#if defined(__x86_64__)

__attribute__((target("sse4.2"))) std::uint32_t byInstruction(std::uint32_t crc, std::string_view data) {
    std::uint64_t state = ~crc;
    const char* at = data.data();
    std::size_t left = data.size();
    for (; left >= 8; left -= 8, at += 8) state = _mm_crc32_u64(state, load64(at));
    auto narrow = static_cast<std::uint32_t>(state);
    for (; left > 0; --left, ++at) narrow = _mm_crc32_u8(narrow, static_cast<unsigned char>(*at));
    return ~narrow;
}

const auto kBest = __builtin_cpu_supports("sse4.2") ? byInstruction : crc32cByTable;

#elif defined(__ARM_FEATURE_CRC32)

std::uint32_t byInstruction(std::uint32_t crc, std::string_view data) {
    std::uint32_t state = ~crc;
    const char* at = data.data();
    std::size_t left = data.size();
    for (; left >= 8; left -= 8, at += 8) state = __crc32cd(state, load64(at));
    for (; left > 0; --left, ++at) state = __crc32cb(state, static_cast<unsigned char>(*at));
    return ~state;
}

const auto kBest = byInstruction;

#else

const auto kBest = crc32cByTable;

#endif

}  // namespace

std::uint32_t crc32cByTable(std::uint32_t crc, std::string_view data) {
    std::uint32_t state = ~crc;
    const char* at = data.data();
    std::size_t left = data.size();
    for (; left >= 8; left -= 8, at += 8) {  // little-endian, as everything that LMDB's files are read by here
        const std::uint64_t word = load64(at) ^ state;
        state = 0;
        for (std::size_t k = 0; k < 8; ++k) state ^= kSlices[7 - k][word >> (8 * k) & 255];
    }
    for (; left > 0; --left, ++at) state = state >> 8 ^ kSlices[0][(state ^ static_cast<unsigned char>(*at)) & 255];
    return ~state;
}

std::uint32_t crc32c(std::uint32_t crc, std::string_view data) { return kBest(crc, data); }

}  // namespace backlot
