#pragma once
// CloudWatch Contributor Insights of tables and global indexes: kept and described.
// Differs: no figures of the keys are gathered, since nothing here would show them; `backlot trace` tells who called
// what.

#include "emulator/services/dynamodb/memory.h"

namespace backlot::dynamodb {

Json updateContributorInsights(Memory& memory, Call& call, const Fields& request);
Json describeContributorInsights(Memory& memory, Call& call, const Fields& request);
Json listContributorInsights(Memory& memory, Call& call, const Fields& request);

/// With the table go its insights.
void forgetInsights(Call& call, const TableInfo& table);

}  // namespace backlot::dynamodb
