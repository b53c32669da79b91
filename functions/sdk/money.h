#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "functions/sdk/json.h"

namespace backlot::sdk {

/// An amount in minor units (hundredths): "12.99" is 1299. Never a double, so that sums are exact.
class Money {
public:
    Money() = default;
    static Money ofMinorUnits(std::int64_t minorUnits) { return Money(minorUnits); }
    /// "12.99", "12.9" or "12", with a sign or not; nothing on more than two decimals, another form, or ≥ 10^16.
    static std::optional<Money> parse(std::string_view decimal);
    /// From a JSON number (its typed digits) or text.
    static std::optional<Money> parse(const Json& value);

    std::int64_t minorUnits() const { return minorUnits_; }
    /// Two decimals always: "12.90".
    std::string text() const;
    /// A JSON number of the same digits, for answers: 12.9.
    Json json() const;

    friend Money operator+(Money a, Money b);
    friend Money operator*(Money a, std::int64_t factor);  // both throw std::overflow_error rather than wrap
    friend auto operator<=>(const Money&, const Money&) = default;

private:
    explicit Money(std::int64_t minorUnits) : minorUnits_(minorUnits) {}
    std::int64_t minorUnits_ = 0;
};

}  // namespace backlot::sdk
