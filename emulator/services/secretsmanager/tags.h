#pragma once

#include <vector>

#include "emulator/services/secretsmanager/secret.h"
#include "emulator/world/operation.h"

namespace backlot::secretsmanager {

/// Adds tags, or changes those that are there.
/// Throws InvalidParameterException, LimitExceededException (over 50), ResourceNotFoundException.
/// Source: AWS Secrets Manager API Reference, TagResource.
Json tagResource(Call& call, const Fields& request);
/// Throws InvalidRequestException, ResourceNotFoundException.  Source: API Reference, UntagResource.
Json untagResource(Call& call, const Fields& request);

/// {"Key", "Value"} objects into the secret's tags; throws as tagResource.
void addTags(Secret& secret, const std::vector<const Json*>& tags);

}  // namespace backlot::secretsmanager
