#include "emulator/services/ssm/allowed_pattern.h"

#include "emulator/base/regex.h"
#include "emulator/services/ssm/errors.h"

namespace backlot::ssm {

void requireMatch(const std::string& pattern, const std::string& value) {
    if (pattern.empty()) return;
    try {
        if (Regex(pattern, {.whole = true}).matches(value)) return;
    } catch (const RegexError&) {
        throw AwsError("InvalidAllowedPatternException",
                       "The request does not meet the regular expression requirement: " + pattern);
    }
    throw AwsError("ParameterPatternMismatchException",
                   "Parameter value, cannot be validated against allowedPattern: " + pattern);
}

}  // namespace backlot::ssm
