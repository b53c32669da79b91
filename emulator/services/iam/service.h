#pragma once

#include "emulator/world/operation.h"

namespace backlot::iam {

/// Roles, policies, users and access keys: stored and listed, never enforced.
Service iamService();

}  // namespace backlot::iam
