#include "emulator/services/events/archives.h"
#include "emulator/services/events/buses.h"
#include "emulator/services/events/connections.h"
#include "emulator/services/events/delivery.h"
#include "emulator/services/events/put_events.h"
#include "emulator/services/events/rules.h"
#include "emulator/services/events/service.h"
#include "emulator/services/kit/bind.h"

namespace backlot::events {
namespace {

constexpr std::string_view kDirectly = "no API lies in a private network: all are reached directly";
constexpr std::string_view kUnmanaged = "no rule is managed by another service";

}  // namespace

Service eventsService() {
    const auto events = std::make_shared<Events>();
    const auto with = kit::bind(events);
    return {
        .name = "events",
        .operations =
            {
                {"CancelReplay", with(cancelReplay)},
                {"CreateApiDestination", with(createApiDestination)},
                {"CreateArchive", with(createArchive)},
                {"CreateConnection", with(createConnection), {}, {{"InvocationConnectivityParameters", kDirectly}}},
                {"CreateEventBus", with(createEventBus)},
                {"DeauthorizeConnection", with(deauthorizeConnection)},
                {"DeleteApiDestination", with(deleteApiDestination)},
                {"DeleteArchive", with(deleteArchive)},
                {"DeleteConnection", with(deleteConnection)},
                {"DeleteEventBus", with(deleteEventBus)},
                {"DeleteRule", with(deleteRule), {}, {{"Force", kUnmanaged}}},
                {"DescribeApiDestination", with(describeApiDestination), readOnly},
                {"DescribeArchive", with(describeArchive), readOnly},
                {"DescribeConnection", with(describeConnection), readOnly},
                {"DescribeEventBus", with(describeEventBus), readOnly},
                {"DescribeReplay", with(describeReplay), readOnly},
                {"DescribeRule", with(describeRule), readOnly},
                {"DisableRule", with(disableRule)},
                {"EnableRule", with(enableRule)},
                {"ListApiDestinations", with(listApiDestinations), readOnly},
                {"ListArchives", with(listArchives), readOnly},
                {"ListConnections", with(listConnections), readOnly},
                {"ListEventBuses", with(listEventBuses), readOnly},
                {"ListReplays", with(listReplays), readOnly},
                {"ListRuleNamesByTarget", with(listRuleNamesByTarget), readOnly},
                {"ListRules", with(listRules), readOnly},
                {"ListTagsForResource", with(listTagsForResource), readOnly},
                {"ListTargetsByRule", with(listTargetsByRule), readOnly},
                {"PutEvents", with(putEvents), dataEvent},
                {"PutPermission", with(putPermission)},
                {"PutRule", with(putRule)},
                {"PutTargets", with(putTargets)},
                {"RemovePermission", with(removePermission)},
                {"RemoveTargets", with(removeTargets), {}, {{"Force", kUnmanaged}}},
                {"StartReplay", with(startReplay)},
                {"TagResource", with(tagResource)},
                {"TestEventPattern", with(testEventPattern), readOnly},
                {"UntagResource", with(untagResource)},
                {"UpdateApiDestination", with(updateApiDestination)},
                {"UpdateArchive", with(updateArchive)},
                {"UpdateConnection", with(updateConnection), {}, {{"InvocationConnectivityParameters", kDirectly}}},
                {"UpdateEventBus", with(updateEventBus)},
                {"FireSchedule", with(fireSchedule), internal},
                {"IsHeard", with(isHeard), readOnly | internal},
                {"RelayEvent", with(relayEvent), internal},
                {"RetryDelivery", with(retryDelivery), internal},
                {"RunReplay", with(runReplay), internal},
                {"TargetAnswered", with(targetAnswered), internal},
            },
        .forget = [events] { events->buses.clear(); },
        .kinds = kRowKinds,
    };
}

}  // namespace backlot::events
