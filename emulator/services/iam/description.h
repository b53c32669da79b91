#pragma once

#include "emulator/base/service_description.h"

namespace backlot::iam {

extern const ServiceDescription description;

}  // namespace backlot::iam
