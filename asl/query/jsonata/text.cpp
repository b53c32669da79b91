#include "asl/query/jsonata/text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "asl/query/jsonata/letter_case.h"

namespace backlot::asl::jsonata {
namespace {

bool isContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }
bool isAscii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}
bool isSurrogateAt(std::string_view text, std::size_t i) {
    return text[i] == '\xED' && i + 2 < text.size() && static_cast<unsigned char>(text[i + 1]) >= 0xA0;
}

}  // namespace

char32_t nextCodePoint(std::string_view text, std::size_t& offset) {
    const auto lead = static_cast<unsigned char>(text[offset++]);
    if (lead < 0xC0) return lead;
    const int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
    char32_t point = lead & (0x3F >> more);
    for (int i = 0; i < more && offset < text.size() && isContinuation(text[offset]); ++i)
        point = point << 6 | (static_cast<unsigned char>(text[offset++]) & 0x3F);
    return point;
}

std::u32string codePoints(std::string_view text) {
    std::u32string points;
    points.reserve(text.size());
    for (std::size_t i = 0; i < text.size();) points += nextCodePoint(text, i);
    return points;
}

std::string utf8(std::u32string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char32_t c : text) appendUtf8(out, c);
    return out;
}

std::size_t length(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return !isContinuation(c); }));
}

std::size_t byteOffset(std::string_view text, std::size_t codePoint) {
    std::size_t i = 0;
    for (; i < text.size(); ++i)
        if (!isContinuation(text[i]) && codePoint-- == 0) break;
    return i;
}

std::size_t utf16Length(std::string_view text) {
    const auto pairs =
        std::count_if(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0xF0; });
    return length(text) + static_cast<std::size_t>(pairs);
}

int compareUtf16(std::string_view a, std::string_view b) {
    const auto [x, y] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
    if (x == a.end() || y == b.end()) return (x != a.end()) - (y != b.end());
    const auto left = static_cast<unsigned char>(*x), right = static_cast<unsigned char>(*y);
    // Code points beyond U+FFFF are surrogates in UTF-16, which come before U+E000.
    const bool leftPair = left >= 0xF0, rightPair = right >= 0xF0;
    if (leftPair != rightPair && std::max(left, right) >= 0xF0 && std::min(left, right) >= 0xEE)
        return leftPair ? -1 : 1;
    return left < right ? -1 : 1;
}

std::string toUpper(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size();)
        for (const char32_t c : upperCase(nextCodePoint(text, i))) appendUtf8(out, c);
    return out;
}

std::string toLower(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    const bool ascii = isAscii(text);
    for (std::size_t i = 0; i < text.size();) {
        const char32_t letter = nextCodePoint(text, i);
        char32_t lower = lowerCase(letter);
        if (!ascii && letter == U'\u03A3') {  // Σ at the end of a word is ς
            std::size_t after = i;
            const bool wordBefore =
                !out.empty() && (static_cast<unsigned char>(out.back()) >= 0x80 || std::isalpha(out.back()));
            const bool wordAfter = i < text.size() && [&] {
                const char32_t next = nextCodePoint(text, after);
                return lowerCase(next) != next || upperCase(next) != std::u32string{next};
            }();
            if (wordBefore && !wordAfter) lower = U'\u03C2';
        }
        appendUtf8(out, lower);
    }
    return out;
}

std::string numberText(double number) {
    if (std::isnan(number)) return "NaN";
    if (std::isinf(number)) return number < 0 ? "-Infinity" : "Infinity";
    if (number == 0) return "0";
    char buffer[32];
    if (number == std::floor(number) && std::fabs(number) < 9e15) {
        const auto end = std::to_chars(buffer, buffer + sizeof buffer, static_cast<long long>(number)).ptr;
        return {buffer, end};
    }
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, number, std::chars_format::scientific).ptr;
    std::string_view written(buffer, static_cast<std::size_t>(end - buffer));  // d.ddde±xx
    std::string out;
    if (written.front() == '-') {
        out = "-";
        written.remove_prefix(1);
    }
    const auto e = written.find('e');
    std::string digits(written.substr(0, e));
    std::erase(digits, '.');
    const int exponent = std::atoi(std::string(written.substr(e + 1)).c_str());
    const int count = static_cast<int>(digits.size()), point = exponent + 1;  // digits before the decimal point
    if (point >= count && point <= 21) return out + digits + std::string(static_cast<std::size_t>(point - count), '0');
    if (point > 0 && point <= 21) return out + digits.insert(static_cast<std::size_t>(point), ".");
    if (point > -6 && point <= 0) return out + "0." + std::string(static_cast<std::size_t>(-point), '0') + digits;
    if (count > 1) digits.insert(1, ".");
    return out + digits + (exponent < 0 ? "e-" : "e+") + std::to_string(std::abs(exponent));
}

double fifteenDigits(double number) {
    if (!std::isfinite(number) || (number == std::floor(number) && std::fabs(number) < 1e15)) return number;
    char buffer[40];
    std::snprintf(buffer, sizeof buffer, "%.14e", number);
    double result = number;
    std::from_chars(buffer, buffer + std::char_traits<char>::length(buffer), result);
    return result;
}

std::string inBase(double whole, int radix) {
    const bool negative = whole < 0;
    double rest = std::floor(std::fabs(whole));
    std::string digits;
    for (; rest >= 0x1p53; rest /= radix) digits += '0';  // what lies beyond the precision is shown as zeros, as in V8
    do {
        const double digit = std::fmod(rest, radix);
        digits += "0123456789abcdefghijklmnopqrstuvwxyz"[static_cast<int>(digit)];
        rest = (rest - digit) / radix;
    } while (rest > 0);
    if (negative) digits += '-';
    std::reverse(digits.begin(), digits.end());
    return digits;
}

std::string jsonText(std::string_view text) {
    std::string out = "\"";
    out.reserve(text.size() + 2);
    for (const char c : text) {
        switch (c) {
            case '"': out += "\\\""; break;
            case '\\': out += "\\\\"; break;
            case '\b': out += "\\b"; break;
            case '\f': out += "\\f"; break;
            case '\n': out += "\\n"; break;
            case '\r': out += "\\r"; break;
            case '\t': out += "\\t"; break;
            default:
                if (static_cast<unsigned char>(c) < 0x20) {
                    char buffer[8];
                    std::snprintf(buffer, sizeof buffer, "\\u%04x", static_cast<unsigned>(c));
                    out += buffer;
                } else {
                    out += c;
                }
        }
    }
    return out += '"';
}

bool isWellFormed(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i)
        if (isSurrogateAt(text, i)) return false;
    return true;
}

std::string wellFormed(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (isSurrogateAt(text, i)) {
            out += "\xEF\xBF\xBD";
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

}  // namespace backlot::asl::jsonata
