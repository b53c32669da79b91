#pragma once

#include <functional>
#include <string_view>

#include "emulator/services/xray/traces.h"

namespace backlot::xray {

using TraceFilter = std::function<bool(const Trace&)>;

/// A filter expression: `service("name")`, `error`, `fault`, `throttle`, `ok`, `partial`, `duration` and `responsetime`
/// with a comparison, `http.status`, `http.method`, `http.url`, `annotation.key` and `annotation[key]` with a
/// comparison, joined by AND, OR, NOT and brackets. An empty one matches all. Throws InvalidRequestException.  Source:
/// X-Ray Developer Guide, "Using filter expressions".
/// Differs: edge(), user, group names, root causes and conditions in braces after service() are refused by name.
TraceFilter parseFilter(std::string_view expression);

}  // namespace backlot::xray
