#pragma once

#include "emulator/base/service_description.h"
#include "emulator/world/operation.h"

namespace backlot::xray {

/// Traces of what happened here, without anybody having to send them; segments that clients send join in.
/// `services` says how the calls of each are named; it outlives the service.
Service xrayService(const ServiceDirectory& services);

}  // namespace backlot::xray
