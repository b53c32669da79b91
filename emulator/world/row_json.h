#pragma once

#include <string_view>

#include "emulator/base/json.h"

namespace backlot {

/// A row that the program wrote itself: it holds whatever a service has taken (Step Functions: payloads of 1,000 levels) inside what
/// the row says about it. Throws JsonError.
inline Json rowJson(std::string_view text) {
    constexpr int kLevels = 2'000;
    return parseJson(text, kLevels);
}

}  // namespace backlot
