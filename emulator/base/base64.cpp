#include "emulator/base/base64.h"

#include <array>
#include <cstdint>

namespace backlot {
namespace {

constexpr char kStandard[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr char kUrl[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

constexpr std::array<std::int8_t, 256> reversed(const char* alphabet) {
    std::array<std::int8_t, 256> table{};
    for (auto& entry : table) entry = -1;
    for (int i = 0; i < 64; ++i) table[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
    return table;
}
constexpr auto kFromStandard = reversed(kStandard);
constexpr auto kFromUrl = reversed(kUrl);

std::string encode(std::string_view bytes, const char* alphabet, bool padded) {
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t n = std::min<std::size_t>(3, bytes.size() - i);
        std::uint32_t word = 0;
        for (std::size_t k = 0; k < 3; ++k) word = word << 8 | (k < n ? static_cast<unsigned char>(bytes[i + k]) : 0u);
        for (std::size_t k = 0; k < n + 1; ++k) out += alphabet[word >> (18 - 6 * k) & 63];
        if (padded) out.append(3 - n, '=');
    }
    return out;
}

/// `text` without padding.
std::optional<std::string> decode(std::string_view text, const std::array<std::int8_t, 256>& table) {
    if (text.size() % 4 == 1) return std::nullopt;
    std::string out;
    out.resize(text.size() / 4 * 3);
    char* to = out.data();
    while (text.size() >= 4) {  // four characters are three bytes
        const auto value = [&](std::size_t i) {
            return static_cast<std::int32_t>(table[static_cast<unsigned char>(text[i])]);
        };
        const std::int32_t four = value(0) << 18 | value(1) << 12 | value(2) << 6 | value(3);
        if (four < 0) return std::nullopt;
        *to++ = static_cast<char>(four >> 16);
        *to++ = static_cast<char>(four >> 8);
        *to++ = static_cast<char>(four);
        text.remove_prefix(4);
    }
    std::uint32_t word = 0;
    int bits = 0;
    for (const unsigned char c : text) {
        if (table[c] < 0) return std::nullopt;
        word = word << 6 | static_cast<std::uint32_t>(table[c]);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            out += static_cast<char>(word >> bits & 255);
        }
    }
    if (word & ((1u << bits) - 1)) return std::nullopt;  // bits that no byte uses must be zero
    return out;
}

}  // namespace

std::string base64Encode(std::string_view bytes) { return encode(bytes, kStandard, true); }
std::string base64UrlEncode(std::string_view bytes) { return encode(bytes, kUrl, false); }

std::optional<std::string> base64Decode(std::string_view text) {
    if (text.size() % 4) return std::nullopt;
    for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) text.remove_suffix(1);
    return decode(text, kFromStandard);
}

std::optional<std::string> base64UrlDecode(std::string_view text) { return decode(text, kFromUrl); }

}  // namespace backlot
