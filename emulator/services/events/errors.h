#pragma once

#include <string>
#include <string_view>

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
inline AwsError limitExceeded() {
    return {"LimitExceededException", "The requested resource exceeds the maximum number allowed."};
}

}  // namespace backlot::events
