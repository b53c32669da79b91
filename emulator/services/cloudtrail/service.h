#pragma once

#include "emulator/world/operation.h"

namespace backlot::cloudtrail {

/// Management events out of the world's record, and trails, which are kept and write nowhere.
Service cloudtrailService();

}  // namespace backlot::cloudtrail
