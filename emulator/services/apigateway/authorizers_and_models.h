#pragma once
// An API's authorizers, models, request validators and gateway responses.

#include "emulator/world/operation.h"

namespace backlot::apigateway {

/// Throws NotFoundException, BadRequestException, ConflictException.  Source: Amazon API Gateway API Reference.
Json createAuthorizer(Call& call, const Fields& request);
Json getAuthorizer(Call& call, const Fields& request);
Json getAuthorizers(Call& call, const Fields& request);
Json updateAuthorizer(Call& call, const Fields& request);
Json deleteAuthorizer(Call& call, const Fields& request);

Json createModel(Call& call, const Fields& request);
Json getModel(Call& call, const Fields& request);
Json getModels(Call& call, const Fields& request);
Json updateModel(Call& call, const Fields& request);
Json deleteModel(Call& call, const Fields& request);

Json createRequestValidator(Call& call, const Fields& request);
Json getRequestValidator(Call& call, const Fields& request);
Json getRequestValidators(Call& call, const Fields& request);
Json updateRequestValidator(Call& call, const Fields& request);
Json deleteRequestValidator(Call& call, const Fields& request);

Json putGatewayResponse(Call& call, const Fields& request);
Json getGatewayResponse(Call& call, const Fields& request);
Json getGatewayResponses(Call& call, const Fields& request);
Json updateGatewayResponse(Call& call, const Fields& request);
Json deleteGatewayResponse(Call& call, const Fields& request);

}  // namespace backlot::apigateway
