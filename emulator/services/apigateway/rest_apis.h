#pragma once

#include "emulator/world/operation.h"

namespace backlot::apigateway {

/// Throws BadRequestException, NotFoundException.  Source: Amazon API Gateway API Reference, RestApi.
Json createRestApi(Call& call, const Fields& request);
Json getRestApi(Call& call, const Fields& request);
Json getRestApis(Call& call, const Fields& request);
Json updateRestApi(Call& call, const Fields& request);
Json deleteRestApi(Call& call, const Fields& request);
Json tagResource(Call& call, const Fields& request);
Json untagResource(Call& call, const Fields& request);
Json getTags(Call& call, const Fields& request);
Json getAccount(Call& call, const Fields& request);
/// Patches cloudwatchRoleArn, which is kept and answered.  Throws BadRequestException.
/// Source: Amazon API Gateway API Reference, UpdateAccount.
Json updateAccount(Call& call, const Fields& request);

}  // namespace backlot::apigateway
