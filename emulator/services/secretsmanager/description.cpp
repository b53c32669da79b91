#include "emulator/services/secretsmanager/description.h"

extern "C" const char backlot_model_secretsmanager[], backlot_model_secretsmanager_end[];

namespace backlot::secretsmanager {

const ServiceDescription description{
    .name = "secretsmanager",
    .model = {backlot_model_secretsmanager, backlot_model_secretsmanager_end},
    .protocols = {"json"},
    .endpointPrefix = "secretsmanager",
    .signingName = "secretsmanager",
    .apiVersion = "2017-10-17",
    .targetPrefix = "secretsmanager",
    .resourceType = "AWS::SecretsManager::Secret",
    .trace = {.name = "SecretsManager", .type = "AWS::SecretsManager"},
    .tasks = {.sdk = "secretsmanager", .sdkErrors = "SecretsManager"},
};

}  // namespace backlot::secretsmanager
