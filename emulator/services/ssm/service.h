#pragma once

#include "emulator/world/operation.h"

namespace backlot::ssm {

/// Parameter Store: parameters with versions, labels, tags and policies, paths and filters.
/// Differs: of Systems Manager only Parameter Store is here. A SecureString lies in the store as it is; without
/// WithDecryption a text is answered that cannot be read back. AWS's public parameters (/aws/service/…) are not there.
Service ssmService();

}  // namespace backlot::ssm
