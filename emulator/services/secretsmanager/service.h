#pragma once

#include "emulator/world/operation.h"

namespace backlot::secretsmanager {

/// Secrets with versions and staging labels, their policies, and rotation by a Lambda function on the world's clock.
/// Differs: values lie in the store as they are (KmsKeyId is kept and answered, nothing is encrypted), policies are
/// kept and not enforced, and nothing is replicated to another Region.
Service secretsManagerService();

}  // namespace backlot::secretsmanager
