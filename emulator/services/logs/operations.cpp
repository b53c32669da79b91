#include "emulator/services/logs/events.h"
#include "emulator/services/logs/groups.h"
#include "emulator/services/logs/metric_filters.h"
#include "emulator/services/logs/policies.h"
#include "emulator/services/logs/service.h"
#include "emulator/services/logs/streams.h"
#include "emulator/services/logs/subscriptions.h"

namespace backlot::logs {

Service logsService(const Retention& retention) {
    const auto kept = [retention](Json (*operation)(Call&, const Fields&, const Retention&)) {
        return [retention, operation](Call& call, const Fields& request) -> Reply {
            return operation(call, request, retention);
        };
    };
    return Service{
        .name = "logs",
        .operations =
            {
                {"AppendLogs", kept(appendLogs), internal | dataEvent},
                {"CreateLogGroup", createLogGroup},
                {"CreateLogStream", createLogStream},
                {"DeleteLogGroup", deleteLogGroup},
                {"DeleteLogStream", deleteLogStream},
                {"DeleteMetricFilter", deleteMetricFilter},
                {"DeleteResourcePolicy", deleteResourcePolicy},
                {"DeleteRetentionPolicy", deleteRetentionPolicy},
                {"DeleteSubscriptionFilter", deleteSubscriptionFilter},
                {"DescribeLogGroups", describeLogGroups, readOnly},
                {"DescribeLogStreams", describeLogStreams, readOnly},
                {"DescribeMetricFilters", describeMetricFilters, readOnly},
                {"DescribeResourcePolicies", describeResourcePolicies, readOnly},
                {"DescribeSubscriptionFilters", describeSubscriptionFilters, readOnly},
                {"ExpireEvents", expireEvents, internal},
                {"FilterLogEvents", filterLogEvents, readOnly | dataEvent},
                {"GetLogEvents", getLogEvents, readOnly | dataEvent},
                {"ListTagsForResource", listTagsForResource, readOnly},
                {"ListTagsLogGroup", listTagsLogGroup, readOnly},
                {"PutLogEvents", kept(putLogEvents), dataEvent},
                {"PutMetricFilter", putMetricFilter},
                {"PutResourcePolicy", putResourcePolicy},
                {"PutRetentionPolicy", putRetentionPolicy},
                {"PutSubscriptionFilter", putSubscriptionFilter},
                {"TagLogGroup", tagLogGroup},
                {"TagResource", tagResource},
                {"TestMetricFilter", testMetricFilter, readOnly},
                {"UntagLogGroup", untagLogGroup},
                {"UntagResource", untagResource},
            },
        .kinds = {{"e", "events"}, {"o", "batches of events, by age"}, {"ring", "batches of events, counted"}}};
}

}  // namespace backlot::logs
