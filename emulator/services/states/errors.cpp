#include "emulator/services/states/errors.h"

namespace backlot::states {
namespace {
std::string quoted(const char* text, std::string_view value) { return std::string(text) + ": '" + std::string(value) + "'"; }
}  // namespace

AwsError stateMachineDoesNotExist(std::string_view arn) { return {"StateMachineDoesNotExist", quoted("State Machine Does Not Exist", arn)}; }
AwsError stateMachineAlreadyExists(std::string_view arn) { return {"StateMachineAlreadyExists", quoted("State Machine Already Exists", arn)}; }
AwsError stateMachineTypeNotSupported() {
    return {"StateMachineTypeNotSupported", "This operation is not supported by this type of state machine"};
}
AwsError executionDoesNotExist(std::string_view arn) { return {"ExecutionDoesNotExist", quoted("Execution Does Not Exist", arn)}; }
AwsError executionAlreadyExists(std::string_view arn) { return {"ExecutionAlreadyExists", quoted("Execution Already Exists", arn)}; }
AwsError invalidArn(std::string_view why) { return {"InvalidArn", quoted("Invalid Arn", why)}; }
AwsError invalidName(std::string_view name) { return {"InvalidName", quoted("Invalid Name", name)}; }
AwsError invalidDefinition(std::string message) { return {"InvalidDefinition", std::move(message)}; }
AwsError invalidExecutionInput(std::string_view why) { return {"InvalidExecutionInput", quoted("Invalid State Machine Execution Input", why)}; }
AwsError invalidOutput(std::string_view why) { return {"InvalidOutput", quoted("Invalid Output", why)}; }
AwsError invalidToken(std::string_view why) { return {"InvalidToken", quoted("Invalid Token", why)}; }
AwsError taskTimedOut() { return {"TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'"}; }

}  // namespace backlot::states
