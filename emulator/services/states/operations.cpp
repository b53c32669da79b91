#include "emulator/services/kit/bind.h"
#include "emulator/services/states/activities.h"
#include "emulator/services/states/aliases.h"
#include "emulator/services/states/executions.h"
#include "emulator/services/states/history.h"
#include "emulator/services/states/machines.h"
#include "emulator/services/states/runner.h"
#include "emulator/services/states/service.h"
#include "emulator/services/states/tags.h"
#include "emulator/services/states/tokens.h"
#include "emulator/services/states/versions.h"

namespace backlot::states {
namespace {

OperationTable operations(const std::shared_ptr<Runner>& runner) {
    const auto run = kit::bind(runner);
    const auto maps = kit::bind(std::shared_ptr<MapRuns>(runner, &runner->mapRuns()));
    return {
        {"CreateActivity", createActivity},
        {"CreateStateMachine", createStateMachine},
        {"CreateStateMachineAlias", createStateMachineAlias},
        {"DeleteActivity", deleteActivity},
        {"DeleteStateMachine", deleteStateMachine},
        {"DeleteStateMachineAlias", deleteStateMachineAlias},
        {"DeleteStateMachineVersion", deleteStateMachineVersion},
        {"DescribeActivity", describeActivity, readOnly},
        {"DescribeExecution", describeExecution, readOnly},
        {"DescribeMapRun", maps(&MapRuns::describeMapRun), readOnly},
        {"DescribeStateMachine",
         [runner](Call& call, const Fields& request) -> Reply {
             return describeStateMachine(runner->machines(), call, request);
         },
         readOnly},
        {"DescribeStateMachineAlias", describeStateMachineAlias, readOnly},
        {"DescribeStateMachineForExecution", run(describeStateMachineForExecution), readOnly},
        {"GetActivityTask", run(getActivityTask), mayWait},
        {"GetExecutionHistory", getExecutionHistory, readOnly},
        {"ListActivities", listActivities, readOnly},
        {"ListExecutions", listExecutions, readOnly},
        {"ListMapRuns", maps(&MapRuns::listMapRuns), readOnly},
        {"ListStateMachineAliases", listStateMachineAliases, readOnly},
        {"ListStateMachineVersions", listStateMachineVersions, readOnly},
        {"ListStateMachines", listStateMachines, readOnly},
        {"ListTagsForResource", listTagsForResource, readOnly},
        {"PublishStateMachineVersion", publishStateMachineVersion},
        {"RedriveExecution",
         run(redriveExecution),
         writes,
         {{"clientToken", "a redrive that runs refuses a second one"}}},
        {"SendTaskFailure", run(sendTaskFailure), dataEvent},
        {"SendTaskHeartbeat", run(sendTaskHeartbeat), dataEvent},
        {"SendTaskSuccess", run(sendTaskSuccess), dataEvent},
        {"StartExecution", run(startExecution)},
        {"StartSyncExecution", run(startSyncExecution), mayWait},
        {"StopExecution", run(stopExecution)},
        {"TagResource", tagResource},
        {"TestState",
         [runner](Call& call, const Fields& request) { return runner->testRuns().testState(call, request); }, mayWait},
        {"UntagResource", untagResource},
        {"UpdateMapRun", maps(&MapRuns::updateMapRun)},
        {"UpdateStateMachine", updateStateMachine},
        {"UpdateStateMachineAlias", updateStateMachineAlias},
        {"ValidateStateMachineDefinition", validateStateMachineDefinition, readOnly},
        // ours
        {"HttpAnswered",
         [runner](Call& call, const Fields& request) -> Reply { return runner->httpTasks().answered(call, request); },
         internal},
        {"InvokeHttp",
         [runner](Call& call, const Fields& request) { return runner->httpTasks().invoke(call, request); },
         mayWait | internal},
        {"ListAllExecutions", listAllExecutions, readOnly | internal},
        {"ReadMapItems", maps(&MapRuns::readMapItems), internal},
        {"ForgetMapRun", maps(&MapRuns::forgetMapRun), internal},
        {"RunMapChildren", maps(&MapRuns::runMapChildren), internal},
        {"TaskEnded", run(&Runner::taskEnded), internal},
        {"TaskSubmitted", run(&Runner::taskSubmitted), internal},
        {"TimerDue", run(&Runner::timerDue), internal},
    };
}

}  // namespace

Service statesService(Surroundings surroundings) {
    const auto runner = std::make_shared<Runner>(std::move(surroundings));
    return {.name = "states",
            .operations = operations(runner),
            .forget = [runner] { runner->forget(); },
            .kinds = {{"of", "lists of executions"},
                      {"ended", "ended executions, by age"},
                      {"maprun", "map runs"},
                      {"mapsof", "map runs, by execution"},
                      {"mapchild", "children of map runs"},
                      {"value", "executions' state"}}};
}

}  // namespace backlot::states
