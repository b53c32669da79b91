#pragma once
// The errors of the service, each code and text in one place.
// Source: AWS Step Functions API Reference; texts from recorded answers.

#include <string>
#include <string_view>

#include "emulator/base/aws_error.h"

namespace backlot::states {

AwsError activityDoesNotExist(std::string_view arn);
AwsError conflict(std::string message);
AwsError executionAlreadyExists(std::string_view arn);
AwsError executionDoesNotExist(std::string_view arn);
AwsError executionNotRedrivable(std::string message);
AwsError invalidArn(std::string_view why);
AwsError invalidDefinition(std::string message);
AwsError invalidExecutionInput(std::string_view why);
AwsError invalidLoggingConfiguration(std::string_view why);
AwsError invalidName(std::string_view name);
AwsError invalidOutput(std::string_view why);
AwsError invalidToken(std::string_view why);
AwsError noSuchReference();
AwsError resourceNotFound(std::string_view arn);
AwsError stateMachineAlreadyExists(std::string_view arn);
AwsError stateMachineDoesNotExist(std::string_view arn);
AwsError stateMachineTypeNotSupported();
AwsError taskTimedOut();
AwsError validation(std::string message);

}  // namespace backlot::states
