#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/world/call.h"
#include "emulator/world/operation.h"

namespace backlot::logs {

/// An event on its way to a subscriber.
struct LogLine {
    std::string id;  // 56 digits
    std::int64_t timestamp = 0;
    std::string message;
};

bool hasSubscriptions(const Call& call, std::string_view group);
/// Hands the lines that match to each subscriber of the group: a Lambda function, invoked with {"awslogs": {"data":
/// …}}. A subscriber that is gone misses them, as with AWS.
void deliver(Call& call, const std::string& group, const std::string& stream, const std::vector<LogLine>& lines);

/// At most two filters a group; the destination must be there.
/// Differs: only Lambda functions are destinations; Kinesis and Firehose are refused.
Json putSubscriptionFilter(Call& call, const Fields& request);
Json describeSubscriptionFilters(Call& call, const Fields& request);
Json deleteSubscriptionFilter(Call& call, const Fields& request);

}  // namespace backlot::logs
