#pragma once
// The value behind an Execution: a tree of frames, kept flat.

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "asl/execution/execution.h"
#include "asl/query/scene.h"

namespace backlot::asl::detail {

using FrameId = std::uint32_t;
inline constexpr FrameId kRoot = 0;

/// What a frame waits for.
enum class Phase : std::uint8_t { ready, waiting, task, backingOff, joining, readingItems, mapRun };
inline constexpr std::uint64_t kPhases = 7;

/// What is next for a frame that waits for nothing outside. Frames take turns in the order in which they became ready.
enum class Turn : std::uint8_t { enter, taskStarted };

/// The children of a Parallel or of an inline Map, by branch or item.
struct Join {
    Payload items;  ///< Map: the array; Parallel: the input of every branch
    std::uint32_t count = 0;
    std::uint32_t next = 0;  ///< the first that has not been started
    std::uint32_t running = 0;
    std::uint32_t maxConcurrency = 0;  ///< 0: as many as there are
    std::vector<std::optional<Payload>> results;
};

/// Where one line of states stands: the machine itself, a branch, an iteration.
struct Frame {
    FrameId id = kRoot, parent = kRoot;
    std::uint32_t index = 0;  ///< of the branch or the item
    ScopeId scope = kWholeMachine;
    StateId state = 0;
    Phase phase = Phase::ready;
    std::uint64_t lastEventId = 0;   ///< the previousEventId of what comes next
    Variables variables;             ///< of this scope; reading goes outward, writing stays here
    std::optional<Payload> mapItem;  ///< {"Index", "Value"}: an iteration's `$$.Map.Item`

    // of the present state
    Payload input;
    std::uint64_t enteredEventId = 0, enteredPrevious = 0;
    Time enteredTime{};
    std::vector<std::uint32_t> attempts;  ///< by retrier
    std::uint32_t retryCount = 0;
    AttemptId attempt = 0;  ///< 0: waits for nothing
    std::optional<Time> timeoutDue, heartbeatDue;
    std::int64_t heartbeatSeconds = 0;
    std::optional<std::string> taskToken;
    std::unique_ptr<Join> join;
    std::string mapRunArn;
};

struct Ready {
    FrameId frame;
    Turn turn;
};

struct ExecutionState {
    std::shared_ptr<const Machine> machine;
    Identity identity;
    ScopeId scope = kWholeMachine;
    ExecutionStatus status = ExecutionStatus::running;
    bool started = false;
    Payload input, output;
    std::optional<std::string> error, cause;
    std::map<FrameId, Frame> frames;
    std::deque<Ready> ready;
    FrameId nextFrame = 1;
    AttemptId lastAttempt = 0;
    AttemptId wholeAttempt = 0;  ///< of the timers of the execution itself
    std::uint64_t lastEventId = 0;
    std::optional<Payload> context;  ///< TestState's own context object; never written down
};

std::string toBytes(const ExecutionState& state);
std::unique_ptr<ExecutionState> stateFromBytes(std::shared_ptr<const Machine> machine, std::string_view bytes);

}  // namespace backlot::asl::detail
