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

// Source of all: Amazon CloudWatch Logs API Reference; recorded answers of AWS.

/// Makes or replaces a filter of a group: from now on its destination hears of what matches. Throws
/// ResourceNotFoundException for the group, LimitExceededException (over two a group), InvalidParameterException (the
/// pattern; a destination that is not there).
/// Differs: only Lambda functions are destinations; Kinesis and Firehose are refused by name.
Json putSubscriptionFilter(Call& call, const Fields& request);
/// A page of up to `limit` (1–50, else 50) filters of a group by name. Throws ResourceNotFoundException.
Json describeSubscriptionFilters(Call& call, const Fields& request);
/// Throws ResourceNotFoundException for the group or the filter.
Json deleteSubscriptionFilter(Call& call, const Fields& request);

}  // namespace backlot::logs
