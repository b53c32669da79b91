#pragma once

#include <string>
#include <string_view>

#include "emulator/base/arn.h"
#include "emulator/base/aws_error.h"

// Source: recorded answers of AWS.
namespace backlot::events {

inline AwsError validation(const std::string& message) { return {"ValidationException", message}; }
inline AwsError notFound(const std::string& message) { return {"ResourceNotFoundException", message}; }
inline AwsError alreadyExists(const std::string& message) { return {"ResourceAlreadyExistsException", message}; }
inline AwsError busNotFound(const std::string& name) { return notFound("Event bus " + name + " does not exist."); }
inline AwsError ruleNotFound(const std::string& name, const std::string& bus) {
    return notFound("Rule " + name + " does not exist on EventBus " + bus + ".");
}
inline AwsError invalidPattern(const std::string& reason) {
    return {"InvalidEventPatternException", "Event pattern is not valid. Reason: " + reason};
}
/// Events reach what Backlot serves; a target elsewhere would be a rule that nothing comes of.
inline AwsError unsupportedTarget(const Arn& target) {
    return validation("Backlot does not deliver events to " +
                      (target.resource.starts_with("api-destination/") ? "API destinations" : target.service) + " (" +
                      target.text() + ").");
}
inline AwsError limitExceeded() {
    return {"LimitExceededException", "The requested resource exceeds the maximum number allowed."};
}

}  // namespace backlot::events
