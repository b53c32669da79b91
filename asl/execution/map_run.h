#pragma once
// The counting of a Distributed Map's map run: which child starts next, and when it is over.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "asl/execution/commands.h"

namespace backlot::asl {

enum class ChildStatus : std::uint8_t { pending, running, succeeded, failed, timedOut, aborted };

/// A value that the host stores beside the child executions. Source: AWS Step Functions Developer Guide, "Distributed
/// mode".
class MapRun {
public:
    explicit MapRun(StartMapRun command);
    /// What the host stored of a child that has been started.
    struct Child {
        std::size_t index = 0;
        ChildStatus status = ChildStatus::running;
        Payload output;
    };
    /// Takes a map run up whose children were stored one by one; those that are not named have not been started.
    MapRun(StartMapRun command, std::vector<Child> started);
    static MapRun fromBytes(std::string_view bytes);
    std::string bytes() const;

    const StartMapRun& command() const { return command_; }
    /// The index of a child to start now, counted as running from here on; nothing while enough of them run, or once
    /// the run is over. Its input is command().inputs[index], its `$$.Map.Item` {"Index": index, "Value": the item}.
    std::optional<std::size_t> startNext();
    /// A child has ended. An end that is told twice counts once.
    void childEnded(std::size_t index, ChildStatus status, Payload output = {});
    /// The parent's end.
    void abort();
    /// UpdateMapRun: counts from here on. Nothing leaves a limit as it is.
    void setLimits(std::optional<std::int64_t> maxConcurrency, std::optional<std::int64_t> toleratedFailureCount,
                   std::optional<double> toleratedFailurePercentage);

    /// True once more children have failed than are tolerated, or all have ended. Running children are to be stopped
    /// then.
    bool isOver() const;
    bool exceededTolerance() const;
    std::vector<std::size_t> running() const;
    /// What to tell the parent: the outputs of the children that succeeded, in the order of their items, or the error.
    MapRunEnded result() const;

    /// For DescribeMapRun: executionCounts, and itemCounts by the items in each input.
    struct Counts {
        std::int64_t pending = 0, running = 0, succeeded = 0, failed = 0, timedOut = 0, aborted = 0, total = 0;
    };
    Counts executionCounts() const { return counts(false); }
    Counts itemCounts() const { return counts(true); }

private:
    Counts counts(bool items) const;
    void countEnd(std::size_t index);

    StartMapRun command_;
    std::vector<ChildStatus> statuses_;
    std::vector<Payload> outputs_;
    std::size_t next_ = 0;
    std::size_t running_ = 0;
    std::int64_t totalItems_ = 0, failedItems_ = 0;
    bool aborted_ = false;
};

}  // namespace backlot::asl
