#pragma once

#include "emulator/base/service_description.h"

namespace backlot::secretsmanager {

extern const ServiceDescription description;

}  // namespace backlot::secretsmanager
