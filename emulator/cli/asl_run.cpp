#include "emulator/cli/asl_run.h"

#include <algorithm>
#include <charconv>
#include <deque>
#include <stdexcept>

#include "asl/execution/map_run.h"
#include "emulator/base/hash.h"

namespace backlot::cli {
namespace {

using namespace asl;

Mocks::Answer answerOf(const std::string& state, const Json& mock) {
    if (const Json* value = find(mock, "Return")) return {.value = copy(*value), .error = {}, .cause = {}};
    if (const Json* thrown = find(mock, "Throw"); thrown && thrown->IsObject())
        return {.value = {}, .error = optionalText(*thrown, "Error"), .cause = optionalText(*thrown, "Cause")};
    throw std::invalid_argument("the mock of " + state + " must have Return or Throw");
}

class SeededDice : public Dice {
public:
    explicit SeededDice(std::uint64_t seed) : seed_(seed) {}
    std::uint64_t next() override { return mix(seed_, ++count_); }

private:
    std::uint64_t seed_, count_ = 0;
};

/// The host of one execution and, in place, of its map runs' children.
class Host {
public:
    Host(Mocks& mocks, Dice& dice, Time& now) : mocks_(mocks), dice_(dice), now_(now) {}

    AslRunResult run(std::shared_ptr<const Machine> machine, Identity identity, ScopeId scope, Payload input) {
        machine_ = machine;
        identity_ = identity;
        identity_.startTime = now_;
        AslRunResult result{.start = now_};
        Execution execution(std::move(machine), identity_, scope);
        events_.emplace_back(Start{std::move(input)});
        while (execution.status() == ExecutionStatus::running && waitsFor_.empty()) {
            if (!nextEvent()) break;
            const Event event = std::move(events_.front());
            events_.pop_front();
            Step step = execution.step(event, now_, dice_);
            std::move(step.history.begin(), step.history.end(), std::back_inserter(result.history));
            for (const auto& command : step.commands) carryOut(command);
        }
        result.status = execution.status();
        result.output = execution.output();
        result.error = execution.error();
        result.cause = execution.cause();
        result.end = now_;
        result.waitsFor = waitsFor_;
        return result;
    }

private:
    /// Time passes only where nothing else is left to do.
    bool nextEvent() {
        if (!events_.empty()) return true;
        const auto first = std::min_element(timers_.begin(), timers_.end(),
                                            [](const auto& a, const auto& b) { return a.due < b.due; });
        if (first == timers_.end()) return false;
        now_ = std::max(now_, first->due);
        events_.emplace_back(TimerDue{first->attempt, first->timer, first->due});
        timers_.erase(first);
        return true;
    }

    void carryOut(const Command& command) {
        if (const auto* task = std::get_if<StartTask>(&command)) {
            startTask(*task);
        } else if (const auto* timer = std::get_if<StartTimer>(&command)) {
            std::erase_if(timers_,
                          [&](const auto& old) { return old.attempt == timer->attempt && old.timer == timer->timer; });
            timers_.push_back(*timer);
        } else if (const auto* cancel = std::get_if<Cancel>(&command)) {
            std::erase_if(timers_, [&](const auto& old) { return old.attempt == cancel->attempt; });
        } else if (const auto* read = std::get_if<ReadItems>(&command)) {
            const auto* answer = mocks_.next(read->stateName + ".ItemReader");
            if (!answer)
                waitsFor_ = read->stateName + " reads its items by " + read->resource.arn + ": mock \"" +
                            read->stateName + ".ItemReader\"";
            else if (answer->error || answer->cause)
                events_.emplace_back(TaskFailed{read->attempt, answer->error, answer->cause});
            else
                events_.emplace_back(ItemsRead{read->attempt, Payload(copy(answer->value))});
        } else if (const auto* mapRun = std::get_if<StartMapRun>(&command)) {
            runChildren(*mapRun);
        }
    }

    void startTask(const StartTask& task) {
        const auto* answer = mocks_.next(task.stateName);
        if (!answer) {
            waitsFor_ = task.stateName + " calls " + task.resource.arn + " with " + task.parameters.text() +
                        ", and no mock answers";
            return;
        }
        if (answer->error || answer->cause)
            return void(events_.emplace_back(TaskFailed{task.attempt, answer->error, answer->cause}));
        if (task.resource.kind == ResourceKind::activity) events_.emplace_back(TaskStarted{task.attempt, "mock"});
        if (task.resource.kind == ResourceKind::integration &&
            task.resource.pattern != IntegrationPattern::requestResponse)
            events_.emplace_back(TaskSubmitted{task.attempt, Payload(object())});
        events_.emplace_back(TaskSucceeded{task.attempt, Payload(copy(answer->value))});
    }

    /// One child after the other: there is nothing that they could overlap with.
    void runChildren(const StartMapRun& command) {
        MapRun run(command);
        while (const auto index = run.startNext()) {
            Identity identity = identity_;
            identity.executionName = identity_.executionName + "-" + std::to_string(*index);
            identity.mapItem = Payload(
                object({{"Index", static_cast<std::int64_t>(*index)}, {"Value", copy(command.inputs[*index].json())}}));
            Host child(mocks_, dice_, now_);
            const auto ended = child.run(machine_, identity, command.scope, command.inputs[*index]);
            if (!ended.waitsFor.empty()) return void(waitsFor_ = ended.waitsFor);
            run.childEnded(*index,
                           ended.status == ExecutionStatus::succeeded  ? ChildStatus::succeeded
                           : ended.status == ExecutionStatus::timedOut ? ChildStatus::timedOut
                                                                       : ChildStatus::failed,
                           ended.output);
        }
        events_.emplace_back(run.result());
    }

    Mocks& mocks_;
    Dice& dice_;
    Time& now_;
    std::shared_ptr<const Machine> machine_;
    Identity identity_;
    std::deque<Event> events_;
    std::vector<StartTimer> timers_;
    std::string waitsFor_;
};

}  // namespace

std::vector<Mocks::Range> Mocks::rangesOf(const std::string& state, const Json& mock) {
    constexpr auto kForEver = static_cast<std::uint64_t>(-1);
    std::vector<Range> ranges;
    if (mock.IsArray()) {
        for (const auto& answer : mock.GetArray())
            ranges.push_back({ranges.size(), ranges.size(), answerOf(state, answer)});
        if (ranges.empty()) throw std::invalid_argument("the mock of " + state + " has no answer");
        ranges.back().last = kForEver;
        return ranges;
    }
    if (!mock.IsObject()) throw std::invalid_argument("the mock of " + state + " must be an object or an array");
    if (find(mock, "Return") || find(mock, "Throw")) {
        ranges.push_back({0, kForEver, answerOf(state, mock)});
        return ranges;
    }
    for (const auto& member : mock.GetObject()) {
        const std::string attempts = text(member.name);
        Range range{0, 0, answerOf(state, member.value)};
        const char* end = attempts.data() + attempts.size();
        auto read = std::from_chars(attempts.data(), end, range.first);
        range.last = range.first;
        if (read.ec == std::errc() && read.ptr != end && *read.ptr == '-')
            read = std::from_chars(read.ptr + 1, end, range.last);
        if (read.ec != std::errc() || read.ptr != end)
            throw std::invalid_argument("the mock of " + state + ": \"" + attempts +
                                        "\" is no attempt such as \"0\" or \"1-2\"");
        ranges.push_back(std::move(range));
    }
    return ranges;
}

Mocks Mocks::parse(const Json& file, const std::string& testCase) {
    if (!file.IsObject()) throw std::invalid_argument("mocks are an object: state → answer");
    Mocks mocks;
    const Json* machines = find(file, "StateMachines");
    if (!machines) {
        for (const auto& member : file.GetObject())
            mocks.answers_[text(member.name)] = rangesOf(text(member.name), member.value);
        return mocks;
    }
    const auto mark = testCase.find('#');
    const Json* states = mark == std::string::npos
                             ? nullptr
                             : at(*machines, {testCase.substr(0, mark), "TestCases", testCase.substr(mark + 1)});
    if (!states || !states->IsObject())
        throw std::invalid_argument(testCase.empty() ? "this mock file needs --test-case StateMachine#TestCase"
                                                     : "the mock file has no test case " + testCase);
    for (const auto& member : states->GetObject()) {
        const std::string response = member.value.IsString() ? text(member.value) : "";
        const Json* mock = at(file, {"MockedResponses", response});
        if (!mock) throw std::invalid_argument("the mock file has no MockedResponses." + response);
        mocks.answers_[text(member.name)] = rangesOf(text(member.name), *mock);
    }
    return mocks;
}

const Mocks::Answer* Mocks::next(const std::string& state) {
    const auto found = answers_.find(state);
    if (found == answers_.end()) return nullptr;
    const auto attempt = asked_[state]++;
    for (const auto& range : found->second)
        if (attempt >= range.first && attempt <= range.last) return &range.answer;
    return nullptr;
}

AslRunResult runMachine(std::shared_ptr<const Machine> machine, const std::string& name, Payload input, Mocks mocks,
                        std::uint64_t seed, Time start) {
    SeededDice dice(seed);
    Time now = start;
    const std::string prefix = "arn:aws:states:us-east-1:000000000000:";
    Identity identity{.executionArn = prefix + "execution:local:" + name,
                      .executionName = name,
                      .stateMachineArn = prefix + "stateMachine:local",
                      .stateMachineName = "local",
                      .roleArn = "arn:aws:iam::000000000000:role/local"};
    return Host(mocks, dice, now).run(std::move(machine), std::move(identity), kWholeMachine, std::move(input));
}

}  // namespace backlot::cli
