#pragma once

#include "emulator/world/operation.h"

namespace backlot::iam {

/// Managed policies and their versions (5 at most).
/// Throws NoSuchEntity, EntityAlreadyExists, DeleteConflict, LimitExceeded, MalformedPolicyDocument.  Source: IAM API
/// Reference.
/// Differs: the policies that AWS manages can be attached, but not listed or read.
Json createPolicy(Call& call, const Fields& request);
Json getPolicy(Call& call, const Fields& request);
Json listPolicies(Call& call, const Fields& request);
Json deletePolicy(Call& call, const Fields& request);
Json createPolicyVersion(Call& call, const Fields& request);
Json getPolicyVersion(Call& call, const Fields& request);
Json listPolicyVersions(Call& call, const Fields& request);
Json setDefaultPolicyVersion(Call& call, const Fields& request);
Json deletePolicyVersion(Call& call, const Fields& request);

}  // namespace backlot::iam
