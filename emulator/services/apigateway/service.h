#pragma once

#include "emulator/world/operation.h"

namespace backlot::apigateway {

/// REST APIs (v1): their control plane, and HandleRequest, through which HTTP requests reach deployed APIs
/// (requests.h).
Service apigatewayService();

}  // namespace backlot::apigateway
