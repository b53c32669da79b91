#pragma once

#include "emulator/base/service_description.h"
#include "emulator/world/operation.h"

namespace backlot::cloudtrail {

/// Management events out of the world's record, and trails, which are kept and write nowhere.
/// `services` outlives the service.
Service cloudtrailService(const ServiceDirectory& services);

}  // namespace backlot::cloudtrail
