#pragma once

#include <string>

#include "emulator/base/outside.h"
#include "emulator/world/operation.h"

namespace backlot::apigateway {

/// REST APIs (v1): their control plane, and HandleRequest, through which HTTP requests reach deployed APIs
/// (requests.h).
/// `outside` is where the keys of a JWT's issuer are fetched; null: nowhere.
Service apigatewayService(Outside* outside = nullptr);

/// HTTP APIs (v2): their control plane. Requests to them come through apigateway's HandleRequest. `endpoint` is what
/// ApiEndpoint begins with: "http://127.0.0.1:4566".
/// Differs: no WebSocket APIs, domain names, VPC links, portals; access logs and throttling are kept and do nothing.
Service apigatewayV2Service(std::string endpoint);

}  // namespace backlot::apigateway
