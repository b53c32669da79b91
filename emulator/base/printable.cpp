#include "emulator/base/printable.h"

#include <algorithm>
#include <cstdio>

namespace backlot {
namespace {

/// How many bytes the character at the beginning takes, and which it is; 0 bytes where it is no UTF-8 (RFC 3629).
std::size_t decode(std::string_view text, char32_t& character) {
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    const unsigned char first = byte(0);
    const std::size_t size = first < 0x80   ? 1
                             : first < 0xC2 ? 0
                             : first < 0xE0 ? 2
                             : first < 0xF0 ? 3
                             : first < 0xF5 ? 4
                                            : 0;
    if (size == 0 || size > text.size()) return 0;
    character = size == 1 ? first : first & (0x7F >> size);
    for (std::size_t i = 1; i < size; ++i) {
        if ((byte(i) & 0xC0) != 0x80) return 0;
        character = character << 6 | (byte(i) & 0x3F);
    }
    const bool overlong = (size == 3 && character < 0x800) || (size == 4 && character < 0x10000);
    const bool surrogate = character >= 0xD800 && character < 0xE000;
    return overlong || surrogate || character > 0x10FFFF ? 0 : size;
}

bool isObeyed(char32_t c) {
    const auto isControl = (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7F && c < 0xA0);
    const auto isMark = c == 0x061C || c == 0x200E || c == 0x200F;
    return isControl || isMark || (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

void append(std::string& out, const char* form, unsigned value) {
    char escaped[8];
    std::snprintf(escaped, sizeof escaped, form, value);
    out += escaped;
}

}  // namespace

std::string printable(std::string_view text) {
    const auto plain = [](unsigned char c) { return (c >= 0x20 && c < 0x7F) || c == '\n'; };
    if (std::all_of(text.begin(), text.end(), plain)) return std::string(text);  // nearly all there is
    std::string out;
    while (!text.empty()) {
        char32_t character = 0;
        const std::size_t size = decode(text, character);
        if (size == 0)
            append(out, "\\x%02x", static_cast<unsigned char>(text[0]));
        else if (isObeyed(character))
            append(out, "\\u%04x", character);
        else
            out += text.substr(0, size);
        text.remove_prefix(std::max<std::size_t>(size, 1));
    }
    return out;
}

std::string printableLine(std::string_view text) {
    std::string out;
    for (const char c : printable(text)) out += c == '\n' ? "\\n" : std::string(1, c);
    return out;
}

}  // namespace backlot
