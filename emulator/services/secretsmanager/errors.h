#pragma once

#include <string>

#include "emulator/base/aws_error.h"

namespace backlot::secretsmanager {

inline AwsError notFound() { return {"ResourceNotFoundException", "Secrets Manager can't find the specified secret."}; }
inline AwsError valueNotFound(const std::string& what) {
    return {"ResourceNotFoundException", "Secrets Manager can't find the specified secret value for " + what};
}
inline AwsError versionNotFound() {
    return {"ResourceNotFoundException", "Secrets Manager can't find the specified secret version."};
}
inline AwsError exists(std::string message) { return {"ResourceExistsException", std::move(message)}; }
inline AwsError invalidParameter(std::string message) { return {"InvalidParameterException", std::move(message)}; }
inline AwsError invalidRequest(std::string message) { return {"InvalidRequestException", std::move(message)}; }
inline AwsError validation(std::string message) { return {"ValidationException", std::move(message)}; }

}  // namespace backlot::secretsmanager
