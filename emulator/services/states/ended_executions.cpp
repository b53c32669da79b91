#include "emulator/services/states/ended_executions.h"

#include <vector>

#include "emulator/services/states/history.h"
#include "emulator/services/states/map_runs.h"
#include "emulator/services/states/runner.h"

namespace backlot::states {
namespace {

const Key kCount("endedCount");

struct Ended {
    std::string key, arn;
    Time stoppedAt;
};

std::vector<Ended> oldest(const Call& call, std::size_t most) {
    std::vector<Ended> result;
    const Key prefix("ended");
    call.scan(prefix, [&](std::string_view key, std::string_view arn) {
        KeyReader reader(key.substr(prefix.bytes().size()));
        result.push_back({std::string(key), std::string(arn), reader.time()});
        return result.size() < most;
    });
    return result;
}

void forget(Call& call, const Ended& ended) {
    const auto row = findExecution(call, ended.arn);
    if (!row || row->running() || row->stoppedAt != ended.stoppedAt) return;  // redriven since
    delist(call, *row);
    removeExecution(call, *row);
    Runner::forgetValue(call, *row);
    forgetHistory(call, *row);
    MapRuns::forgetOf(call, row->arn);
}

}  // namespace

void noteEnded(Call& call, const ExecutionRow& row, const Retention& retention) {
    call.put(Key("ended").time(row.stoppedAt).number(row.number), row.arn);
    const auto stored = call.get(kCount);
    std::uint64_t count = (stored ? KeyReader(*stored).number() : 0) + 1;
    if (count > retention.executions || row.number % 16 == 0)  // their ages are looked at now and then
        for (const auto& one : oldest(call, 2)) {
            if (count <= retention.executions && one.stoppedAt + retention.executionAge > call.now) break;
            forget(call, one);
            call.erase(one.key);
            --count;
        }
    call.put(kCount, Key().number(count).bytes());
}

}  // namespace backlot::states
