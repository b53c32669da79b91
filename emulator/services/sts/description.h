#pragma once

#include "emulator/base/service_description.h"

namespace backlot::sts {

extern const ServiceDescription description;

}  // namespace backlot::sts
