#pragma once

#include "emulator/world/operation.h"

namespace backlot::ssm {

/// Makes a parameter, or with Overwrite its next version. Answers {"Version", "Tier"}. At most a hundred versions stay.
/// Throws ParameterAlreadyExists, HierarchyLevelLimitExceededException, HierarchyTypeMismatchException,
/// InvalidAllowedPatternException, ParameterPatternMismatchException, ParameterMaxVersionLimitExceeded (the oldest
/// bears a label), InvalidPolicyTypeException, InvalidPolicyAttributeException, ValidationException.
/// Source: AWS Systems Manager API Reference, PutParameter.
Json putParameter(Call& call, const Fields& request);

/// Throws ParameterNotFound.  Source: API Reference, DeleteParameter.
Json deleteParameter(Call& call, const Fields& request);
/// {"DeletedParameters", "InvalidParameters"}, by name.  Source: API Reference, DeleteParameters.
Json deleteParameters(Call& call, const Fields& request);

/// Up to ten labels a version; a label moves from the version that bears it. Those that may not be are answered in
/// InvalidLabels.  Throws ParameterNotFound, ParameterVersionNotFound, ParameterVersionLabelLimitExceeded.
/// Source: API Reference, LabelParameterVersion.
Json labelParameterVersion(Call& call, const Fields& request);
/// Source: API Reference, UnlabelParameterVersion.
Json unlabelParameterVersion(Call& call, const Fields& request);

}  // namespace backlot::ssm
