#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace backlot::sdk {

/// Milliseconds since 1970-01-01T00:00:00Z.
using Time = std::chrono::sys_time<std::chrono::milliseconds>;

inline std::int64_t epochSeconds(Time time) {
    return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}
/// "2026-01-05T09:00:00.123Z"
std::string iso8601(Time time);
/// The inverse of iso8601(). Throws std::invalid_argument on any other form.
Time parseIso8601(const std::string& text);
/// "20260105T090000Z", as signatures have it.
std::string amzDate(Time time);

}  // namespace backlot::sdk
