#pragma once

#include "emulator/base/service_description.h"

namespace backlot::cloudwatch {

/// Known and not served yet: its operations are refused by their names, in the protocol that today's SDKs speak to it.
extern const ServiceDescription description;

}  // namespace backlot::cloudwatch
