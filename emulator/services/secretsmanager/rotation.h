#pragma once
// Rotation: a Lambda function makes a new version in four steps, now and on a schedule of the world's clock.

#include "emulator/services/secretsmanager/secret.h"
#include "emulator/world/operation.h"

namespace backlot::secretsmanager {

/// Begins a rotation (RotateImmediately, true; else only testSecret is run) and keeps function and rules for the next
/// ones. Answers with the new version's id when the rotation is over, or 20 s (of the machine's time) have passed:
/// whoever waits for it need not ask again. The function is invoked with {"Step", "SecretId",
/// "ClientRequestToken"} for createSecret, setSecret, testSecret and finishSecret, each after the one before.
/// Throws AccessDeniedException (the function is not there, or its policy does not let Secrets Manager in),
/// InvalidParameterException, InvalidRequestException.  Source: AWS Secrets Manager API Reference, RotateSecret.
/// Differs: AWS answers at once and rotates meanwhile.
Reply rotateSecret(Call& call, const Fields& request);
/// No further rotations; versions stay as they are.
/// Throws InvalidRequestException, ResourceNotFoundException.  Source: API Reference, CancelRotateSecret.
Json cancelRotateSecret(Call& call, const Fields& request);

/// The function has answered to a step: ReplyTo of the invocation, context {"name", "suffix", "token"}.
Json rotationStepEnded(Call& call, const Fields& request);
/// The schedule's job: {"name", "suffix"}.
Json rotateOnSchedule(Call& call, const Fields& request);

}  // namespace backlot::secretsmanager
