#pragma once

#include "emulator/world/operation.h"

namespace backlot::iam {

/// Roles and their policies are stored, nothing is enforced.
/// Throws NoSuchEntity, EntityAlreadyExists, DeleteConflict, MalformedPolicyDocument.  Source: IAM API Reference.
Json createRole(Call& call, const Fields& request);
Json getRole(Call& call, const Fields& request);
Json listRoles(Call& call, const Fields& request);
Json updateRole(Call& call, const Fields& request);
Json updateAssumeRolePolicy(Call& call, const Fields& request);
Json deleteRole(Call& call, const Fields& request);
Json tagRole(Call& call, const Fields& request);
Json untagRole(Call& call, const Fields& request);
Json listRoleTags(Call& call, const Fields& request);

Json putRolePolicy(Call& call, const Fields& request);
Json getRolePolicy(Call& call, const Fields& request);
Json listRolePolicies(Call& call, const Fields& request);
Json deleteRolePolicy(Call& call, const Fields& request);
/// Any policy of AWS's own (arn:aws:iam::aws:policy/…) may be attached, though Backlot does not hold their documents.
Json attachRolePolicy(Call& call, const Fields& request);
Json detachRolePolicy(Call& call, const Fields& request);
Json listAttachedRolePolicies(Call& call, const Fields& request);

}  // namespace backlot::iam
