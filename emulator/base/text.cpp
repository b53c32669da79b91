#include "emulator/base/text.h"

namespace backlot {

std::string lowered(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    return out;
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kBlanks = " \t\r\n";
    const auto first = text.find_first_not_of(kBlanks);
    if (first == std::string_view::npos) return "";
    return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

int hexDigit(char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

void appendUtf8(std::string& out, char32_t codePoint) {
    const auto byte = [&](char32_t value) { out += static_cast<char>(value); };
    const auto more = [&](int shift) { byte(0x80 | (codePoint >> shift & 0x3F)); };
    if (codePoint < 0x80) {
        byte(codePoint);
    } else if (codePoint < 0x800) {
        byte(0xC0 | codePoint >> 6), more(0);
    } else if (codePoint < 0x10000) {
        byte(0xE0 | codePoint >> 12), more(6), more(0);
    } else {
        byte(0xF0 | codePoint >> 18), more(12), more(6), more(0);
    }
}

}  // namespace backlot
