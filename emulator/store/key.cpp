#include "emulator/store/key.h"

#include <stdexcept>

namespace backlot {
namespace {
constexpr std::uint64_t kSignBit = 1ULL << 63;
constexpr char kEscaped = '\xff', kEnd = '\x01';
}  // namespace

Key& Key::text(std::string_view bytes) {
    for (auto zero = bytes.find('\0'); zero != bytes.npos; zero = bytes.find('\0')) {
        bytes_.append(bytes.substr(0, zero + 1)) += kEscaped;
        bytes.remove_prefix(zero + 1);
    }
    bytes_ += bytes;
    bytes_ += '\0';
    bytes_ += kEnd;
    return *this;
}

Key& Key::number(std::uint64_t value) {
    for (int shift = 56; shift >= 0; shift -= 8) bytes_ += static_cast<char>(value >> shift);
    return *this;
}

Key& Key::integer(std::int64_t value) { return number(static_cast<std::uint64_t>(value) ^ kSignBit); }

Key& Key::raw(std::string_view bytes) {
    bytes_ += bytes;
    return *this;
}

std::string KeyReader::text() {
    std::string result;
    for (;;) {
        const auto zero = rest_.find('\0');
        if (zero == rest_.npos || zero + 1 == rest_.size()) throw std::out_of_range("a key ends inside a text part");
        const bool escaped = rest_[zero + 1] == kEscaped;
        result += rest_.substr(0, zero + (escaped ? 1 : 0));
        rest_.remove_prefix(zero + 2);
        if (!escaped) return result;
    }
}

std::uint64_t KeyReader::number() {
    if (rest_.size() < 8) throw std::out_of_range("a key ends inside a number");
    std::uint64_t value = 0;
    for (int i = 0; i < 8; ++i) value = value << 8 | static_cast<unsigned char>(rest_[static_cast<std::size_t>(i)]);
    rest_.remove_prefix(8);
    return value;
}

std::int64_t KeyReader::integer() { return static_cast<std::int64_t>(number() ^ kSignBit); }

std::string readableKey(std::string_view key) {
    constexpr std::size_t kShown = 120;
    constexpr char kDigits[] = "0123456789abcdef";
    std::string text;
    for (std::size_t i = 0; i < key.size() && text.size() < kShown; ++i) {
        const char byte = key[i];
        const bool end = byte == '\0' && i + 1 < key.size() && key[i + 1] == kEnd;
        if (end) {
            text += '/';
            ++i;
        } else if (byte >= ' ' && byte <= '~' && byte != '\\') {
            text += byte;
        } else {
            const auto bits = static_cast<unsigned char>(byte);
            text.append("\\x").append(1, kDigits[bits >> 4]).append(1, kDigits[bits & 15]);
        }
    }
    return text.size() < kShown ? text : text + "…";
}

}  // namespace backlot
