#pragma once

#include <optional>
#include <string>

#include "asl/execution/execution.h"
#include "emulator/services/states/machines.h"
#include "emulator/world/operation.h"

namespace backlot::states {

/// What is known of an execution beside the interpreter's value. `number` is its short name in the keys of its rows.
struct ExecutionRow {
    std::uint64_t number = 0;
    std::string arn, name, machineArn, machineName, revision, type, status = "RUNNING";
    std::string input, output;
    std::optional<std::string> error, cause, traceHeader;
    Time startedAt, stoppedAt;
    std::uint64_t entry = 0;              // of the record: what its transitions hang on
    Json parent;                          // {"execution", "attempt", "parsed"} where a `.sync` task started it, else null

    bool running() const { return status == "RUNNING"; }
    bool express() const { return type == "EXPRESS"; }
};

std::optional<ExecutionRow> findExecution(Call& call, const std::string& arn);
/// Throws InvalidArn, ExecutionDoesNotExist.
ExecutionRow requireExecution(Call& call, const std::string& arn);
void save(Call& call, const ExecutionRow& row);
/// Removes all rows of an express execution, which leaves no history.
void removeExecution(Call& call, const ExecutionRow& row);
void appendHistory(Call& call, const ExecutionRow& row, const std::vector<asl::HistoryEvent>& events);

/// Executions as operations. The runner steps them.
class Runner;
Json startExecution(Runner& runner, Call& call, const Fields& request);
Reply startSyncExecution(Runner& runner, Call& call, const Fields& request);
Json stopExecution(Runner& runner, Call& call, const Fields& request);
Json describeExecution(Call& call, const Fields& request);
Json describeStateMachineForExecution(Call& call, const Fields& request);
Json listExecutions(Call& call, const Fields& request);
Json listAllExecutions(Call& call, const Fields& request);
Json getExecutionHistory(Call& call, const Fields& request);

/// DescribeExecution's answer, also the output of a `.sync` task.
Json describe(const ExecutionRow& row);

std::string endedTopic(const std::string& executionArn);

}  // namespace backlot::states
