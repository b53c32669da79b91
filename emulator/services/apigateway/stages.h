#pragma once
// Deployments (snapshots of an API) and the stages that show them.

#include "emulator/world/operation.h"

namespace backlot::apigateway {

/// Throws NotFoundException, BadRequestException, ConflictException.  Source: Amazon API Gateway API Reference,
/// Deployment, Stage.
Json createDeployment(Call& call, const Fields& request);
Json getDeployment(Call& call, const Fields& request);
Json getDeployments(Call& call, const Fields& request);
Json updateDeployment(Call& call, const Fields& request);
Json deleteDeployment(Call& call, const Fields& request);
Json createStage(Call& call, const Fields& request);
Json getStage(Call& call, const Fields& request);
Json getStages(Call& call, const Fields& request);
Json updateStage(Call& call, const Fields& request);
Json deleteStage(Call& call, const Fields& request);

}  // namespace backlot::apigateway
