#pragma once

#include "emulator/base/service_description.h"

namespace backlot::lambda {

extern const ServiceDescription description;

}  // namespace backlot::lambda
