#pragma once

#include <string>

#include "emulator/base/aws_error.h"

namespace backlot::ssm {

inline AwsError validation(std::string message) { return {"ValidationException", std::move(message)}; }
/// AWS says no more than the code.
inline AwsError parameterNotFound(std::string message = {}) { return {"ParameterNotFound", std::move(message)}; }
inline AwsError versionNotFound(const std::string& name, const std::string& version) {
    return {"ParameterVersionNotFound", "Systems Manager could not find version " + version + " of " + name +
                                            ". Verify the version and try again."};
}
inline AwsError labelNotFound(const std::string& name, const std::string& label) {
    return {"ParameterVersionNotFound", "Systems Manager could not find label " + label + " for parameter " + name +
                                            ". Verify the label and try "
                                            "again."};
}

}  // namespace backlot::ssm
