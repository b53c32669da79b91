#pragma once

#include "emulator/base/service_description.h"

namespace backlot::ses {

/// API v1 and v2, two services on the wire.
extern const ServiceDescription description, v2Description;

}  // namespace backlot::ses
