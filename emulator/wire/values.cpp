#include "emulator/wire/values.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "emulator/base/http_message.h"
#include "emulator/base/time.h"

namespace backlot::wire {
namespace {

template <typename Number>
std::optional<Number> number(std::string_view text) {
    if (!text.empty() && text.front() == '+') text.remove_prefix(1);
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
    return value;
}

Json seconds(double value) {
    const double whole = std::floor(value);
    return whole == value && std::abs(value) < 9e15 ? Json(static_cast<std::int64_t>(value)) : Json(value);
}

/// "Tue, 29 Apr 2014 18:30:38 GMT", with or without a fraction of the second.
std::optional<Time> parseHttpDate(std::string_view text) {
    static constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    if (const auto comma = text.find(", "); comma != std::string_view::npos) text.remove_prefix(comma + 2);
    if (text.size() < 24 || !text.ends_with(" GMT")) return std::nullopt;
    text.remove_suffix(4);
    for (std::size_t month = 0; month < kMonths.size(); ++month)
        if (text.substr(3, 3) == kMonths[month]) {
            const std::string number = month < 9 ? "0" + std::to_string(month + 1) : std::to_string(month + 1);
            return parseIso8601(std::string(text.substr(7, 4)) + "-" + number + "-" + std::string(text.substr(0, 2)) +
                                "T" + std::string(text.substr(12)) + "Z");
        }
    return std::nullopt;
}

std::string floatingText(double value) {
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
    std::array<char, 40> buffer;
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
    return {buffer.data(), end};
}

}  // namespace

std::optional<Json> timeFromText(TimeFormat format, std::string_view text) {
    if (format == TimeFormat::unixTimestamp) {
        const auto value = number<double>(text);
        return value && std::isfinite(*value) ? std::optional(seconds(*value)) : std::nullopt;
    }
    auto time = format == TimeFormat::httpDate ? parseHttpDate(text) : parseIso8601(text);
    if (!time) time = format == TimeFormat::httpDate ? parseIso8601(text) : parseHttpDate(text);
    if (!time) return std::nullopt;
    return seconds(static_cast<double>(time->time_since_epoch().count()) / 1e6);
}

std::string timeToText(TimeFormat format, double value) {
    if (!(std::abs(value) < 2.5e11)) value = 0;  // beyond the year 9999 nothing can be written
    const bool fraction = std::floor(value) != value;
    switch (format) {
        case TimeFormat::unixTimestamp: return floatingText(value);
        case TimeFormat::httpDate: return httpDate(fromSeconds(value));
        default: return fraction ? iso8601Millis(fromSeconds(value)) : iso8601Seconds(fromSeconds(value));
    }
}

std::optional<Json> scalarFromText(Type type, TimeFormat format, std::string_view text) {
    switch (type) {
        case Type::string:
        case Type::blob: return str(text);
        case Type::boolean:
            if (equalIgnoringCase(text, "true")) return Json(true);  // boto3 writes True in headers
            if (equalIgnoringCase(text, "false")) return Json(false);
            return std::nullopt;
        case Type::integer: {
            const auto value = number<std::int32_t>(text);
            return value ? std::optional(Json(*value)) : std::nullopt;
        }
        case Type::longInteger: {
            const auto value = number<std::int64_t>(text);
            return value ? std::optional(Json(*value)) : std::nullopt;
        }
        case Type::floating:
        case Type::doubleFloating: {
            const auto value = number<double>(text);
            if (value && std::isfinite(*value)) return Json(*value);
            if (text == "NaN" || text == "Infinity" || text == "-Infinity")
                return str(text);  // as JSON protocols write them
            return std::nullopt;
        }
        case Type::timestamp: return timeFromText(format, text);
        default: return std::nullopt;
    }
}

std::string scalarToText(Type type, TimeFormat format, const Json& value) {
    if (value.IsString()) return text(value);
    if (value.IsBool()) return value.GetBool() ? "true" : "false";
    if (!value.IsNumber()) return {};
    if (type == Type::timestamp) return timeToText(format, value.GetDouble());
    if (value.IsInt64()) return std::to_string(value.GetInt64());
    if (value.IsUint64()) return std::to_string(value.GetUint64());
    const double number = value.GetDouble();
    if ((type == Type::integer || type == Type::longInteger) && std::abs(number) < 9e15)
        return std::to_string(static_cast<std::int64_t>(number));
    return floatingText(number);
}

}  // namespace backlot::wire
