#pragma once

#include "emulator/base/service_description.h"

namespace backlot::cloudformation {

extern const ServiceDescription description;

}  // namespace backlot::cloudformation
