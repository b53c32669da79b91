#pragma once
// API keys and usage plans.

#include "emulator/world/operation.h"

namespace backlot::apigateway {

/// Throws NotFoundException, BadRequestException, ConflictException.  Source: Amazon API Gateway API Reference, ApiKey,
/// UsagePlan.
/// Differs: throttling of single methods (apiStages[].throttle) is kept, not enforced.
Json createApiKey(Call& call, const Fields& request);
Json getApiKey(Call& call, const Fields& request);
Json getApiKeys(Call& call, const Fields& request);
Json updateApiKey(Call& call, const Fields& request);
Json deleteApiKey(Call& call, const Fields& request);
Json createUsagePlan(Call& call, const Fields& request);
Json getUsagePlan(Call& call, const Fields& request);
Json getUsagePlans(Call& call, const Fields& request);
Json updateUsagePlan(Call& call, const Fields& request);
Json deleteUsagePlan(Call& call, const Fields& request);
Json createUsagePlanKey(Call& call, const Fields& request);
Json getUsagePlanKey(Call& call, const Fields& request);
Json getUsagePlanKeys(Call& call, const Fields& request);
Json deleteUsagePlanKey(Call& call, const Fields& request);

}  // namespace backlot::apigateway
