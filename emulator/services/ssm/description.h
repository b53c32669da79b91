#pragma once

#include "emulator/base/service_description.h"

namespace backlot::ssm {

/// Known and not served yet: its operations are refused by their names, and state machines find their names.
extern const ServiceDescription description;

}  // namespace backlot::ssm
