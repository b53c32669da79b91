#pragma once

#include "emulator/base/service_description.h"

namespace backlot::logs {

extern const ServiceDescription description;

}  // namespace backlot::logs
