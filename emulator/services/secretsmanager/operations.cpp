#include "emulator/services/secretsmanager/rotation.h"
#include "emulator/services/secretsmanager/secrets.h"
#include "emulator/services/secretsmanager/service.h"
#include "emulator/services/secretsmanager/tags.h"
#include "emulator/services/secretsmanager/values.h"

namespace backlot::secretsmanager {

Service secretsManagerService() {
    return {.name = "secretsmanager",
            .operations =
                {
                    {"BatchGetSecretValue", batchGetSecretValue},  // notes the day of the access
                    {"CancelRotateSecret", cancelRotateSecret},
                    {"CreateSecret", createSecret},
                    {"DeleteResourcePolicy", deleteResourcePolicy},
                    {"DeleteSecret", deleteSecret},
                    {"DescribeSecret", describeSecret, readOnly},
                    {"GetRandomPassword", getRandomPassword, readOnly},
                    {"GetResourcePolicy", getResourcePolicy, readOnly},
                    {"GetSecretValue", getSecretValue},  // notes the day of the access
                    {"ListSecretVersionIds", listSecretVersionIds, readOnly},
                    {"ListSecrets", listSecrets, readOnly},
                    {"PutResourcePolicy", putResourcePolicy},
                    {"PutSecretValue",
                     putSecretValue,
                     writes,
                     {{"RotationToken", "says which account a rotation runs in; callers are not told apart"}}},
                    {"RestoreSecret", restoreSecret},
                    {"RotateSecret",
                     rotateSecret,
                     mayWait,
                     {{"RotationRules.Duration", "kept and answered; a rotation begins when its window opens"}}},
                    {"TagResource", tagResource},
                    {"UntagResource", untagResource},
                    {"UpdateSecret", updateSecret},
                    {"UpdateSecretVersionStage", updateSecretVersionStage},
                    {"ValidateResourcePolicy", validateResourcePolicy, readOnly},
                    {"EndRecovery", endRecovery, internal},
                    {"RotateOnSchedule", rotateOnSchedule, internal},
                    {"RotationStepEnded", rotationStepEnded, internal},
                },
            .kinds = {{"secret", "secrets"}, {"value", "values of secrets"}}};
}

}  // namespace backlot::secretsmanager
