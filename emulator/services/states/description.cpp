#include "emulator/services/states/description.h"

extern "C" const char backlot_model_states[], backlot_model_states_end[];

namespace backlot::states {
namespace {

/// "checkout" of arn:aws:states:…:stateMachine:checkout and of an execution's
/// arn:aws:states:…:execution:checkout:ORDER-1.
std::string stateMachineOf(std::string_view, std::string_view resource) {
    for (const std::string_view kind : {":execution:", ":express:", ":stateMachine:"}) {
        const auto place = resource.find(kind);
        if (place == std::string_view::npos) continue;
        resource.remove_prefix(place + kind.size());
        return std::string(resource.substr(0, resource.find_first_of(":/")));
    }
    return std::string(resource);
}

}  // namespace

const ServiceDescription description{
    .name = "states",
    .model = {backlot_model_states, backlot_model_states_end},
    .protocols = {"json"},
    .endpointPrefix = "states",
    .signingName = "states",
    .apiVersion = "2016-11-23",
    .targetPrefix = "AWSStepFunctions",
    .json = {.errorNamespace = "com.amazonaws.swf.service.v2.model#"},
    .resourceType = "AWS::StepFunctions::StateMachine",
    .trace = {.name = "Step Functions",
              .type = "AWS::StepFunctions::StateMachine",
              .node = stateMachineOf,
              .begins = {"StartExecution", "StartSyncExecution"}},
    .tasks = {.sdk = "sfn",
              .sdkErrors = "Sfn",
              .optimised = "states",
              .actions = {"startExecution"},
              .errors = "StepFunctions",
              .otherError = "AWSStepFunctionsException",
              .inCauses = "AWSStepFunctions",
              .headers = TaskHeaders::json,
              .arnMember = "StateMachineArn"},
};

}  // namespace backlot::states
