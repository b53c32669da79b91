#include "asl/execution/interpreter.h"

#include <algorithm>

#include "asl/dice.h"

namespace backlot::asl::detail {

namespace {

/// Source: AWS Step Functions Developer Guide, "Service quotas".
constexpr std::uint64_t kMaxEvents = 25'000;
constexpr auto kExpressLimit = std::chrono::seconds(300);
/// A step gives the host a turn after so many states (large inputs count as several), for a machine may loop without
/// ever waiting.
constexpr int kTurnsPerStep = 2'000;
constexpr std::size_t kBytesATurn = 2'048;
/// An express execution's history has no limit. From here on each step takes a second of the world's time, so that one
/// that loops for ever comes to its time limit even where time only passes when nothing is left to do.
/// Differs: AWS's transitions take time from the first on.
constexpr std::uint64_t kEventsAtOnce = 250'000;
constexpr auto kLaterTurn = std::chrono::seconds(1);

/// Thrown where the history has no room for another event; the execution has ended then.
struct HistoryFull {};

EventType entered(StateType type) {
    constexpr EventType types[] = {EventType::TaskStateEntered,     EventType::PassStateEntered,
                                   EventType::ChoiceStateEntered,   EventType::WaitStateEntered,
                                   EventType::SucceedStateEntered,  EventType::FailStateEntered,
                                   EventType::ParallelStateEntered, EventType::MapStateEntered};
    return types[static_cast<std::size_t>(type)];
}

}  // namespace

Step Interpreter::take(const Event& event) {
    if (ended() && !std::holds_alternative<Redrive>(event)) return {};
    try {
        std::visit([this](const auto& body) { on(body); }, event);
        turns();
        if (std::holds_alternative<Start>(event) && isExpress() && !ended())
            setTimer(state_.wholeAttempt, Timer::executionTimeout, now_ + *timeLimit());
    } catch (const HistoryFull&) {
    }
    return std::move(step_);
}

void Interpreter::on(const Start& start) {
    if (state_.started) return;
    state_.started = true;
    state_.input = start.input;
    const auto& identity = state_.identity;
    std::vector<Detail> details{{Member::input, start.input}, {Member::roleArn, identity.roleArn}};
    if (identity.stateMachineAliasArn)
        details.emplace_back(Member::stateMachineAliasArn, *identity.stateMachineAliasArn);
    if (identity.stateMachineVersionArn)
        details.emplace_back(Member::stateMachineVersionArn, *identity.stateMachineVersionArn);
    emitAfter(0, EventType::ExecutionStarted, std::move(details));
    state_.wholeAttempt = newAttempt();
    if (timeLimit() && !isExpress())
        setTimer(state_.wholeAttempt, Timer::executionTimeout,
                 now_ + *timeLimit());  // most express ones end in their first step
    Frame root;
    root.scope = state_.scope;
    root.state = machine().scope(state_.scope).startAt;
    root.input = start.input;
    state_.frames.emplace(kRoot, std::move(root));
    state_.ready.push_back({kRoot, Turn::enter});
}

bool Interpreter::isExpress() const {
    if (state_.scope == kWholeMachine) return machine().type == MachineType::express;
    return state_.identity.executionArn.find(":express:") !=
           std::string::npos;  // a Distributed Map's child has a type of its own
}

/// How long the execution may take. Source: AWS Step Functions Developer Guide, "Quotas related to state machine
/// executions".
std::optional<Duration> Interpreter::timeLimit() const {
    std::optional<Duration> limit;
    if (machine().timeoutSeconds && state_.scope == kWholeMachine)
        limit = std::chrono::seconds(*machine().timeoutSeconds);
    if (isExpress()) limit = std::min<Duration>(limit.value_or(kExpressLimit), kExpressLimit);
    return limit;
}

/// Lets every frame that is ready go on, one state at a time and in turn, until all wait.
void Interpreter::turns() {
    for (int left = kTurnsPerStep; !state_.ready.empty() && !ended();) {
        if (left <= 0)
            return setTimer(state_.wholeAttempt, Timer::turn,
                            now_ + (state_.lastEventId < kEventsAtOnce ? Duration::zero() : kLaterTurn));
        const auto [id, turn] = state_.ready.front();
        state_.ready.pop_front();
        const auto found = state_.frames.find(id);
        if (found == state_.frames.end()) continue;
        left -= 1 + static_cast<int>(found->second.input.size() / kBytesATurn);
        if (turn == Turn::enter)
            enter(found->second);
        else
            taskStarted(found->second);
    }
}

void Interpreter::enter(Frame& frame) {
    const State& state = stateOf(frame);
    frame.enteredPrevious = frame.lastEventId;
    frame.enteredTime = now_;
    frame.enteredEventId = emit(frame, entered(state.type), {{Member::name, state.name}, {Member::input, frame.input}});
    frame.attempts.assign(state.retry.size(), 0);
    if (inspection_)
        std::copy_n(inspection_->attempts.begin(), std::min(inspection_->attempts.size(), frame.attempts.size()),
                    frame.attempts.begin());
    frame.retryCount = 0;
    run(frame);
}

void Interpreter::run(Frame& frame) {
    const State& state = stateOf(frame);
    note("input", frame.input);
    guarded(frame, [&] {
        switch (state.type) {
            case StateType::task: return runTask(frame, state);
            case StateType::pass:
            case StateType::succeed: return runPass(frame, state);
            case StateType::choice: return runChoice(frame, state);
            case StateType::wait: return runWait(frame, state);
            case StateType::fail: return runFail(frame, state);
            case StateType::parallel: return runParallel(frame, state);
            case StateType::map: return runMap(frame, state);
        }
    });
}

void Interpreter::goTo(Frame& frame, StateId next, Payload input) {
    settle(frame);
    if (inspection_) return void(inspection_->exit = Inspection::Exit{next, std::move(input)});
    if (next == kEnd) return finish(frame.id, std::move(input));
    frame.state = next;
    frame.input = std::move(input);
    state_.ready.push_back({frame.id, Turn::enter});
}

/// A frame has left its last state.
void Interpreter::finish(FrameId id, Payload output) {
    Frame& done = frame(id);
    if (id == kRoot) {
        emitAfter(done.lastEventId, EventType::ExecutionSucceeded, {{Member::output, output}});
        return end(ExecutionStatus::succeeded, std::move(output), std::nullopt, std::nullopt);
    }
    const auto parent = done.parent;
    const auto index = done.index;
    const auto last = done.lastEventId;
    state_.frames.erase(id);
    childSucceeded(parent, index, last, std::move(output));
}

void Interpreter::end(ExecutionStatus status, Payload output, std::optional<std::string> error,
                      std::optional<std::string> cause) {
    for (const auto& [id, frame] : state_.frames)
        if (frame.attempt) command(Cancel{frame.attempt});
    if (timeLimit() && !isExpress()) command(Cancel{state_.wholeAttempt});  // an express one's timers go with it
    state_.status = status;
    state_.output = output;
    state_.error = error;
    state_.cause = cause;
    if (status == ExecutionStatus::succeeded) {
        state_.frames.clear();
        state_.ready.clear();
    }
    keepForRedrive();
    command(Done{status, std::move(output), std::move(error), std::move(cause)});
}

/// What Redrive takes up: the frames as they were before the failure that ended everything had swept children away.
void Interpreter::keepForRedrive() {
    if (beforeFailure_) {
        auto kept = stateFromBytes(state_.machine, *beforeFailure_);
        state_.frames = std::move(kept->frames);
        state_.ready = std::move(kept->ready);
    }
    for (auto& [id, frame] : state_.frames) frame.attempt = 0;
}

void Interpreter::on(const TimerDue& timer) {
    if (timer.attempt == state_.wholeAttempt) {
        if (timer.timer != Timer::executionTimeout) return;  // Timer::turn: turns() goes on
        emitAfter(frame(kRoot).lastEventId, EventType::ExecutionTimedOut,
                  {{Member::error, std::string("States.Timeout")}});
        return end(ExecutionStatus::timedOut, {}, "States.Timeout", std::nullopt);
    }
    if (timer.timer == Timer::wait) {
        if (Frame* frame = waiting(timer.attempt, Phase::waiting)) {
            settle(*frame);
            guarded(*frame, [&] { leave(*frame, frame->input); });
        }
    } else if (timer.timer == Timer::retry) {
        if (Frame* frame = waiting(timer.attempt, Phase::backingOff)) again(*frame);
    } else {
        timeOut(timer.attempt, timer.timer);
    }
}

void Interpreter::on(const Stop& stop) {
    std::vector<Detail> details;
    if (stop.error) details.emplace_back(Member::error, *stop.error);
    if (stop.cause) details.emplace_back(Member::cause, *stop.cause);
    emitAfter(0, EventType::ExecutionAborted, std::move(details));  // recorded: it names no predecessor
    end(ExecutionStatus::aborted, {}, stop.error, stop.cause);
}

/// Runs again, with fresh retriers, the states in which the execution ended: of a Parallel or an inline Map only the
/// branches and iterations that had not succeeded. Source: AWS Step Functions Developer Guide, "Redriving executions".
void Interpreter::on(const Redrive&) {
    if (state_.status == ExecutionStatus::running || state_.status == ExecutionStatus::succeeded ||
        state_.frames.empty())
        return;
    state_.status = ExecutionStatus::running;
    state_.error.reset();
    state_.cause.reset();
    ++state_.identity.redriveCount;
    const auto redriven = emitAfter(state_.lastEventId, EventType::ExecutionRedriven,
                                    {{Member::redriveCount, state_.identity.redriveCount}});
    state_.wholeAttempt = newAttempt();
    if (timeLimit()) setTimer(state_.wholeAttempt, Timer::executionTimeout, now_ + *timeLimit());
    std::erase_if(state_.ready, [](const Ready& ready) { return ready.turn != Turn::enter; });
    std::vector<FrameId> leaves;
    for (auto& [id, frame] : state_.frames) {
        const bool enters = std::any_of(state_.ready.begin(), state_.ready.end(),
                                        [id = id](const Ready& ready) { return ready.frame == id; });
        if (frame.join)
            frame.attempt = newAttempt();
        else if (!enters)
            leaves.push_back(id);
    }
    for (const auto id : leaves) {
        const auto found = state_.frames.find(id);
        if (ended() || found == state_.frames.end()) continue;  // one that failed again has taken it along
        Frame& frame = found->second;
        settle(frame);
        frame.lastEventId = redriven;
        frame.retryCount = 0;
        frame.attempts.assign(stateOf(frame).retry.size(), 0);
        run(frame);
    }
}

std::uint64_t Interpreter::emitAfter(std::uint64_t previousEventId, EventType type, std::vector<Detail> details) {
    step_.history.push_back({++state_.lastEventId, previousEventId, now_, type, std::move(details)});
    return state_.lastEventId;
}

std::uint64_t Interpreter::emit(Frame& frame, EventType type, std::vector<Detail> details) {
    frame.lastEventId = emitAfter(frame.lastEventId, type, std::move(details));
    if (state_.lastEventId >= kMaxEvents - 1 && !isExpress() && !ended()) {
        const std::string cause =
            "The execution reached the maximum number of history events (" + std::to_string(kMaxEvents) + ").";
        emitAfter(frame.lastEventId, EventType::ExecutionFailed,
                  {{Member::error, std::string("States.Runtime")}, {Member::cause, cause}});
        end(ExecutionStatus::failed, {}, "States.Runtime", cause);
        throw HistoryFull{};
    }
    return frame.lastEventId;
}

void Interpreter::await(Frame& frame, Phase phase) {
    frame.phase = phase;
    frame.attempt = newAttempt();
}

void Interpreter::settle(Frame& frame) {
    frame.phase = Phase::ready;
    frame.attempt = 0;
    frame.timeoutDue.reset();
    frame.heartbeatDue.reset();
    frame.taskToken.reset();
    frame.join.reset();
}

Frame* Interpreter::waiting(AttemptId attempt, Phase phase) {
    for (auto& [id, frame] : state_.frames)
        if (frame.attempt == attempt && frame.phase == phase) return &frame;
    return nullptr;
}

}  // namespace backlot::asl::detail
