#pragma once

#include "emulator/world/operation.h"

namespace backlot::ssm {

/// One parameter, by name or ARN, of its newest version or of the one that ":3" or ":label" asks for.
/// /aws/reference/secretsmanager/NAME is the secret's value. Throws ParameterNotFound, ParameterVersionNotFound.
/// Source: AWS Systems Manager API Reference, GetParameter.
Json getParameter(Call& call, const Fields& request);
/// {"Parameters", "InvalidParameters"}.  Source: API Reference, GetParameters.
Json getParameters(Call& call, const Fields& request);
/// The parameters below a path, with Recursive at any depth, that pass ParameterFilters; pages of 1–10 (10).
/// Throws InvalidFilterKey, InvalidFilterOption, InvalidFilterValue, InvalidNextToken, ValidationException.
/// Source: API Reference, GetParametersByPath.
Json getParametersByPath(Call& call, const Fields& request);
/// All versions, oldest first; pages of 1–50 (50).  Throws InvalidNextToken, ParameterNotFound.
/// Source: API Reference, GetParameterHistory.
Json getParameterHistory(Call& call, const Fields& request);
/// What is known about parameters but their values; pages of 1–50 (10).  Throws as getParametersByPath.
/// Source: API Reference, DescribeParameters.
Json describeParameters(Call& call, const Fields& request);

}  // namespace backlot::ssm
