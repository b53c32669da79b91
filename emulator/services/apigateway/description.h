#pragma once

#include "emulator/base/service_description.h"

namespace backlot::apigateway {

/// REST APIs, and API Gateway v2, of which Backlot knows the API and serves nothing yet.
extern const ServiceDescription description, v2Description;

}  // namespace backlot::apigateway
