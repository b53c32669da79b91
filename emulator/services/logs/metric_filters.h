#pragma once

#include "emulator/world/call.h"
#include "emulator/world/operation.h"

namespace backlot::logs {

// Source of all: Amazon CloudWatch Logs API Reference; recorded answers of AWS.

/// Makes or replaces a metric filter of a group. Throws ResourceNotFoundException, InvalidParameterException for the
/// pattern.  Differs: no metrics are made of it, since CloudWatch metrics are not there.
Json putMetricFilter(Call& call, const Fields& request);
/// A page of up to `limit` (1–50, else 50) filters of a group, or of all groups, by name: those that begin with a
/// prefix, or make a metric. Throws ResourceNotFoundException for the group, InvalidParameterException.
Json describeMetricFilters(Call& call, const Fields& request);
/// Throws ResourceNotFoundException for the group or the filter.
Json deleteMetricFilter(Call& call, const Fields& request);
/// Which of up to 50 sample messages a pattern matches, numbered from 1. Throws InvalidParameterException.
Json testMetricFilter(Call& call, const Fields& request);

}  // namespace backlot::logs
