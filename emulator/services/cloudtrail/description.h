#pragma once

#include "emulator/base/service_description.h"

namespace backlot::cloudtrail {

extern const ServiceDescription description;

}  // namespace backlot::cloudtrail
