#include "emulator/base/retention.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <stdexcept>
#include <string>

namespace backlot {
namespace {

/// "50000"; nothing where it is no whole number.
std::optional<std::uint64_t> numberOf(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

/// "64MB", "1GB", "500000" (bytes).
std::optional<std::uint64_t> bytesOf(std::string_view text) {
    std::uint64_t unit = 1;
    for (const auto& [name, size] :
         {std::pair<std::string_view, std::uint64_t>{"KB", 1 << 10}, {"MB", 1 << 20}, {"GB", 1 << 30}})
        if (text.ends_with(name)) {
            unit = size;
            text.remove_suffix(name.size());
            break;
        }
    const auto value = numberOf(text);
    return value && *value <= UINT64_MAX / unit ? std::optional(*value * unit) : std::nullopt;
}

template <typename Value, typename Parsed>
bool take(Value& into, const std::optional<Parsed>& parsed) {
    if (parsed) into = static_cast<Value>(*parsed);
    return parsed.has_value();
}

}  // namespace

void change(Retention& retention, std::string_view setting) {
    const auto equals = std::min(setting.find('='), setting.size());
    const auto name = setting.substr(0, equals), value = setting.substr(std::min(equals + 1, setting.size()));
    bool good = false;
    if (name == "record")
        good = take(retention.recordEntries, numberOf(value));
    else if (name == "logs")
        good = take(retention.logBytes, bytesOf(value));
    else if (name == "logs-age")
        good = take(retention.logAge, parseDuration(value));
    else if (name == "executions")
        good = take(retention.executions, numberOf(value));
    else if (name == "executions-age")
        good = take(retention.executionAge, parseDuration(value));
    else if (name == "streams")
        good = take(retention.streamRecords, numberOf(value));
    if (!good)
        throw std::invalid_argument("'" + std::string(setting) +
                                    "' is nothing to keep: say record=50000, logs=32MB, logs-age=14d, executions=5000, "
                                    "executions-age=90d or streams=20000");
}

}  // namespace backlot
