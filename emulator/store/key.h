#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "emulator/base/time.h"

namespace backlot {

/// Builds a key of parts that sorts by its parts: first by the first, among equals by the second, and so on.
/// `Key("queue").text(account).text(name)`. A key built of the first parts is a prefix of all that continue it.
class Key {
public:
    Key() = default;
    /// Begins with a text part that tells the kind of row.
    explicit Key(std::string_view kind) { text(kind); }
    /// Bytes in their unsigned order, of any content: 0x00 is written 0x00 0xFF, the end 0x00 0x01.
    Key& text(std::string_view bytes);
    Key& number(std::uint64_t value);  // big-endian
    Key& integer(std::int64_t value);  // sign bit flipped, big-endian
    Key& time(Time value) { return integer(value.time_since_epoch().count()); }
    /// Bytes that already sort as they should and that need no end: only as the last part.
    Key& raw(std::string_view bytes);
    const std::string& bytes() const { return bytes_; }
    operator std::string_view() const { return bytes_; }

private:
    std::string bytes_;
};

/// Takes the parts off a key again, in order. Throws std::out_of_range where the key ends too early.
class KeyReader {
public:
    explicit KeyReader(std::string_view bytes) : rest_(bytes) {}
    std::string text();
    std::uint64_t number();
    std::int64_t integer();
    Time time() { return Time(Duration(integer())); }
    std::string_view rest() const { return rest_; }

private:
    std::string_view rest_;
};

/// A key for people: its text parts with a slash between, other bytes as \xNN; cut off where it is long.
std::string readableKey(std::string_view key);

}  // namespace backlot
