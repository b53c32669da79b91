#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/base/json.h"

namespace backlot {

/// A moment of the world's clock, to the microsecond, UTC.
using Time = std::chrono::time_point<std::chrono::system_clock, std::chrono::microseconds>;
using Duration = std::chrono::microseconds;

/// "2026-01-05T09:00:00.000Z"
std::string iso8601Millis(Time time);
/// "2026-01-05T09:00:00Z"
std::string iso8601Seconds(Time time);
/// "Mon, 05 Jan 2026 09:00:00 GMT", for HTTP headers.
std::string httpDate(Time time);
/// "2026-01-05T09:00:00[.fff…](Z|±hh:mm)", the profile of RFC 3339 that AWS reads; nothing where it is something else.
std::optional<Time> parseIso8601(std::string_view text);

/// Seconds since 1970 with three decimals, as AWS's JSON protocols write a timestamp.
Json epochSeconds(Time time);
std::int64_t epochMillis(Time time);
std::int64_t wholeSeconds(Time time);
Time fromMillis(std::int64_t millis);
Time fromSeconds(double seconds);
/// The machine's clock. Only the shell around the world reads it: services use Call::now.
Time wallClock();

/// "30s", "15m", "2h", "14d", "500ms", "1h30m", or bare seconds; nothing where it is something else.
std::optional<Duration> parseDuration(std::string_view text);

}  // namespace backlot
