#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "emulator/cli/report.h"

namespace backlot::cli {

/// "09:00:00.114  process-payment  paid ORDER#1001"; `millis` since 1970. A function's group is shown by the function's
/// name.
std::string logLine(const Style& style, std::string_view group, std::int64_t millis, std::string_view message,
                    bool withGroup);

}  // namespace backlot::cli
