#pragma once
// A compact binary form: numbers as varints, texts with their length before them.

#include <chrono>
#include <cstdint>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "asl/payload.h"
#include "emulator/base/time.h"

namespace backlot::asl {

class BytesWriter {
public:
    void number(std::uint64_t value) {
        for (; value >= 0x80; value >>= 7) out_ += static_cast<char>(value | 0x80);
        out_ += static_cast<char>(value);
    }
    void signedNumber(std::int64_t value) {
        number((static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63));
    }
    void real(double value) {
        char raw[sizeof value];
        std::memcpy(raw, &value, sizeof value);
        out_.append(raw, sizeof value);
    }
    void flag(bool value) { out_ += static_cast<char>(value); }
    void text(std::string_view value) {
        number(value.size());
        out_ += value;
    }
    void payload(const Payload& value) { text(value.text()); }
    void time(Time value) { signedNumber(value.time_since_epoch().count()); }
    template <typename T, typename Write>
    void optional(const std::optional<T>& value, const Write& write) {
        flag(value.has_value());
        if (value) write(*value);
    }
    void optionalText(const std::optional<std::string>& value) {
        optional(value, [&](const std::string& text) { this->text(text); });
    }
    std::string take() { return std::move(out_); }

private:
    std::string out_;
};

/// Throws std::runtime_error at the first byte that cannot be.
class BytesReader {
public:
    explicit BytesReader(std::string_view bytes) : rest_(bytes) {}
    std::uint64_t number() {
        std::uint64_t value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            const auto byte = static_cast<unsigned char>(take(1)[0]);
            value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
            if (!(byte & 0x80)) return value;
        }
        throw std::runtime_error("asl: a number is too long");
    }
    std::int64_t signedNumber() {
        const auto value = number();
        return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
    }
    double real() {
        double value;
        std::memcpy(&value, take(sizeof value).data(), sizeof value);
        return value;
    }
    bool flag() { return take(1)[0] != 0; }
    std::string text() { return std::string(take(number())); }
    Payload payload() { return Payload(text()); }
    Time time() { return Time(Duration(signedNumber())); }
    template <typename Read>
    auto optional(const Read& read) -> std::optional<decltype(read())> {
        if (!flag()) return std::nullopt;
        return read();
    }
    std::optional<std::string> optionalText() {
        return optional([&] { return text(); });
    }
    template <typename Enum>
    Enum enumeration(std::uint64_t count) {
        const auto value = number();
        if (value >= count) throw std::runtime_error("asl: an unknown value");
        return static_cast<Enum>(value);
    }
    bool atEnd() const { return rest_.empty(); }

private:
    std::string_view take(std::uint64_t count) {
        if (count > rest_.size()) throw std::runtime_error("asl: the bytes end too early");
        const auto out = rest_.substr(0, static_cast<std::size_t>(count));
        rest_.remove_prefix(static_cast<std::size_t>(count));
        return out;
    }
    std::string_view rest_;
};

}  // namespace backlot::asl
