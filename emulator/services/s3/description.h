#pragma once

#include "emulator/base/service_description.h"

namespace backlot::s3 {

extern const ServiceDescription description;

}  // namespace backlot::s3
