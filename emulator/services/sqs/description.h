#pragma once

#include "emulator/base/service_description.h"

namespace backlot::sqs {

extern const ServiceDescription description;

}  // namespace backlot::sqs
