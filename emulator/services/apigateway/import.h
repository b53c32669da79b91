#pragma once

#include "emulator/world/operation.h"

namespace backlot::apigateway {

/// An API from an OpenAPI 3 or Swagger 2 document (JSON text) with its x-amazon-apigateway extensions: paths,
/// integrations, authorizers, validators, models, gateway responses, binary types. Throws BadRequestException.  Source:
/// API Gateway Developer Guide, "x-amazon-apigateway extensions to OpenAPI".
/// Differs: documents in YAML are refused.
Json importRestApi(Call& call, const Fields& request);
/// mode merge (the default) or overwrite.
Json putRestApi(Call& call, const Fields& request);

}  // namespace backlot::apigateway
