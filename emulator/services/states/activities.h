#pragma once

#include <optional>
#include <string>

#include "asl/execution/commands.h"
#include "emulator/world/operation.h"

namespace backlot::states {

class Runner;
struct ExecutionRow;

/// A kind of work that workers outside ask for.
struct Activity {
    std::string arn, name;
    Time createdAt;
    Json tags;
};

std::optional<Activity> findActivity(Call& call, const std::string& arn);
void save(Call& call, const Activity& activity);

Json createActivity(Call& call, const Fields& request);
Json describeActivity(Call& call, const Fields& request);
Json deleteActivity(Call& call, const Fields& request);
Json listActivities(Call& call, const Fields& request);
/// The oldest task that waits for a worker; without one it waits up to 60 s for the first, then answers {}.
Reply getActivityTask(Runner& runner, Call& call, const Fields& request);

/// Puts a task into its activity's queue, and wakes a worker.
void queueActivityTask(Call& call, const ExecutionRow& row, const asl::StartTask& task);
/// Takes it out again: nobody waits for it any more.
void forgetActivityTask(Call& call, std::uint64_t execution, asl::AttemptId attempt);

}  // namespace backlot::states
