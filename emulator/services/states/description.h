#pragma once

#include "emulator/base/service_description.h"

namespace backlot::states {

extern const ServiceDescription description;

}  // namespace backlot::states
