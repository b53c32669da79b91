#pragma once
// The errors of the service, each code and text in one place.
// Source: AWS Step Functions API Reference; texts from recorded answers.

#include <string>
#include <string_view>

#include "emulator/base/aws_error.h"

namespace backlot::states {

AwsError stateMachineDoesNotExist(std::string_view arn);
AwsError stateMachineAlreadyExists(std::string_view arn);
AwsError stateMachineTypeNotSupported();
AwsError executionDoesNotExist(std::string_view arn);
AwsError executionAlreadyExists(std::string_view arn);
AwsError invalidArn(std::string_view why);
AwsError invalidName(std::string_view name);
AwsError invalidDefinition(std::string message);
AwsError invalidExecutionInput(std::string_view why);
AwsError invalidOutput(std::string_view why);
AwsError invalidToken(std::string_view why);
AwsError taskTimedOut();

}  // namespace backlot::states
