#pragma once

#include <optional>

#include "emulator/services/apigateway/gateway_responses.h"
#include "emulator/services/apigateway/proxy.h"

namespace backlot::apigateway {

/// What the method's request validator refuses: missing parameters, a body that its model does not allow.
/// Differs: of JSON Schema the words type, required, properties, items, enum, minimum, maximum, minLength, maxLength
/// and additionalProperties: false are checked.
std::optional<GatewayError> validateRequest(const Target& target, const ApiRequest& request);

}  // namespace backlot::apigateway
