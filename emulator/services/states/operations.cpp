#include "emulator/services/states/executions.h"
#include "emulator/services/states/machines.h"
#include "emulator/services/states/runner.h"
#include "emulator/services/states/service.h"

namespace backlot::states {
namespace {

OperationTable operations(const std::shared_ptr<Runner>& runner) {
    const auto run = [runner](Json (*operation)(Runner&, Call&, const Fields&)) {
        return [runner, operation](Call& call, const Fields& request) -> Reply { return operation(*runner, call, request); };
    };
    const auto method = [runner](Json (Runner::*operation)(Call&, const Fields&)) {
        return [runner, operation](Call& call, const Fields& request) -> Reply { return (runner.get()->*operation)(call, request); };
    };
    return {
        {"CreateStateMachine", createStateMachine},
        {"DeleteStateMachine", deleteStateMachine},
        {"DescribeExecution", describeExecution, readOnly},
        {"DescribeStateMachine", describeStateMachine, readOnly},
        {"DescribeStateMachineForExecution", describeStateMachineForExecution, readOnly},
        {"GetExecutionHistory", getExecutionHistory, readOnly},
        {"ListExecutions", listExecutions, readOnly},
        {"ListStateMachines", listStateMachines, readOnly},
        {"ListTagsForResource", listTagsForResource, readOnly},
        {"SendTaskFailure", method(&Runner::sendTaskFailure), dataEvent},
        {"SendTaskHeartbeat", method(&Runner::sendTaskHeartbeat), dataEvent},
        {"SendTaskSuccess", method(&Runner::sendTaskSuccess), dataEvent},
        {"StartExecution", run(startExecution)},
        {"StartSyncExecution", [runner](Call& call, const Fields& request) { return startSyncExecution(*runner, call, request); }, mayWait},
        {"StopExecution", run(stopExecution)},
        {"TagResource", tagResource},
        {"UntagResource", untagResource},
        {"UpdateStateMachine", updateStateMachine},
        {"ValidateStateMachineDefinition", validateStateMachineDefinition, readOnly},
        // ours
        {"ListAllExecutions", listAllExecutions, readOnly | internal},
        {"TaskEnded", method(&Runner::taskEnded), internal},
        {"TaskSubmitted", method(&Runner::taskSubmitted), internal},
        {"TimerDue", method(&Runner::timerDue), internal},
    };
}

}  // namespace

Service statesService() {
    const auto runner = std::make_shared<Runner>();
    return {.name = "states", .operations = operations(runner), .forget = [runner] { runner->machines().forget(); }};
}

}  // namespace backlot::states
