#pragma once

#include <string>
#include <string_view>

#include "emulator/base/aws_error.h"

namespace backlot::logs {

inline AwsError groupNotFound() { return {"ResourceNotFoundException", "The specified log group does not exist."}; }
inline AwsError streamNotFound() { return {"ResourceNotFoundException", "The specified log stream does not exist."}; }
inline AwsError filterNotFound(std::string_view kind) {
    return {"ResourceNotFoundException", "The specified " + std::string(kind) + " filter does not exist."};
}
inline AwsError groupExists() { return {"ResourceAlreadyExistsException", "The specified log group already exists"}; }
inline AwsError streamExists() { return {"ResourceAlreadyExistsException", "The specified log stream already exists"}; }
inline AwsError invalidParameter(std::string message) { return {"InvalidParameterException", std::move(message)}; }
inline AwsError validation(std::string message) { return {"ValidationException", std::move(message)}; }
inline AwsError deletionProtected() {
    return validation("The log group is protected from deletion. Disable its deletion protection first.");
}
inline AwsError limitExceeded() { return {"LimitExceededException", "Resource limit exceeded."}; }

}  // namespace backlot::logs
