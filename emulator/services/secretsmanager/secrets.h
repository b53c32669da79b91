#pragma once
// Secrets themselves: looked at, listed, deleted, restored; their resource policies.

#include "emulator/services/secretsmanager/secret.h"
#include "emulator/world/operation.h"

namespace backlot::secretsmanager {

/// All about a secret but its values; DeletedDate where it waits for its end.
/// Throws ResourceNotFoundException, ValidationException.  Source: AWS Secrets Manager API Reference, DescribeSecret.
Json describeSecret(Call& call, const Fields& request);

/// Pages of 1–100 (100) secrets that pass every one of Filters, by SortBy (created-date) and SortOrder (asc).
/// Throws InvalidNextTokenException.  Source: API Reference, ListSecrets.
Json listSecrets(Call& call, const Fields& request);

/// The AWSCURRENT values of SecretIdList or of the secrets that pass Filters; those that have none in Errors.
/// Throws InvalidNextTokenException, InvalidParameterException.  Source: API Reference, BatchGetSecretValue.
Json batchGetSecretValue(Call& call, const Fields& request);

/// Marks the secret; a job removes it when RecoveryWindowInDays (7–30, 30) are over. ForceDeleteWithoutRecovery removes
/// it now, and is content where there is none.  Throws InvalidParameterException, InvalidRequestException,
/// ResourceNotFoundException.  Source: API Reference, DeleteSecret.
Json deleteSecret(Call& call, const Fields& request);
Json restoreSecret(Call& call, const Fields& request);
/// The job of deleteSecret: {"name", "suffix"}.
Json endRecovery(Call& call, const Fields& request);

/// Policies are kept and answered; nothing asks them.  Throws MalformedPolicyDocumentException, PublicPolicyException
/// (BlockPublicPolicy, and anyone may), ResourceNotFoundException.  Source: API Reference, PutResourcePolicy …
Json putResourcePolicy(Call& call, const Fields& request);
Json getResourcePolicy(Call& call, const Fields& request);
Json deleteResourcePolicy(Call& call, const Fields& request);
Json validateResourcePolicy(Call& call, const Fields& request);

/// Characters of the kinds that are not excluded, at least one of each where RequireEachIncludedType (true).
/// Throws InvalidParameterException.  Source: API Reference, GetRandomPassword.
Json getRandomPassword(Call& call, const Fields& request);

}  // namespace backlot::secretsmanager
