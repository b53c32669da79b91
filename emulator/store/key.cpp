#include "emulator/store/key.h"

#include <stdexcept>

namespace backlot {
namespace {
constexpr std::uint64_t kSignBit = 1ULL << 63;
constexpr char kEscaped = '\xff', kEnd = '\x01';
}  // namespace

Key& Key::text(std::string_view bytes) {
    for (const char c : bytes) {
        bytes_ += c;
        if (c == '\0') bytes_ += kEscaped;
    }
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
    for (std::size_t i = 0; i + 1 < rest_.size(); ++i) {
        if (rest_[i] != '\0') {
            result += rest_[i];
        } else if (rest_[i + 1] == kEscaped) {
            result += '\0';
            ++i;
        } else {
            rest_.remove_prefix(i + 2);
            return result;
        }
    }
    throw std::out_of_range("a key ends inside a text part");
}

std::uint64_t KeyReader::number() {
    if (rest_.size() < 8) throw std::out_of_range("a key ends inside a number");
    std::uint64_t value = 0;
    for (int i = 0; i < 8; ++i) value = value << 8 | static_cast<unsigned char>(rest_[static_cast<std::size_t>(i)]);
    rest_.remove_prefix(8);
    return value;
}

std::int64_t KeyReader::integer() { return static_cast<std::int64_t>(number() ^ kSignBit); }

}  // namespace backlot
