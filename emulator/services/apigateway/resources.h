#pragma once
// The tree of an API's paths, and what each of them does.

#include "emulator/world/operation.h"

namespace backlot::apigateway {

// --- paths -----------------------------------------------------------------------------------------------------------
/// Throws NotFoundException, BadRequestException, ConflictException.  Source: Amazon API Gateway API Reference,
/// Resource.
Json createResource(Call& call, const Fields& request);
Json getResource(Call& call, const Fields& request);
Json getResources(Call& call, const Fields& request);
Json updateResource(Call& call, const Fields& request);
Json deleteResource(Call& call, const Fields& request);

// --- methods
// -----------------------------------------------------------------------------------------------------------
Json putMethod(Call& call, const Fields& request);
Json getMethod(Call& call, const Fields& request);
Json updateMethod(Call& call, const Fields& request);
Json deleteMethod(Call& call, const Fields& request);
Json putMethodResponse(Call& call, const Fields& request);
Json getMethodResponse(Call& call, const Fields& request);
Json deleteMethodResponse(Call& call, const Fields& request);

// --- integrations
// --------------------------------------------------------------------------------------------------------
Json putIntegration(Call& call, const Fields& request);
Json getIntegration(Call& call, const Fields& request);
Json updateIntegration(Call& call, const Fields& request);
Json deleteIntegration(Call& call, const Fields& request);
Json putIntegrationResponse(Call& call, const Fields& request);
Json getIntegrationResponse(Call& call, const Fields& request);
Json deleteIntegrationResponse(Call& call, const Fields& request);

/// A resource under `parentId`, by its part of the path; checked as CreateResource checks it.
Json addResource(Call& call, const std::string& apiId, const std::string& parentId, const std::string& pathPart);
/// Throws NotFoundException "Invalid Resource identifier specified".
Json requireResource(const Call& call, std::string_view apiId, std::string_view resourceId);

}  // namespace backlot::apigateway
