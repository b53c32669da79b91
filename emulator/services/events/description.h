#pragma once

#include "emulator/base/service_description.h"

namespace backlot::events {

extern const ServiceDescription description;

}  // namespace backlot::events
