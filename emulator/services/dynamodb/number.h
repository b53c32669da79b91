#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace backlot::dynamodb {

/// A DynamoDB number: an exact decimal of up to 38 significant digits, of magnitude 1e-130 to 9.99…e125, or zero.
/// Source: Amazon DynamoDB Developer Guide, "Supported data types", Number.
class Number {
public:
    static constexpr int kDigitLimit = 38;

    Number() = default;  // zero
    /// Reads decimal text with an optional exponent. Throws ValidationException with AWS's words for text that is no
    /// number, has too many digits, or is too large or too small. Takes no longer for a hostile exponent.
    static Number parse(std::string_view text);
    /// Reads what key() wrote.
    static Number fromKey(std::string_view key);

    /// The normal form: "1000", "0.001", "-7"; never an exponent, no zeros that mean nothing.
    std::string text() const;
    /// 1 to 21 bytes whose unsigned order is the order of the numbers; equal numbers have equal bytes.
    /// The first byte holds sign and exponent of 100, then each byte two decimal digits; these are AWS's own bytes.
    std::string key() const;

    /// Exact; throws ValidationException where the result needs more digits or is beyond the range.
    Number plus(const Number& other) const;
    Number minus(const Number& other) const { return plus(other.negated()); }
    Number negated() const;
    bool isZero() const { return count_ == 0; }

private:
    void normalizeAndCheck(const std::uint8_t* digits, int count, long exponent, bool negative);

    // The value is 0.d₁d₂d₃… × 10^exponent_; d₁ and the last digit are not 0.
    bool negative_ = false;
    std::int16_t exponent_ = 0;
    std::uint8_t count_ = 0;
    std::array<std::uint8_t, kDigitLimit> digits_{};
};

}  // namespace backlot::dynamodb
