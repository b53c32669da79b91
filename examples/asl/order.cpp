// A host of its own for the States Language: an order is paid (the second try succeeds), waits a day and is shipped,
// all in memory and in no time. Everything that goes outside (tasks, timers, the store) is in the few lines of Host.
//
//   cmake --preset debug && cmake --build --preset debug --target asl_example && build/debug/asl_example

#include <deque>
#include <iostream>
#include <map>

#include "asl/execution/execution.h"

using namespace backlot;
using namespace backlot::asl;

namespace {

const char* kDefinition = R"({
  "QueryLanguage": "JSONata",
  "StartAt": "Pay",
  "States": {
    "Pay": {
      "Type": "Task", "Resource": "arn:aws:lambda:us-east-1:000000000000:function:pay",
      "Arguments": "{% $states.input.total * 100 %}",
      "Retry": [{"ErrorEquals": ["Bank.Busy"], "IntervalSeconds": 30}],
      "Assign": {"receipt": "{% $states.result %}"},
      "Next": "Tomorrow"
    },
    "Tomorrow": {"Type": "Wait", "Seconds": 86400, "Next": "Ship"},
    "Ship": {"Type": "Pass", "Output": {"order": "{% $states.context.Execution.Name %}", "receipt": "{% $receipt %}"}, "End": true}
  }
})";

/// Randomness is the host's: these dice are the same in each run.
class CountingDice : public Dice {
public:
    std::uint64_t next() override { return count_ += 0x9e3779b97f4a7c15; }

private:
    std::uint64_t count_ = 0;
};

class Host {
public:
    explicit Host(std::shared_ptr<const Machine> machine) : machine_(std::move(machine)) {}

    /// The output, or what went wrong.
    std::string run(const std::string& name, const std::string& input) {
        Execution execution(machine_,
                            Identity{.executionArn = "arn:aws:states:us-east-1:000000000000:execution:order:" + name,
                                     .executionName = name,
                                     .stateMachineArn = "arn:aws:states:us-east-1:000000000000:stateMachine:order",
                                     .stateMachineName = "order",
                                     .roleArn = "arn:aws:iam::000000000000:role/order",
                                     .startTime = now_});
        events_.push_back(Start{Payload(input)});
        while (execution.status() == ExecutionStatus::running && next()) {
            const Event event = std::move(events_.front());
            events_.pop_front();
            const Step step = execution.step(event, now_, dice_);
            for (const auto& line : step.history)
                std::cout << iso8601Millis(line.timestamp) << "  " << line.id << " " << nameOf(line.type) << "\n";
            stored_ = execution.bytes();  // a real host stores this, the history and the commands in one transaction
            for (const auto& command : step.commands) carryOut(command);
            execution = Execution::fromBytes(machine_, stored_);  // as another process would
        }
        return execution.status() == ExecutionStatus::succeeded ? execution.output().text()
                                                                : execution.error().value_or("still running");
    }

private:
    /// Time passes only where nothing else is left to do.
    bool next() {
        if (!events_.empty()) return true;
        if (timers_.empty()) return false;
        const auto first = timers_.begin();
        now_ = std::max(now_, first->first);
        events_.push_back(TimerDue{first->second.attempt, first->second.timer, first->first});
        timers_.erase(first);
        return true;
    }

    void carryOut(const Command& command) {
        if (const auto* task = std::get_if<StartTask>(&command)) {
            if (++tries_ == 1)
                events_.push_back(TaskFailed{task->attempt, "Bank.Busy", "try later"});
            else
                events_.push_back(
                    TaskSucceeded{task->attempt, Payload(object({{"paid", copy(task->parameters.json())}}))});
        } else if (const auto* timer = std::get_if<StartTimer>(&command)) {
            timers_.emplace(timer->due, *timer);
        } else if (const auto* cancel = std::get_if<Cancel>(&command)) {
            std::erase_if(timers_, [&](const auto& entry) { return entry.second.attempt == cancel->attempt; });
        }  // ReadItems and StartMapRun are a Distributed Map's; Done needs nothing here
    }

    std::shared_ptr<const Machine> machine_;
    CountingDice dice_;
    Time now_ = *parseIso8601("2026-01-05T09:00:00Z");
    std::deque<Event> events_;
    std::multimap<Time, StartTimer> timers_;
    std::string stored_;
    int tries_ = 0;
};

}  // namespace

int main() {
    const Compiled compiled = compile(kDefinition);
    for (const auto& found : compiled.diagnostics)
        std::cout << found.line << ":" << found.column << " " << found.message << "\n";
    if (!compiled.machine) return 1;
    const std::string output = Host(compiled.machine).run("order-1", R"({"total": 12.5})");
    std::cout << output << "\n";
    return output == R"({"order":"order-1","receipt":{"paid":1250}})" ? 0 : 1;
}
