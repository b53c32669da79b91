#pragma once
// Parameter policies: a parameter that ends at a moment, and notices before that, or where nothing has changed for
// long.

#include <string>

#include "emulator/services/ssm/parameter.h"
#include "emulator/world/operation.h"

namespace backlot::ssm {

/// The request's Policies, or what was there before; "[]" and "{}" take them away.
/// Throws InvalidPolicyTypeException, InvalidPolicyAttributeException, PoliciesLimitExceededException,
/// ValidationException.
/// Source: AWS Systems Manager User Guide, "Assigning parameter policies in Parameter Store".
std::string policiesText(const Fields& request, const std::string& before);

/// Jobs for what the newest version's policies say; those of the version before are cancelled.
void schedulePolicies(Call& call, Parameter& parameter, const Version& version);

/// The Policies member of a description: [{"PolicyText", "PolicyType", "PolicyStatus"} …].
Json shownPolicies(const std::string& policies);

/// A job: {"name", "version", "policy"} (the policy's own text).
Json applyPolicy(Call& call, const Fields& request);

}  // namespace backlot::ssm
