// Retry, Catch, and what happens when neither helps.

#include <algorithm>
#include <cmath>

#include "asl/execution/interpreter.h"

namespace backlot::asl::detail {

namespace {

bool matches(const std::vector<std::string>& names, const StateError& error) {
    const std::string_view actual = error.error ? std::string_view(*error.error) : std::string_view();
    return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
        if (name == "States.ALL" || (name == actual && error.error)) return true;
        if (name == "States.HeartbeatTimeout") return error.heartbeat;
        return name == "States.TaskFailed" && actual != "States.Timeout";
    });
}

std::string prefixOf(const Frame& frame, const State& state) {
    return "An error occurred while executing the state '" + state.name + "' (entered at the event id #" +
           std::to_string(frame.enteredEventId) + "). ";
}

}  // namespace

/// Runs what may fail and turns a failure into Retry, Catch or the end.
void Interpreter::guarded(Frame& frame, const std::function<void()>& work) {
    try {
        work();
    } catch (const StateFailure& failure) {
        failWith(frame, failure);
    } catch (const StateError& error) {
        fail(frame, error);
    } catch (const JsonError& error) {  // a task's answer that is no JSON, or nested without end
        failWith(frame, runtimeFailure(std::string("The payload cannot be parsed as JSON: ") + error.what()));
    }
}

void Interpreter::failWith(Frame& frame, const StateFailure& failure) {
    const State& state = stateOf(frame);
    const std::string cause =
        (inspection_ ? "" : prefixOf(frame, state)) + failure.reason;  // TestState leaves the prefix out
    if (failure.evaluation) {
        // Recorded: it names what came before the state, except in a Wait.
        const bool early = frame.lastEventId == frame.enteredEventId && state.type != StateType::wait;
        std::vector<Detail> details{{Member::error, failure.error}, {Member::cause, cause}};
        if (failure.location) details.emplace_back(Member::location, *failure.location);
        details.emplace_back(Member::state, state.name);
        frame.lastEventId = emitAfter(early ? frame.enteredPrevious : frame.lastEventId, EventType::EvaluationFailed,
                                      std::move(details));
    }
    fail(frame, {.error = failure.error, .cause = cause, .terminal = failure.error == "States.Runtime"});
}

void Interpreter::fail(Frame& frame, const StateError& error) {
    const State& state = stateOf(frame);
    if (frame.join) abandonChildren(frame);  // it failed while it started them
    if (inspection_) {
        inspection_->error = error.error;
        inspection_->cause = error.cause;
    }
    if (!error.terminal && retry(frame, error)) return beforeFailure_.reset();
    const bool wasMap = state.type == StateType::map, wasParallel = state.type == StateType::parallel;
    if ((wasMap || wasParallel) && !error.terminal)
        emit(frame, wasMap ? EventType::MapStateFailed : EventType::ParallelStateFailed);
    try {
        if (!error.terminal && catchError(frame, error)) return beforeFailure_.reset();
    } catch (const StateFailure& second) {  // the Catch's own fields fail
        const std::string cause = prefixOf(frame, state) + second.reason;
        return fail(frame, {.error = second.error, .cause = cause, .terminal = true});
    } catch (const StateError& second) {
        return fail(frame, {.error = second.error, .cause = second.cause, .terminal = true});
    }
    if (frame.id != kRoot) return childFailed(frame, error);
    std::vector<Detail> details;
    if (error.error) details.emplace_back(Member::error, *error.error);
    const bool hasCause = error.cause && !error.cause->empty();  // a time-out has an empty one, which only Catch shows
    if (hasCause) details.emplace_back(Member::cause, *error.cause);
    emitAfter(frame.lastEventId, EventType::ExecutionFailed, std::move(details));
    end(ExecutionStatus::failed, {}, error.error, hasCause ? error.cause : std::nullopt);
}

/// Delay before attempt k: Interval * Backoff^(k-1), at most MaxDelay; with full jitter an even draw from 0 to that.
bool Interpreter::retry(Frame& frame, const StateError& error) {
    const State& state = stateOf(frame);
    for (std::size_t i = 0; i < state.retry.size(); ++i) {
        const auto& retrier = state.retry[i];
        if (!matches(retrier.errorEquals, error)) continue;
        if (inspection_) inspection_->retrier = i;
        if (frame.attempts[i] >= retrier.maxAttempts) return false;
        double delay = retrier.intervalSeconds * std::pow(retrier.backoffRate, frame.attempts[i]);
        if (retrier.maxDelaySeconds) delay = std::min(delay, *retrier.maxDelaySeconds);
        delay = std::min(delay, 99'999'999.0);
        if (retrier.fullJitter) delay *= randomNumber(dice_);
        ++frame.attempts[i];
        if (inspection_) {
            inspection_->backsOff = true;
            inspection_->backoffSeconds = delay;
        }
        settle(frame);
        await(frame, Phase::backingOff);
        setTimer(frame.attempt, Timer::retry,
                 now_ + Duration(static_cast<std::int64_t>(std::round(delay * 1000)) * 1000));
        return true;
    }
    return false;
}

void Interpreter::again(Frame& frame) {
    settle(frame);
    ++frame.retryCount;
    run(frame);
}

bool Interpreter::catchError(Frame& frame, const StateError& error) {
    const State& state = stateOf(frame);
    for (std::size_t i = 0; i < state.catchers.size(); ++i) {
        const auto& catcher = state.catchers[i];
        if (!matches(catcher.errorEquals, error)) continue;
        const auto textOrNull = [](const std::optional<std::string>& text) { return text ? str(*text) : Json(); };
        const Payload caught(object({{"Error", textOrNull(error.error)}, {"Cause", textOrNull(error.cause)}}));
        FrameScene scene(state_, frame, now_, dice_);
        scene.errorOutput = caught;
        const std::string field = "Catch[" + std::to_string(i) + "]";
        std::optional<Payload> assigned;
        Payload output;
        if (state.language == QueryLanguage::jsonata) {
            output = catcher.output ? catcher.output->evaluate(scene, field + "/Output") : caught;
        } else {
            output = place(catcher.resultPath, frame.input, caught);
            scene.input = caught;
        }
        if (catcher.assign) assigned = catcher.assign->evaluate(scene, field + "/Assign");
        if (inspection_) inspection_->catcher = i;
        exit(frame, std::move(output), assigned, catcher.next);
        return true;
    }
    return false;
}

}  // namespace backlot::asl::detail
