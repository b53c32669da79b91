#pragma once

#include <vector>

#include "emulator/world/operation.h"

namespace backlot::ssm {

/// Tags of parameters (ResourceType "Parameter", ResourceId its name).
/// Throws InvalidResourceId, InvalidResourceType (what Backlot has not), TooManyTagsError (over 50).
/// Source: AWS Systems Manager API Reference, AddTagsToResource, RemoveTagsFromResource, ListTagsForResource.
Json addTagsToResource(Call& call, const Fields& request);
Json removeTagsFromResource(Call& call, const Fields& request);
Json listTagsForResource(Call& call, const Fields& request);

/// {"Key", "Value"} objects into a list of them. Throws TooManyTagsError.
void addTags(Json& stored, const std::vector<const Json*>& tags);

}  // namespace backlot::ssm
