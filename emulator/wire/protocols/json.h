#pragma once

#include <string_view>

#include "emulator/wire/protocol.h"

namespace backlot::wire {

/// The JSON object that a body is. Throws Refusal.
Json parseJsonBody(const Target& target, std::string_view body);

}  // namespace backlot::wire
