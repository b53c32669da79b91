#pragma once

#include "emulator/world/operation.h"

namespace backlot::xray {

/// Traces of what happened here, without anybody having to send them; segments that clients send join in.
Service xrayService();

}  // namespace backlot::xray
