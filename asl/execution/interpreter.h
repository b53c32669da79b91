#pragma once
// One step of an execution: an event is taken as far as it goes.

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "asl/execution/frames.h"
#include "asl/execution/inspection.h"
#include "asl/failure.h"

namespace backlot::asl::detail {

/// How a state failed: what Retry and Catch read. Either part may be absent, and is then absent in history too.
struct StateError {
    std::optional<std::string> error, cause;
    bool terminal = false;   ///< States.Runtime: neither Retry nor Catch is asked
    bool heartbeat = false;  ///< a States.Timeout that States.HeartbeatTimeout matches too
};

/// What a frame's fields see.
class FrameScene : public Scene {
public:
    FrameScene(const ExecutionState& state, const Frame& frame, Time now, Dice& dice);
    const Payload* variable(std::string_view name) const override;
    const Json& context(bool withExecutionInput = true) const override;
    /// Overrides the frame's while items are selected.
    void setMapItem(Payload item);

private:
    const Payload* currentItem() const;

    const ExecutionState& state_;
    const Frame& frame_;
    std::optional<Payload> mapItem_;
    mutable std::optional<Json> context_;
    mutable bool hasExecutionInput_ = false;
};

/// "null", "object", "array", "string", "number" or "boolean", as error texts say.
const char* typeName(const Json& value);

/// Input on its way through a state.
struct Prepared {
    Payload effective;  ///< after InputPath
    Payload arguments;  ///< after Parameters or Arguments
};

class Interpreter {
public:
    Interpreter(ExecutionState& state, Time now, Dice& dice, const ActivityExists& activityExists = {},
                Inspection* inspection = nullptr)
        : state_(state), now_(now), dice_(dice), activityExists_(activityExists), inspection_(inspection) {}

    Step take(const Event& event);

private:
    friend class SingleState;  // test_state.cpp

    // interpreter.cpp: events, turns, entering and leaving
    void on(const Start& start);
    void on(const TimerDue& timer);
    void on(const Stop& stop);
    void on(const Redrive& redrive);
    void turns();
    void enter(Frame& frame);
    void run(Frame& frame);
    void goTo(Frame& frame, StateId next, Payload input);
    void finish(FrameId id, Payload output);
    void end(ExecutionStatus status, Payload output, std::optional<std::string> error,
             std::optional<std::string> cause);
    void keepForRedrive();

    // states.cpp
    void runPass(Frame& frame, const State& state);
    void runChoice(Frame& frame, const State& state);
    void runWait(Frame& frame, const State& state);
    void runFail(Frame& frame, const State& state);
    Time waitDue(Frame& frame, const State& state, const FrameScene& scene);

    // data_flow.cpp
    Prepared prepare(Frame& frame, const State& state, FrameScene& scene);
    void leave(Frame& frame, const Payload& result);
    void exit(Frame& frame, Payload output, const std::optional<Payload>& assigned, StateId next);
    Payload place(const PathField& path, const Payload& document, const Payload& result);
    Payload select(const PathField& path, const Payload& document, const Scene& scene);
    void limit(const Frame& frame, const Payload& payload);

    // tasks.cpp
    void on(const TaskStarted& started);
    void on(const TaskSubmitted& submitted);
    void on(const TaskSucceeded& succeeded);
    void on(const TaskFailed& failed);
    void on(const TaskHeartbeat& heartbeat);
    void runTask(Frame& frame, const State& state);
    void taskStarted(Frame& frame);
    void timeOut(AttemptId attempt, Timer timer);
    std::optional<std::int64_t> seconds(const std::optional<Field>& field, const FrameScene& scene);

    // joins.cpp: Parallel and inline Map
    void runParallel(Frame& frame, const State& state);
    void runMap(Frame& frame, const State& state);
    void startChildren(FrameId parent, std::uint64_t previousEventId);
    void startChild(Frame& parent, std::uint32_t index, std::uint64_t previousEventId);
    void childSucceeded(FrameId parent, std::uint32_t index, std::uint64_t lastEventId, Payload output);
    void childFailed(Frame& child, const StateError& error);
    void abandonChildren(Frame& frame);
    void abort(FrameId id, std::uint64_t previousEventId);

    // distributed_map.cpp
    void on(const ItemsRead& items);
    void on(const MapRunEnded& ended);
    void runDistributedMap(Frame& frame, const State& state, const Payload& items, FrameScene& scene);
    void startMapRun(Frame& frame, const State& state, const Payload& items, FrameScene& scene);
    void batch(StartMapRun& run, const State& state, FrameScene& scene);
    Payload itemInput(const State& state, const Json& item, std::size_t index, FrameScene& scene);
    std::int64_t wholeNumber(const Field& field, const FrameScene& scene);
    double percentage(const Field& field, const FrameScene& scene);
    std::int64_t maxConcurrency(const State& state, const FrameScene& scene);

    // errors.cpp: Retry, Catch, and what happens when neither helps
    void guarded(Frame& frame, const std::function<void()>& work);
    void failWith(Frame& frame, const StateFailure& failure);
    void fail(Frame& frame, const StateError& error);
    bool retry(Frame& frame, const StateError& error);
    bool catchError(Frame& frame, const StateError& error);
    void again(Frame& frame);

    // events and commands
    std::uint64_t emit(Frame& frame, EventType type, std::vector<Detail> details = {});
    std::uint64_t emitAfter(std::uint64_t previousEventId, EventType type, std::vector<Detail> details = {});
    void command(Command command) { step_.commands.push_back(std::move(command)); }
    AttemptId newAttempt() { return ++state_.lastAttempt; }
    void await(Frame& frame, Phase phase);
    void settle(Frame& frame);
    void setTimer(AttemptId attempt, Timer timer, Time due) { command(StartTimer{attempt, timer, due}); }
    void note(std::string_view what, const Payload& value) {
        if (inspection_) inspection_->note(what, value);
    }

    const Machine& machine() const { return *state_.machine; }
    const State& stateOf(const Frame& frame) const { return machine().state(frame.state); }
    Frame& frame(FrameId id) { return state_.frames.at(id); }
    /// The frame that waits for this attempt in this phase, or null.
    Frame* waiting(AttemptId attempt, Phase phase);
    bool ended() const { return state_.status != ExecutionStatus::running; }
    bool isExpress() const;
    std::optional<Duration> timeLimit() const;

    ExecutionState& state_;
    Time now_;
    Dice& dice_;
    const ActivityExists& activityExists_;
    Inspection* inspection_;
    std::optional<StartTask> inspectedTask_;  ///< what would have been started
    std::optional<std::string>
        beforeFailure_;  ///< the state before a child's failure went upward, while nobody has caught it
    Step step_;
};

}  // namespace backlot::asl::detail
