#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "emulator/base/json.h"
#include "emulator/wire/model.h"

namespace backlot::wire {

// Scalars between their text on the wire (XML, Query, headers, paths) and the Json they are inside the program.

/// The value a text stands for, by the shape's type; nothing where it is no such value. Blobs stay base64.
std::optional<Json> scalarFromText(Type type, TimeFormat format, std::string_view text);
/// `format` byProtocol means iso8601. A number becomes the text AWS writes: 1, 1.5, NaN, Infinity.
std::string scalarToText(Type type, TimeFormat format, const Json& value);

/// Seconds since 1970 as a Json: whole where it has no fraction.
std::optional<Json> timeFromText(TimeFormat format, std::string_view text);
std::string timeToText(TimeFormat format, double seconds);

}  // namespace backlot::wire
