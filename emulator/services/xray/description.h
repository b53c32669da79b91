#pragma once

#include "emulator/base/service_description.h"

namespace backlot::xray {

extern const ServiceDescription description;

}  // namespace backlot::xray
