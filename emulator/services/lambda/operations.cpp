#include "emulator/services/kit/bind.h"
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
    const auto with = kit::bind(runtime);
    const auto signalTopic = [](Call& call, const Fields& request) -> Reply {  // a large archive has been checked
        call.signal(request.text("topic"));
        return object();
    };
    return Service{
        .name = "lambda",
        .operations =
            {
                {"AddPermission", addPermission, writes, {{"InvokedViaFunctionUrl", "functions have no URLs"}}},
                {"CodeChecked", signalTopic, internal},
                {"ContinueShard", continueShard, internal},
                {"CreateAlias", createAlias},
                {"CreateEventSourceMapping",
                 createEventSourceMapping,
                 writes,
                 {{"StartingPositionTimestamp", "of sources that are refused by name"},
                  {"Topics", "of sources that are refused by name"},
                  {"Queues", "of sources that are refused by name"},
                  {"SourceAccessConfigurations", "of sources that are refused by name"},
                  {"SelfManagedKafkaEventSourceConfig", "of sources that are refused by name"},
                  {"MetricsConfig", "there are no metrics"},
                  {"ProvisionedPollerConfig", "a mapping polls as often as there is something"}}},
                {"CreateFunction",
                 with(createFunction),
                 mayWait,
                 {{"Code.SourceKMSKeyArn", "code lies as it is: no key encrypts it"},
                  {"PublishTo", "a version is published where Publish asks for it"}},
                 prepareNewFunction},
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
                {"InvocationEnded", with(&Runtime::invocationEnded), internal | dataEvent},
                {"Invoke", with(invoke), mayWait | dataEvent},
                {"ListAliases", listAliases, readOnly},
                {"ListEventSourceMappings", listEventSourceMappings, readOnly},
                {"ListFunctionEventInvokeConfigs", listFunctionEventInvokeConfigs, readOnly},
                {"ListFunctions", listFunctions, readOnly, {{"MasterRegion", "functions are in one Region"}}},
                {"ListTags", listTags, readOnly},
                {"ListVersionsByFunction", listVersionsByFunction, readOnly},
                {"PollQueue", pollQueue, internal},
                {"PollStream", pollStream, internal},
                {"PublishVersion", publishVersion, writes, {{"PublishTo", "a version is published as any other"}}},
                {"PutFunctionConcurrency", putFunctionConcurrency},
                {"PutFunctionEventInvokeConfig", putFunctionEventInvokeConfig},
                {"QueueBatchEnded", queueBatchEnded, internal},
                {"RemovePermission", removePermission},
                {"RunEvent", with(runEvent), mayWait | internal},
                {"StreamBatchEnded", streamBatchEnded, internal},
                {"TagResource", tagResource},
                {"TakeTurn", with(&Runtime::takeTurn), internal | dataEvent},
                {"UntagResource", untagResource},
                {"UpdateAlias", updateAlias},
                {"UpdateEventSourceMapping",
                 updateEventSourceMapping,
                 writes,
                 {{"SourceAccessConfigurations", "of sources that are refused by name"},
                  {"MetricsConfig", "there are no metrics"},
                  {"ProvisionedPollerConfig", "a mapping polls as often as there is something"},
                  {"SelfManagedKafkaEventSourceConfig", "of sources that are refused by name"}}},
                {"UpdateFunctionCode",
                 with(updateFunctionCode),
                 mayWait,
                 {{"PublishTo", "a version is published where Publish asks for it"},
                  {"SourceKMSKeyArn", "code lies as it is: no key encrypts it"}},
                 prepareNewCode},
                {"UpdateFunctionConfiguration", with(updateFunctionConfiguration)},
                {"UpdateFunctionEventInvokeConfig", updateFunctionEventInvokeConfig},
            },
        .forget = [runtime] { runtime->forget(); },
        .callerWaits = [runtime](std::uint64_t entry, bool waits) { runtime->callerWaits(entry, waits); },
    };
}

}  // namespace backlot::lambda
