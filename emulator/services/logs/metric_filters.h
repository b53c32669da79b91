#pragma once

#include "emulator/world/call.h"
#include "emulator/world/operation.h"

namespace backlot::logs {

/// Stores a metric filter. Differs: no metrics are made of it, since CloudWatch metrics are not there.
Json putMetricFilter(Call& call, const Fields& request);
Json describeMetricFilters(Call& call, const Fields& request);
Json deleteMetricFilter(Call& call, const Fields& request);
/// Which of up to 50 sample messages a pattern matches, numbered from 1.
Json testMetricFilter(Call& call, const Fields& request);

}  // namespace backlot::logs
