#include "functions/sdk/money.h"

#include <cstdlib>
#include <stdexcept>

namespace backlot::sdk {
namespace {

bool allDigits(std::string_view text) { return text.find_first_not_of("0123456789") == std::string_view::npos; }

}  // namespace

std::optional<Money> Money::parse(std::string_view decimal) {
    const bool negative = decimal.starts_with('-');
    if (negative) decimal.remove_prefix(1);
    const auto point = std::min(decimal.find('.'), decimal.size());
    const auto whole = decimal.substr(0, point);
    std::string cents(decimal.substr(std::min(point + 1, decimal.size())));
    if (point < decimal.size() && cents.empty()) return std::nullopt;  // "12."
    while (cents.size() > 2 && cents.back() == '0') cents.pop_back();  // "12.990" is the same amount
    if (whole.empty() || whole.size() > 16 || cents.size() > 2 || !allDigits(whole) || !allDigits(cents))
        return std::nullopt;
    cents.resize(2, '0');
    const auto units = std::strtoll((std::string(whole) + cents).c_str(), nullptr, 10);
    return Money(negative ? -units : units);
}

std::optional<Money> Money::parse(const Json& value) {
    if (value.IsString()) return parse(view(value));
    if (value.IsNumber()) return parse(numberText(value));
    return std::nullopt;
}

std::string Money::text() const {
    const auto magnitude = std::to_string(minorUnits_ < 0 ? -minorUnits_ : minorUnits_);
    const auto padded = magnitude.size() < 3 ? std::string(3 - magnitude.size(), '0') + magnitude : magnitude;
    return (minorUnits_ < 0 ? "-" : "") + padded.substr(0, padded.size() - 2) + "." + padded.substr(padded.size() - 2);
}

Json Money::json() const {
    if (minorUnits_ % 100 == 0) return Json(minorUnits_ / 100);
    return Json(std::strtod(text().c_str(), nullptr));  // written back, a double of so few digits is these digits again
}

Money operator+(Money a, Money b) {
    std::int64_t sum;
    if (__builtin_add_overflow(a.minorUnits_, b.minorUnits_, &sum)) throw std::overflow_error("an amount is too large");
    return Money(sum);
}

Money operator*(Money a, std::int64_t factor) {
    std::int64_t product;
    if (__builtin_mul_overflow(a.minorUnits_, factor, &product)) throw std::overflow_error("an amount is too large");
    return Money(product);
}

}  // namespace backlot::sdk
