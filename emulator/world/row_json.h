#pragma once

#include <string_view>

#include "emulator/base/json.h"

namespace backlot {

/// How deep a row may be that the program wrote itself: it holds whatever a service has taken (Step Functions: payloads
/// of 1,000 levels) inside what the row says about it.
inline constexpr int kRowLevels = 2'000;

/// Throws JsonError.
inline Json rowJson(std::string_view text) { return parseJson(text, kRowLevels); }

}  // namespace backlot
