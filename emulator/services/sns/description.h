#pragma once

#include "emulator/base/service_description.h"

namespace backlot::sns {

extern const ServiceDescription description;

}  // namespace backlot::sns
