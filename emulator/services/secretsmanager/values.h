#pragma once
// What a secret holds: its versions, their staging labels, their values.

#include <optional>
#include <string>

#include "emulator/services/secretsmanager/secret.h"
#include "emulator/world/operation.h"

namespace backlot::secretsmanager {

/// Makes a secret, with a first version where a value is given. Answers ARN, Name, VersionId.
/// Throws InvalidParameterException, InvalidRequestException (the name waits for its deletion),
/// ResourceExistsException, ValidationException.  Source: AWS Secrets Manager API Reference, CreateSecret.
Json createSecret(Call& call, const Fields& request);

/// A new version with VersionStages (AWSCURRENT where none are named). The same ClientRequestToken with the same value
/// answers as the first time.  Throws InvalidParameterException, InvalidRequestException, ResourceExistsException (the
/// token stands for another value), ResourceNotFoundException.  Source: API Reference, PutSecretValue.
Json putSecretValue(Call& call, const Fields& request);

/// Description, key, type, and a new AWSCURRENT version where a value is given; VersionId is answered only then.
/// Throws as putSecretValue.  Source: API Reference, UpdateSecret.
Json updateSecret(Call& call, const Fields& request);

/// The value of the version that VersionId and VersionStage name (AWSCURRENT). Notes the day of the access.
/// Throws InvalidRequestException, ResourceNotFoundException.  Source: API Reference, GetSecretValue.
Json getSecretValue(Call& call, const Fields& request);

/// Moves a label between versions, or takes it away.
/// Throws InvalidParameterException, ResourceNotFoundException.  Source: API Reference, UpdateSecretVersionStage.
Json updateSecretVersionStage(Call& call, const Fields& request);

/// The versions, oldest first; those without a label with IncludeDeprecated only. Pages of 1–100 (100).
/// Throws InvalidNextTokenException, ResourceNotFoundException.  Source: API Reference, ListSecretVersionIds.
Json listSecretVersionIds(Call& call, const Fields& request);

/// Of one version: ARN, CreatedDate, Name, SecretString or SecretBinary, VersionId, VersionStages.
Json shownValue(Call& call, Secret& secret, const std::optional<std::string>& id,
                const std::optional<std::string>& stage);

}  // namespace backlot::secretsmanager
