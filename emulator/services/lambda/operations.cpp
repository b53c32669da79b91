#include "emulator/services/lambda/aliases.h"
#include "emulator/services/lambda/async_invocations.h"
#include "emulator/services/lambda/event_source_mappings.h"
#include "emulator/services/lambda/functions.h"
#include "emulator/services/lambda/invoke.h"
#include "emulator/services/lambda/invoke_configs.h"
#include "emulator/services/lambda/permissions.h"
#include "emulator/services/lambda/runtime.h"
#include "emulator/services/lambda/service.h"
#include "emulator/services/lambda/sqs_source.h"
#include "emulator/services/lambda/stream_source.h"
#include "emulator/services/lambda/tags.h"

namespace backlot::lambda {

Service lambdaService(Settings settings) {
    const auto runtime = std::make_shared<Runtime>(std::move(settings));
    /// Operations that need the runtime get it as their last argument.
    const auto with = [&runtime](auto operation) {
        return [operation, runtime](Call& call, const Fields& request) -> Reply {
            return operation(call, request, runtime);
        };
    };
    const auto inRuntime = [&runtime](auto operation) {
        return [operation, runtime](Call& call, const Fields& request) -> Reply {
            return (runtime.get()->*operation)(call, request);
        };
    };
    const auto signalTopic = [](Call& call, const Fields& request) -> Reply {  // a large archive has been checked
        call.signal(request.text("topic"));
        return object();
    };
    return Service{
        .name = "lambda",
        .operations =
            {
                {"AddPermission", addPermission},
                {"CodeChecked", signalTopic, internal},
                {"ContinueShard", continueShard, internal},
                {"CreateAlias", createAlias},
                {"CreateEventSourceMapping", createEventSourceMapping},
                {"CreateFunction", with(createFunction), mayWait, {}, prepareNewFunction},
                {"DeleteAlias", deleteAlias},
                {"DeleteEventSourceMapping", deleteEventSourceMapping},
                {"DeleteFunction", with(deleteFunction)},
                {"DeleteFunctionConcurrency", deleteFunctionConcurrency},
                {"DeleteFunctionEventInvokeConfig", deleteFunctionEventInvokeConfig},
                {"FlushQueueBatch", flushQueueBatch, internal},
                {"GetAccountSettings", getAccountSettings, readOnly},
                {"GetAlias", getAlias, readOnly},
                {"GetEventSourceMapping", getEventSourceMapping, readOnly},
                {"GetFunction",
                 [runtime](Call& call, const Fields& request) -> Reply {
                     return getFunction(call, request, runtime->settings());
                 },
                 readOnly},
                {"GetFunctionCode", getFunctionCode, readOnly | internal},
                {"GetFunctionCodeSigningConfig", getFunctionCodeSigningConfig, readOnly},
                {"GetFunctionConcurrency", getFunctionConcurrency, readOnly},
                {"GetFunctionConfiguration", getFunctionConfiguration, readOnly},
                {"GetFunctionEventInvokeConfig", getFunctionEventInvokeConfig, readOnly},
                {"GetPolicy", getPolicy, readOnly},
                {"InvocationEnded", inRuntime(&Runtime::invocationEnded), internal | dataEvent},
                {"Invoke", with(invoke), mayWait | dataEvent},
                {"ListAliases", listAliases, readOnly},
                {"ListEventSourceMappings", listEventSourceMappings, readOnly},
                {"ListFunctionEventInvokeConfigs", listFunctionEventInvokeConfigs, readOnly},
                {"ListFunctions", listFunctions, readOnly},
                {"ListTags", listTags, readOnly},
                {"ListVersionsByFunction", listVersionsByFunction, readOnly},
                {"PollQueue", pollQueue, internal},
                {"PollStream", pollStream, internal},
                {"PublishVersion", publishVersion},
                {"PutFunctionConcurrency", putFunctionConcurrency},
                {"PutFunctionEventInvokeConfig", putFunctionEventInvokeConfig},
                {"QueueBatchEnded", queueBatchEnded, internal},
                {"RemovePermission", removePermission},
                {"RunEvent", with(runEvent), mayWait | internal},
                {"StreamBatchEnded", streamBatchEnded, internal},
                {"TagResource", tagResource},
                {"TakeTurn", inRuntime(&Runtime::takeTurn), internal | dataEvent},
                {"UntagResource", untagResource},
                {"UpdateAlias", updateAlias},
                {"UpdateEventSourceMapping", updateEventSourceMapping},
                {"UpdateFunctionCode", with(updateFunctionCode), mayWait, {}, prepareNewCode},
                {"UpdateFunctionConfiguration", with(updateFunctionConfiguration)},
                {"UpdateFunctionEventInvokeConfig", updateFunctionEventInvokeConfig},
            },
        .forget = [runtime] { runtime->forget(); },
        .callerWaits = [runtime](std::uint64_t entry, bool waits) { runtime->callerWaits(entry, waits); },
    };
}

}  // namespace backlot::lambda
