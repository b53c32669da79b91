#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "asl/execution/map_run.h"
#include "emulator/services/states/executions.h"

namespace backlot::states {

/// Distributed Maps at work: their items become child executions, so many at a time, until all have ended or too many
/// failed. What a map run is stands in rows: itself, and one for each child that was started. The counting is kept in
/// memory beside them, and made again from the rows after a restart or where a transaction was undone.
class MapRuns {
public:
    explicit MapRuns(Runner& runner) : runner_(runner) {}
    void forget() { live_.clear(); }

    /// Reads the items of an ItemReader in a job of its own; ItemsRead or TaskFailed is its answer.
    void readLater(Call& call, const ExecutionRow& row, const asl::ReadItems& read);
    void start(Call& call, const ExecutionRow& row, const asl::StartMapRun& run);
    /// The execution does not wait for its map run any more.
    void abortOf(Call& call, const ExecutionRow& row, asl::AttemptId attempt);
    void childEnded(Call& call, const ExecutionRow& child);

    /// Has the map runs of an execution that is no longer kept go, with their children.
    static void forgetOf(Call& call, const std::string& executionArn);

    // Operations of our own.
    Json forgetMapRun(Call& call, const Fields& request);
    Json readMapItems(Call& call, const Fields& request);
    Json runMapChildren(Call& call, const Fields& request);

    // Operations of AWS. Throw ResourceNotFound, InvalidArn.
    Json describeMapRun(Call& call, const Fields& request);
    Json listMapRuns(Call& call, const Fields& request);
    Json updateMapRun(Call& call, const Fields& request);

private:
    struct Live {
        asl::MapRun run;
        std::vector<std::string> childArns;  // by index; empty where not started
        std::uint64_t changes = 0;           // as many as the rows say, or this is out of date
        bool busy = false;                   // children are being started or stopped: what they tell needs no job
    };
    Live& live(Call& call, const std::string& arn, const Json& row);
    void changed(Call& call, const std::string& arn, Live& live);
    void startChild(Call& call, const std::string& arn, const Json& row, Live& live, std::size_t index);
    void schedule(Call& call, const std::string& arn);
    void finish(Call& call, const std::string& arn, Json row, Live& live, bool aborted);
    asl::MapRunEnded resultOf(Call& call, const std::string& arn, Live& live);

    Runner& runner_;
    std::unordered_map<std::string, Live> live_;
};

}  // namespace backlot::states
