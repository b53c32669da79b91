#pragma once

#include <optional>
#include <string_view>

#include "emulator/world/call.h"

namespace backlot {

/// Root and Parent of an X-Amzn-Trace-Id header that Backlot gave a function ("Root=1-…;Parent=…;Sampled=1"); nothing
/// for anybody else's.
std::optional<Cause> causeOf(std::string_view traceHeader);

}  // namespace backlot
