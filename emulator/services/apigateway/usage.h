#pragma once
// What usage plans allow their keys.

#include "emulator/services/apigateway/gateway_responses.h"
#include "emulator/services/apigateway/integration.h"
#include "emulator/world/call.h"

namespace backlot::apigateway {

/// Counts a request against the plan of its x-api-key. Nothing where it may pass, else INVALID_API_KEY (a key that is
/// unknown, disabled or in no plan with this stage), THROTTLED or QUOTA_EXCEEDED.
/// Source: Amazon API Gateway Developer Guide, "Usage plans and API keys": a token bucket of burstLimit that fills
/// with rateLimit a second, and a quota a day, week (from Sunday) or month (UTC), offset by `offset` requests in its
/// first period.
/// Differs: AWS enforces both on a best-effort basis; here they are exact.
std::optional<GatewayError> chargeApiKey(Call& call, const Target& target, const ApiRequest& request);

/// {usagePlanId, startDate, endDate, keyId?} → {values: {keyId: [[used, remaining] a day]}}. Throws NotFoundException,
/// BadRequestException.
Json getUsage(Call& call, const Fields& request);

}  // namespace backlot::apigateway
