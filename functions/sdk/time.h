#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "emulator/base/sigv4.h"
#include "emulator/base/time.h"

namespace backlot::sdk {

/// Milliseconds since 1970-01-01T00:00:00Z.
using Time = std::chrono::sys_time<std::chrono::milliseconds>;

inline std::int64_t epochSeconds(Time time) { return wholeSeconds(time); }
/// "2026-01-05T09:00:00.123Z"
inline std::string iso8601(Time time) { return iso8601Millis(time); }
/// The inverse of iso8601(). Throws std::invalid_argument on any other form.
Time parseIso8601(const std::string& text);
/// "20260105T090000Z", as signatures have it.
using backlot::sigv4::amzDate;

}  // namespace backlot::sdk
