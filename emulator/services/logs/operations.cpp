#include "emulator/services/kit/bind.h"
#include "emulator/services/logs/events.h"
#include "emulator/services/logs/groups.h"
#include "emulator/services/logs/metric_filters.h"
#include "emulator/services/logs/policies.h"
#include "emulator/services/logs/rows.h"
#include "emulator/services/logs/service.h"
#include "emulator/services/logs/streams.h"
#include "emulator/services/logs/subscriptions.h"

namespace backlot::logs {

namespace {

constexpr std::string_view kLinked = "no account is linked to another";
constexpr std::string_view kUnmasked = "nothing is masked";

}  // namespace

Service logsService(const Retention& retention) {
    const auto kept = kit::bind(std::make_shared<const Retention>(retention));
    return Service{.name = "logs",
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
                           {"DescribeLogGroups",
                            describeLogGroups,
                            readOnly,
                            {{"accountIdentifiers", kLinked}, {"includeLinkedAccounts", kLinked}}},
                           {"DescribeLogStreams", describeLogStreams, readOnly},
                           {"DescribeMetricFilters", describeMetricFilters, readOnly},
                           {"DescribeResourcePolicies", describeResourcePolicies, readOnly},
                           {"DescribeSubscriptionFilters", describeSubscriptionFilters, readOnly},
                           {"ExpireEvents", expireEvents, internal},
                           {"FilterLogEvents",
                            filterLogEvents,
                            readOnly | dataEvent,
                            {{"interleaved", "AWS ignores it too: events always come by time"}, {"unmask", kUnmasked}}},
                           {"GetLogEvents", getLogEvents, readOnly | dataEvent, {{"unmask", kUnmasked}}},
                           {"ListTagsForResource", listTagsForResource, readOnly},
                           {"ListTagsLogGroup", listTagsLogGroup, readOnly},
                           {"PutLogEvents",
                            kept(putLogEvents),
                            dataEvent,
                            {{"sequenceToken", "AWS ignores it too, since 2023"},
                             {"entity", "it shows in CloudWatch's explorer alone, which is not here"}}},
                           {"PutLogGroupDeletionProtection", putLogGroupDeletionProtection},
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
                   .kinds = kRowKinds};
}

}  // namespace backlot::logs
