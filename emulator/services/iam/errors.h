#pragma once

#include <string>
#include <string_view>

#include "emulator/base/aws_error.h"

namespace backlot::iam {

inline AwsError noSuchEntity(std::string message) { return {"NoSuchEntity", std::move(message), 404}; }
inline AwsError alreadyExists(std::string message) { return {"EntityAlreadyExists", std::move(message), 409}; }
inline AwsError deleteConflict(std::string message) { return {"DeleteConflict", std::move(message), 409}; }
inline AwsError limitExceeded(std::string message) { return {"LimitExceeded", std::move(message), 409}; }
inline AwsError malformedPolicy(std::string message) { return {"MalformedPolicyDocument", std::move(message), 400}; }
inline AwsError roleNotFound(std::string_view name) {
    return noSuchEntity("The role with name " + std::string(name) + " cannot be found.");
}
inline AwsError userNotFound(std::string_view name) {
    return noSuchEntity("The user with name " + std::string(name) + " cannot be found.");
}
inline AwsError policyNotFound(std::string_view arn) {
    return noSuchEntity("Policy " + std::string(arn) + " was not found.");
}

}  // namespace backlot::iam
