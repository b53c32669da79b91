#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "asl/query/jsonata/builtins.h"
#include "asl/query/jsonata/number_picture.h"
#include "asl/query/jsonata/numerals.h"
#include "asl/query/jsonata/text.h"

namespace backlot::asl::jsonata {
namespace {

bool isDigit(char c) { return c >= '0' && c <= '9'; }

/// A number as JSON writes it, leading zeros allowed; nothing else around it.
std::optional<double> fromText(std::string_view text) {
    std::size_t i = text.substr(0, 1) == "-" ? 1 : 0;
    const auto digits = [&] {
        const auto start = i;
        while (i < text.size() && isDigit(text[i])) ++i;
        return i > start;
    };
    if (!digits()) return std::nullopt;
    if (i < text.size() && text[i] == '.') {
        ++i;
        if (!digits()) return std::nullopt;
    }
    if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
        ++i;
        if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
        if (!digits()) return std::nullopt;
    }
    if (i != text.size()) return std::nullopt;
    double value = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc::result_out_of_range) {
        const auto e = text.find_first_of("eE");
        if (e == std::string_view::npos || text[e + 1] != '-') return std::nullopt;  // too large; too small is 0
        return 0;
    }
    return value;
}

/// 0x1F, 0o17, 0b11
std::optional<double> fromPrefixed(std::string_view text) {
    if (text.size() < 3 || text[0] != '0') return std::nullopt;
    const char kind = static_cast<char>(text[1] | 0x20);
    const int base = kind == 'x' ? 16 : kind == 'o' ? 8 : kind == 'b' ? 2 : 0;
    if (base == 0) return std::nullopt;
    double value = 0;
    for (const char c : text.substr(2)) {
        int digit = 0;
        if (std::from_chars(&c, &c + 1, digit, base).ec != std::errc()) return std::nullopt;
        value = value * base + digit;
    }
    return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

/// Calls `step` with each number of the only argument.
template <typename Step>
bool overNumbers(const BuiltinCall& call, Step&& step) {
    if (!call.has(0)) return false;
    auto& array = call.array(0);
    call.budget().steps(array.size());
    for (const auto& item : array.items()) {
        if (!item.isNumberType()) call.refuse(0);
        step(item.number());
    }
    return true;
}

}  // namespace

Value number(const BuiltinCall& call) {
    const Value value = call.argument(0);
    switch (value.type()) {
        case Type::undefined:
        case Type::number: return value;
        case Type::boolean: return value.boolean() ? 1 : 0;
        case Type::string:
            if (const auto decimal = fromText(value.text())) return *decimal;
            if (const auto prefixed = fromPrefixed(value.text())) return *prefixed;
            break;
        default: break;
    }
    throw Failure("D3030").with("value", shown(value));
}

Value abs(const BuiltinCall& call) { return call.has(0) ? Value(std::fabs(call.number(0))) : Value(); }
Value floor(const BuiltinCall& call) { return call.has(0) ? Value(std::floor(call.number(0))) : Value(); }
Value ceil(const BuiltinCall& call) { return call.has(0) ? Value(std::ceil(call.number(0))) : Value(); }

Value round(const BuiltinCall& call) {
    if (!call.has(0)) return {};
    const double places = call.has(1) ? std::trunc(call.number(1)) : 0;
    return roundHalfEven(call.number(0), static_cast<int>(std::clamp(places, -400.0, 400.0)));
}

Value power(const BuiltinCall& call) {
    if (!call.has(0)) return {};
    const double base = call.number(0),
                 exponent = call.has(1) ? call.number(1) : std::numeric_limits<double>::quiet_NaN();
    const double result = std::pow(base, exponent);
    if (!std::isfinite(result))
        throw Failure("D3061").with("value", numberText(base)).with("exp", numberText(exponent));
    return result;
}

Value sqrt(const BuiltinCall& call) {
    if (!call.has(0)) return {};
    const double value = call.number(0);
    if (value < 0) throw Failure("D3060").with("value", numberText(value));
    return std::sqrt(value);
}

Value formatNumber(const BuiltinCall& call) {
    if (!call.has(0)) return {};
    if (!isNumeric(call.argument(0))) call.refuse(0);
    return call.made(formatNumber(call.number(0), call.text(1), call.has(2) ? &call.object(2) : nullptr));
}

Value formatBase(const BuiltinCall& call) {
    if (!call.has(0)) return {};
    const double value = roundHalfEven(call.number(0), 0), radix = call.has(1) ? roundHalfEven(call.number(1), 0) : 10;
    if (!(radix >= 2 && radix <= 36)) throw Failure("D3100").with("value", numberText(radix));
    if (!isNumeric(value)) return call.made(numberText(value));
    return call.made(radix == 10 ? numberText(value) : inBase(value, static_cast<int>(radix)));
}

Value formatInteger(const BuiltinCall& call) {
    if (!call.has(0)) return {};
    if (!isNumeric(call.argument(0))) call.refuse(0);
    return call.made(formatInteger(std::floor(call.number(0)), integerPicture(call.text(1))));
}

Value parseInteger(const BuiltinCall& call) {
    if (!call.has(0)) return {};
    return parseInteger(call.text(0), integerPicture(call.text(1)));
}

Value sum(const BuiltinCall& call) {
    double total = 0;
    return overNumbers(call, [&](double each) { total += each; }) ? Value(total) : Value();
}

Value max(const BuiltinCall& call) {
    std::optional<double> largest;
    overNumbers(call, [&](double each) { largest = largest ? std::max(*largest, each) : each; });
    return largest ? Value(*largest) : Value();
}

Value min(const BuiltinCall& call) {
    std::optional<double> smallest;
    overNumbers(call, [&](double each) { smallest = smallest ? std::min(*smallest, each) : each; });
    return smallest ? Value(*smallest) : Value();
}

Value average(const BuiltinCall& call) {
    double total = 0, count = 0;
    overNumbers(call, [&](double each) { total += each, ++count; });
    return count > 0 ? Value(total / count) : Value();
}

/// A function is false here, though a condition takes it for true.
Value boolean(const BuiltinCall& call) {
    if (!call.has(0)) return {};
    return !call.argument(0).isFunction() && truth(call.argument(0), call.budget());
}
Value not_(const BuiltinCall& call) { return call.has(0) ? Value(!boolean(call).boolean()) : Value(); }
Value exists(const BuiltinCall& call) { return call.has(0); }

}  // namespace backlot::asl::jsonata
