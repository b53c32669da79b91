#pragma once

#include "emulator/base/service_description.h"

namespace backlot::dynamodb {

extern const ServiceDescription description, streamsDescription;

}  // namespace backlot::dynamodb
