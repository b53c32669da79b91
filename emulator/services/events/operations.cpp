#include "emulator/services/events/archives.h"
#include "emulator/services/events/buses.h"
#include "emulator/services/events/connections.h"
#include "emulator/services/events/delivery.h"
#include "emulator/services/events/put_events.h"
#include "emulator/services/events/rules.h"
#include "emulator/services/events/service.h"

namespace backlot::events {
namespace {

constexpr std::string_view kDirectly = "no API lies in a private network: all are reached directly";
constexpr std::string_view kUnmanaged = "no rule is managed by another service";

/// Gives an operation what the service keeps.
OperationFunction with(const std::shared_ptr<Events>& events, Json (*operation)(Events&, Call&, const Fields&)) {
    return
        [events, operation](Call& call, const Fields& request) -> Reply { return operation(*events, call, request); };
}

}  // namespace

Service eventsService() {
    const auto events = std::make_shared<Events>();
    return {
        .name = "events",
        .operations =
            {
                {"CancelReplay", with(events, cancelReplay)},
                {"CreateApiDestination", with(events, createApiDestination)},
                {"CreateArchive", with(events, createArchive)},
                {"CreateConnection",
                 with(events, createConnection),
                 {},
                 {{"InvocationConnectivityParameters", kDirectly}}},
                {"CreateEventBus", with(events, createEventBus)},
                {"DeauthorizeConnection", with(events, deauthorizeConnection)},
                {"DeleteApiDestination", with(events, deleteApiDestination)},
                {"DeleteArchive", with(events, deleteArchive)},
                {"DeleteConnection", with(events, deleteConnection)},
                {"DeleteEventBus", with(events, deleteEventBus)},
                {"DeleteRule", with(events, deleteRule), {}, {{"Force", kUnmanaged}}},
                {"DescribeApiDestination", with(events, describeApiDestination), readOnly},
                {"DescribeArchive", with(events, describeArchive), readOnly},
                {"DescribeConnection", with(events, describeConnection), readOnly},
                {"DescribeEventBus", with(events, describeEventBus), readOnly},
                {"DescribeReplay", with(events, describeReplay), readOnly},
                {"DescribeRule", with(events, describeRule), readOnly},
                {"DisableRule", with(events, disableRule)},
                {"EnableRule", with(events, enableRule)},
                {"ListApiDestinations", with(events, listApiDestinations), readOnly},
                {"ListArchives", with(events, listArchives), readOnly},
                {"ListConnections", with(events, listConnections), readOnly},
                {"ListEventBuses", with(events, listEventBuses), readOnly},
                {"ListReplays", with(events, listReplays), readOnly},
                {"ListRuleNamesByTarget", with(events, listRuleNamesByTarget), readOnly},
                {"ListRules", with(events, listRules), readOnly},
                {"ListTagsForResource", with(events, listTagsForResource), readOnly},
                {"ListTargetsByRule", with(events, listTargetsByRule), readOnly},
                {"PutEvents", with(events, putEvents), dataEvent},
                {"PutPermission", with(events, putPermission)},
                {"PutRule", with(events, putRule)},
                {"PutTargets", with(events, putTargets)},
                {"RemovePermission", with(events, removePermission)},
                {"RemoveTargets", with(events, removeTargets), {}, {{"Force", kUnmanaged}}},
                {"StartReplay", with(events, startReplay)},
                {"TagResource", with(events, tagResource)},
                {"TestEventPattern", with(events, testEventPattern), readOnly},
                {"UntagResource", with(events, untagResource)},
                {"UpdateApiDestination", with(events, updateApiDestination)},
                {"UpdateArchive", with(events, updateArchive)},
                {"UpdateConnection",
                 with(events, updateConnection),
                 {},
                 {{"InvocationConnectivityParameters", kDirectly}}},
                {"UpdateEventBus", with(events, updateEventBus)},
                {"FireSchedule", with(events, fireSchedule), internal},
                {"IsHeard", with(events, isHeard), readOnly | internal},
                {"RelayEvent", with(events, relayEvent), internal},
                {"RetryDelivery", with(events, retryDelivery), internal},
                {"RunReplay", with(events, runReplay), internal},
                {"TargetAnswered", with(events, targetAnswered), internal},
            },
        .forget = [events] { events->buses.clear(); },
        .kinds = kRowKinds,
    };
}

}  // namespace backlot::events
