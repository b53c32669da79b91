#pragma once
// Dates and times by picture strings, as XPath's format-dateTime has them.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace backlot::asl::jsonata {

/// The moment (milliseconds since 1970, UTC) as text. Without a picture ISO 8601 with milliseconds. `zone` is "+hhmm".
/// Throws Failure (D3130 to D3135; D1001 beyond the years ±275,760).  Source: XPath Functions 3.1, 9.8.
std::string formatDateTime(double millis, std::optional<std::string_view> picture,
                           std::optional<std::string_view> zone);

/// The other way; nothing where the text does not fit. What the picture leaves out before its first component is
/// `now`'s, after it the least. Throws Failure (D3130 to D3136).
std::optional<double> parseDateTime(std::string_view text, std::string_view picture, double nowMillis);

/// JSONata's idea of ISO 8601, from a year alone to a full timestamp. Throws Failure (D3110); nothing where a field
/// is out of range.
std::optional<double> parseIsoTimestamp(std::string_view text);

}  // namespace backlot::asl::jsonata
