#include "emulator/services/states/errors.h"

namespace backlot::states {
namespace {
std::string quoted(const char* text, std::string_view value) {
    return std::string(text) + ": '" + std::string(value) + "'";
}
}  // namespace

AwsError activityDoesNotExist(std::string_view arn) {
    return {"ActivityDoesNotExist", quoted("Activity Does Not Exist", arn)};
}
AwsError conflict(std::string message) { return {"ConflictException", std::move(message)}; }
AwsError executionAlreadyExists(std::string_view arn) {
    return {"ExecutionAlreadyExists", quoted("Execution Already Exists", arn)};
}
AwsError executionDoesNotExist(std::string_view arn) {
    return {"ExecutionDoesNotExist", quoted("Execution Does Not Exist", arn)};
}
AwsError executionNotRedrivable(std::string message) { return {"ExecutionNotRedrivable", std::move(message)}; }
AwsError invalidArn(std::string_view why) { return {"InvalidArn", quoted("Invalid Arn", why)}; }
AwsError invalidDefinition(std::string message) { return {"InvalidDefinition", std::move(message)}; }
AwsError invalidExecutionInput(std::string_view why) {
    return {"InvalidExecutionInput", quoted("Invalid State Machine Execution Input", why)};
}
AwsError invalidLoggingConfiguration(std::string_view why) {
    return {"InvalidLoggingConfiguration", "Invalid Logging Configuration: " + std::string(why)};
}
AwsError invalidName(std::string_view name) { return {"InvalidName", quoted("Invalid Name", name)}; }
AwsError invalidOutput(std::string_view why) { return {"InvalidOutput", quoted("Invalid Output", why)}; }
AwsError invalidToken(std::string_view why) { return {"InvalidToken", quoted("Invalid Token", why)}; }
AwsError noSuchReference() { return {"ResourceNotFound", "Request references a resource that does not exist."}; }
AwsError resourceNotFound(std::string_view arn) { return {"ResourceNotFound", quoted("Resource not found", arn)}; }
AwsError stateMachineAlreadyExists(std::string_view arn) {
    return {"StateMachineAlreadyExists", quoted("State Machine Already Exists", arn)};
}
AwsError stateMachineDoesNotExist(std::string_view arn) {
    return {"StateMachineDoesNotExist", quoted("State Machine Does Not Exist", arn)};
}
AwsError stateMachineTypeNotSupported() {
    return {"StateMachineTypeNotSupported", "This operation is not supported by this type of state machine"};
}
AwsError taskTimedOut() { return {"TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'"}; }
AwsError validation(std::string message) { return {"ValidationException", std::move(message)}; }

}  // namespace backlot::states
