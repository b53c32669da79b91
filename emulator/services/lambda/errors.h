#pragma once

#include <string>
#include <string_view>

#include "emulator/base/aws_error.h"

namespace backlot::lambda {

/// Lambda's errors tell in `Type` whose fault they are.
inline AwsError error(const char* code, std::string message, int status) {
    return {code, std::move(message), status, object({{"Type", "User"}})};
}
inline AwsError notFound(std::string message) { return error("ResourceNotFoundException", std::move(message), 404); }
inline AwsError functionNotFound(std::string_view arn) { return notFound("Function not found: " + std::string(arn)); }
inline AwsError resourceNotFound() { return notFound("The resource you requested does not exist."); }
inline AwsError invalidParameter(std::string message) {
    return error("InvalidParameterValueException", std::move(message), 400);
}
inline AwsError conflict(std::string message) { return error("ResourceConflictException", std::move(message), 409); }
inline AwsError preconditionFailed(std::string_view api) {
    return error("PreconditionFailedException",
                 "The Revision Id provided does not match the latest Revision Id. Call the " + std::string(api) +
                     " API to retrieve the latest Revision Id",
                 412);
}
/// As the API model's check says it; it has no Type.
inline AwsError validation(std::string_view value, std::string_view member, std::string_view constraint) {
    return {"ValidationException", "1 validation error detected: Value '" + std::string(value) + "' at '" +
                                       std::string(member) +
                                       "' failed to satisfy constraint: " + std::string(constraint)};
}
inline AwsError badZip() {
    return invalidParameter("Could not unzip uploaded file. Please check your file, then try to upload again.");
}
inline AwsError throttled(const char* reason) {
    return {"TooManyRequestsException", "Rate Exceeded.", 429, object({{"Type", "User"}, {"Reason", reason}})};
}

}  // namespace backlot::lambda
