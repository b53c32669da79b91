#pragma once

#include <string>

namespace backlot::ssm {

/// Throws InvalidAllowedPatternException (no regular expression) or ParameterPatternMismatchException. An empty pattern
/// allows everything.  Source: AWS Systems Manager API Reference, PutParameter, AllowedPattern.
void requireMatch(const std::string& pattern, const std::string& value);

}  // namespace backlot::ssm
