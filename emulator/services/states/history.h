#pragma once

#include <vector>

#include "asl/execution/history.h"
#include "emulator/services/states/executions.h"

namespace backlot::states {

/// Stores a step's events, one row a step, and writes them to the machine's log group where it has one. Express
/// executions have no history, only logs.
void appendHistory(Call& call, const ExecutionRow& row, const Definition& definition,
                   const std::vector<asl::HistoryEvent>& events);

void forgetHistory(Call& call, const ExecutionRow& row);

Json getExecutionHistory(Call& call, const Fields& request);

}  // namespace backlot::states
