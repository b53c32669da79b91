#pragma once
// A host in miniature: virtual time, answers from a list, children of map runs in place.

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "asl/execution/execution.h"
#include "emulator/base/hash.h"

namespace backlot::asl {

class SeededDice : public Dice {
public:
    explicit SeededDice(std::uint64_t seed = 1) : seed_(seed) {}
    std::uint64_t next() override { return mix(seed_, ++count_); }

private:
    std::uint64_t seed_, count_ = 0;
};

/// Runs executions to their end, or until nothing is left that would move them.
class Host {
public:
    /// Called for each task; what it returns is fed back in order. Nothing: the task is never answered.
    using Worker = std::function<std::vector<Event>(const StartTask&)>;

    explicit Host(Worker worker = {}) : worker_(std::move(worker)) {}

    struct Run {
        Execution execution;
        std::vector<HistoryEvent> history;
        std::vector<StartTask> tasks;
    };

    Run run(std::shared_ptr<const Machine> machine, Payload input, Identity identity = exampleIdentity(),
            ScopeId scope = kWholeMachine) {
        identity.startTime = now;
        Run out{Execution(std::move(machine), std::move(identity), scope), {}, {}};
        std::deque<Event> events;
        events.emplace_back(Start{std::move(input)});
        std::vector<StartTimer> timers;
        while (out.execution.status() == ExecutionStatus::running) {
            if (events.empty()) {
                if (stopAtOnce) {
                    events.emplace_back(Stop{});
                } else if (timers.empty()) {
                    break;
                } else {
                    const auto first = std::min_element(timers.begin(), timers.end(),
                                                        [](const auto& a, const auto& b) { return a.due < b.due; });
                    now = std::max(now, first->due);
                    events.emplace_back(TimerDue{first->attempt, first->timer, first->due});
                    timers.erase(first);
                }
            }
            const Event event = std::move(events.front());
            events.pop_front();
            if (throughBytes) out.execution = Execution::fromBytes(shared(out.execution), out.execution.bytes());
            Step step = out.execution.step(event, now, dice, activityExists);
            for (auto& entry : step.history) out.history.push_back(std::move(entry));
            for (auto& command : step.commands) {
                if (throughBytes) command = commandFromBytes(toBytes(command));
                carryOut(command, out, events, timers);
            }
        }
        return out;
    }

    static Identity exampleIdentity() {
        return {.executionArn = "arn:aws:states:us-east-1:000000000000:execution:checkout:ORDER-1",
                .executionName = "ORDER-1",
                .stateMachineArn = "arn:aws:states:us-east-1:000000000000:stateMachine:checkout",
                .stateMachineName = "checkout",
                .roleArn = "arn:aws:iam::000000000000:role/asl-runner"};
    }

    Time now = fromSeconds(1'767'603'600);
    SeededDice dice;
    bool throughBytes = false;  ///< writes down and takes up the execution before every step
    bool stopAtOnce = false;    ///< StopExecution right after the start

private:
    std::shared_ptr<const Machine> shared(const Execution& execution) {
        return {std::shared_ptr<const Machine>(), &execution.machine()};
    }

    void carryOut(const Command& command, Run& out, std::deque<Event>& events, std::vector<StartTimer>& timers) {
        if (const auto* task = std::get_if<StartTask>(&command)) {
            out.tasks.push_back(*task);
            if (worker_)
                for (auto& event : worker_(*task)) events.push_back(std::move(event));
        } else if (const auto* timer = std::get_if<StartTimer>(&command)) {
            std::erase_if(timers,
                          [&](const auto& old) { return old.attempt == timer->attempt && old.timer == timer->timer; });
            timers.push_back(*timer);
        } else if (const auto* cancel = std::get_if<Cancel>(&command)) {
            std::erase_if(timers, [&](const auto& old) { return old.attempt == cancel->attempt; });
        } else if (const auto* mapRun = std::get_if<StartMapRun>(&command)) {
            events.emplace_back(runChildren(*mapRun, out.execution));
        } else if (const auto* read = std::get_if<ReadItems>(&command)) {
            if (reader) events.push_back(reader(*read));
        }
    }

    Event runChildren(const StartMapRun& mapRun, const Execution& parent) {
        std::string results = "[";
        for (std::size_t i = 0; i < mapRun.inputs.size(); ++i) {
            Host child(worker_);
            child.now = now;
            const auto ran = child.run(shared(parent), mapRun.inputs[i], exampleIdentity(), mapRun.scope);
            now = std::max(now, child.now);
            if (ran.execution.status() != ExecutionStatus::succeeded)
                return MapRunEnded{mapRun.attempt,
                                   {},
                                   "States.ExceedToleratedFailureThreshold",
                                   "The specified tolerated failure threshold was exceeded"};
            results += (i ? "," : "") + ran.execution.output().text();
        }
        return MapRunEnded{mapRun.attempt, Payload(results + "]"), std::nullopt, std::nullopt};
    }

public:
    std::function<Event(const ReadItems&)> reader;
    ActivityExists activityExists;

private:
    Worker worker_;
};

}  // namespace backlot::asl
