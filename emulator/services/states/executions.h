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
    std::string arn, name, machineArn, revision, type, status = "RUNNING";
    std::string input, output;
    std::optional<std::string> error, cause, traceHeader, versionArn, aliasArn;
    std::optional<std::string> mapRunArn, mockCase;
    Time startedAt{}, stoppedAt{};
    std::optional<Time> redrivenAt;
    std::int64_t redriveCount = 0;
    std::uint64_t entry = 0;     // of the record: what its transitions hang on
    std::uint64_t mapIndex = 0;  // of a map run's child
    std::uint64_t items = 0;     // how many of the map run's items its input holds
    bool sync = false;           // StartSyncExecution waits for it
    bool fresh = false;          // in its first step; not stored
    bool bare = false;           // ends in its first step with nothing to clear away; not stored
    std::optional<bool> heard;   // whether anybody listens to its events; not stored
    std::string parent;          // {"execution", "attempt", "parsed"} as JSON where a `.sync` task started it

    bool running() const { return status == "RUNNING"; }
    bool express() const { return type == "EXPRESS"; }
    /// An express execution leaves nothing to describe, unless a map run started it.
    bool keeps() const { return !express() || mapRunArn; }
};

std::optional<ExecutionRow> findExecution(Call& call, const std::string& arn);
/// Of those that can be described. Throws InvalidArn, ExecutionDoesNotExist.
ExecutionRow requireExecution(Call& call, const std::string& arn);
void save(Call& call, const ExecutionRow& row);
/// Makes it appear in the lists of its machine, version, alias and map run.
void enlist(Call& call, const ExecutionRow& row);
void delist(Call& call, const ExecutionRow& row);
void removeExecution(Call& call, const ExecutionRow& row);

/// Executions as operations. The runner steps them.
class Runner;
Json startExecution(Runner& runner, Call& call, const Fields& request);
Reply startSyncExecution(Runner& runner, Call& call, const Fields& request);
Json stopExecution(Runner& runner, Call& call, const Fields& request);
/// Throws ExecutionNotRedrivable.
/// Differs: a failed Distributed Map starts anew as a whole; AWS goes on with its failed children.
Json redriveExecution(Runner& runner, Call& call, const Fields& request);
Json describeExecution(Call& call, const Fields& request);
Json describeStateMachineForExecution(Runner& runner, Call& call, const Fields& request);
Json listExecutions(Call& call, const Fields& request);
/// Ours, for the control API and the console: the executions of all machines.
Json listAllExecutions(Call& call, const Fields& request);

/// DescribeExecution's answer.
Json describe(const ExecutionRow& row);
/// "REDRIVABLE", "NOT_REDRIVABLE" or "REDRIVABLE_BY_MAP_RUN", and why not.
struct RedriveStatus {
    std::string status;
    std::optional<std::string> reason;
};
RedriveStatus redriveStatus(const ExecutionRow& row);

std::string endedTopic(const std::string& executionArn);

}  // namespace backlot::states
