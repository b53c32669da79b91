// Executions recorded on AWS, run against the library: tasks answer what AWS's tasks answered.

#include <doctest/doctest.h>

#include <cstdlib>
#include <iostream>

#include "tests/asl/host.h"
#include "tests/asl/recorded.h"

namespace backlot::asl {
namespace {

using recorded::differ;
using recorded::plain;

/// JSON text of a recorded output: objects and arrays stand there as values, all else as the text itself.
Payload payloadOf(const Json& value) {
    if (value.IsString()) {
        if (tryParseJson(view(value))) return Payload(text(value));
        return Payload(copy(value));  // a text that the recorder cut or replaced
    }
    return Payload(copy(value));
}

std::optional<std::string> causeOf(const Json& call) {
    const Json* cause = find(call, "cause");
    if (!cause) return std::nullopt;
    return cause->IsString() ? text(*cause) : writeJson(*cause);
}

/// Answers tasks in the order of the recording, by state name.
class RecordedTasks {
public:
    explicit RecordedTasks(const Json& run) {
        if (const Json* calls = find(run, "task_calls"))
            for (const auto& call : calls->GetArray()) calls_[textOr(call, "state")].push_back(&call);
        if (const Json* history = at(run, {"expect", "history"}))
            for (const auto& event : history->GetArray()) {
                if (textOr(event, "type") == "TaskSubmitted")
                    submitted_.push_back(find(*find(event, "taskSubmittedEventDetails"), "output"));
                if (!find(run, "task_calls") && textOr(event, "type") == "TaskSucceeded")
                    answers_.push_back(find(event, "taskSucceededEventDetails"));
                if (!find(run, "task_calls") && textOr(event, "type") == "TaskFailed")
                    answers_.push_back(find(event, "taskFailedEventDetails"));
                if (textOr(event, "type") == "ActivityStarted")
                    worker_ = textOr(*find(event, "activityStartedEventDetails"), "workerName");
            }
    }

    std::vector<Event> answer(const StartTask& task) {
        std::vector<Event> out;
        if (task.resource.kind == ResourceKind::activity) out.emplace_back(TaskStarted{task.attempt, worker_});
        if (task.resource.pattern != IntegrationPattern::requestResponse && !submitted_.empty()) {
            out.emplace_back(TaskSubmitted{task.attempt, payloadOf(*submitted_.front())});
            submitted_.pop_front();
        }
        auto& calls = calls_[task.stateName];
        if (calls.empty() && task.resource.arn.ends_with(":identity"))
            out.emplace_back(TaskSucceeded{task.attempt, task.parameters});
        if (calls.empty() && !answers_.empty()) {  // sorted recordings do not say whose answer it was
            const Json& answer = *answers_.front();
            answers_.pop_front();
            if (const Json* output = find(answer, "output"))
                out.emplace_back(TaskSucceeded{task.attempt, payloadOf(*output)});
            else
                out.emplace_back(TaskFailed{task.attempt, optionalText(answer, "error"), causeOf(answer)});
        }
        if (calls.empty()) return out;
        const Json& call = *calls.front();
        calls.pop_front();
        const auto event = textOr(call, "event");
        if (event.ends_with("TimedOut")) return out;
        if (event.ends_with("Succeeded"))
            out.emplace_back(TaskSucceeded{task.attempt, payloadOf(*find(call, "output"))});
        else
            out.emplace_back(TaskFailed{task.attempt, optionalText(call, "error"), causeOf(call)});
        return out;
    }

private:
    std::map<std::string, std::deque<const Json*>> calls_;
    std::deque<const Json*> submitted_, answers_;
    std::string worker_;
};

std::string definitionOf(const Json& testCase, const Json& run) {
    if (const Json* machine = find(testCase, "definition_template")) {
        auto out = text(*machine);
        const auto value = writeJson(*at(run, {"input", "Value"}));
        for (std::size_t at = 0; (at = out.find("@@Value@@", at)) != std::string::npos; at += value.size())
            out.replace(at, 9, value);
        return out;
    }
    const Json* definition = find(run, "definition");
    if (!definition) definition = find(testCase, "definition");
    if (!definition) definition = find(testCase, "definition_text");
    return definition->IsString() ? text(*definition) : writeJson(*definition);
}

/// An event without what the runner does not compare when order is free.
Json bare(const Json& event) {
    Json out = copy(event);
    erase(out, "id");
    erase(out, "previousEventId");
    return out;
}

std::optional<std::string> differAsBag(const Json& expected, const Json& actual, const std::set<std::string>& words) {
    std::vector<const Json*> left;
    for (const auto& event : actual.GetArray()) left.push_back(&event);
    for (const auto& event : expected.GetArray()) {
        const auto found = std::find_if(left.begin(), left.end(),
                                        [&](const Json* other) { return !differ(bare(event), bare(*other), words); });
        if (found == left.end()) return "no event like " + writeJson(event);
        left.erase(found);
    }
    if (left.empty()) return std::nullopt;
    return "not expected: " + writeJson(*left.front());
}

struct Tally {
    std::set<std::string> missed;
    int runs = 0, outcome = 0, history = 0, skipped = 0;
};

bool hasFans(const std::string& definition) {
    return definition.find("\"Map\"") != std::string::npos || definition.find("\"Parallel\"") != std::string::npos;
}

/// The recorder of some cases sorted what stands between ParallelStateStarted and …Exited and lost the event before the
/// latter.
void dropUnrecorded(Json& history) {
    Json kept(rapidjson::kArrayType);
    for (auto& event : history.GetArray()) {
        const auto type = textOr(event, "type");
        if (type != "ParallelStateSucceeded" && type != "ParallelStateFailed") push(kept, std::move(event));
    }
    history = std::move(kept);
}

void check(const Json& testCase, const Json& run, Tally& tally, bool throughBytes) {
    const auto name = textOr(testCase, "name");
    const Json& expect = *find(run, "expect");
    std::set<std::string> words{"sfn_role_arn", "snf_role_arn", "activity_arn", "map_run_arn"};
    if (const Json* list = find(testCase, "wildcards"))
        for (const auto& word : list->GetArray()) words.insert(text(word));
    bool needsReader = false;
    if (const Json* needs = find(testCase, "needs"))
        for (const auto& need : needs->GetArray())
            needsReader = needsReader || text(need) == "s3-reader" || text(need) == "s3-writer";
    if (!find(expect, "status") || needsReader) {
        ++tally.skipped;
        return;
    }
    ++tally.runs;
    const auto definition = recorded::fill(definitionOf(testCase, run));
    const auto miss = [&](const std::string& why) {
        std::cout << "  " << name << ": " << why << "\n";
        tally.missed.insert(name);
    };
    CompileOptions options;
    if (textOr(testCase, "type") == "EXPRESS") options.type = MachineType::express;
    const auto compiled = compile(definition, options);
    if (!compiled.machine) return miss(invalidDefinitionMessage(compiled.diagnostics, ""));
    RecordedTasks tasks(run);
    Host host([&](const StartTask& task) { return tasks.answer(task); });
    host.throughBytes = throughBytes;
    host.stopAtOnce = textOr(expect, "status") == "ABORTED";
    host.activityExists = [&](std::string_view) { return !name.ends_with("on_deleted"); };
    const Json* given = find(run, "input");
    if (given && given->IsNull()) given = nullptr;
    const bool isText = given && given->IsString() && tryParseJson(view(*given));
    const auto input = recorded::fill(!given ? "{}" : isText ? text(*given) : writeJson(*given));
    auto ran = host.run(compiled.machine, Payload(input));

    Json outcome = object({{"status", nameOf(ran.execution.status())},
                           {"error", ran.execution.error()},
                           {"cause", ran.execution.cause()}});
    if (ran.execution.status() == ExecutionStatus::succeeded) set(outcome, "output", ran.execution.output().text());
    Json wanted(rapidjson::kObjectType);
    for (const char* member : {"status", "output", "error", "cause"})
        if (const Json* value = find(expect, member)) set(wanted, member, copy(*value));
    if (auto bad = differ(plain(wanted), plain(outcome), words)) return miss(*bad);
    ++tally.outcome;

    const Json* history = find(expect, "history");
    if (!history) {
        ++tally.history;
        return;
    }
    Json events = array(ran.history, [](const HistoryEvent& event) { return toJson(event); });
    Json recordedEvents = copy(*history);
    if (boolOr(testCase, "parallel_sorted", false))
        for (Json* list : {&events, &recordedEvents}) dropUnrecorded(*list);
    const Json expectedEvents = plain(recordedEvents), actualEvents = plain(events);
    auto bad = differ(expectedEvents, actualEvents, words);
    if (bad && hasFans(definition) && !differAsBag(expectedEvents, actualEvents, words)) bad.reset();
    if (bad) return miss("history " + *bad);
    ++tally.history;
}

Tally runAll(bool throughBytes) {
    Tally tally;
    const char* only = std::getenv("ASL_ONLY");
    for (const auto& testCase : recorded::cases("exec")) {
        if (only && textOr(testCase.json, "name").find(only) == std::string::npos) continue;
        for (const auto& run : find(testCase.json, "runs")->GetArray()) check(testCase.json, run, tally, throughBytes);
    }
    return tally;
}

/// Histories that differ, and why.
const std::set<std::string> kKnownDifferences = {
    // The recording names its function by a call of its own test.
    "local_mocking/test_base_scenarios::test_numbered_mock_responses_multiple_success_invocations",
    // Recorded before the context object had RedriveCount.
    "scenarios/test_base_scenarios::test_lambda_invoke_with_retry_extended_input",
    "scenarios/test_base_scenarios::test_lambda_service_invoke_with_retry_extended_input",
    // The recorder sorted the events of its branches, ids included.
    "scenarios/test_base_scenarios::test_parallel_state_nested",
};

}  // namespace

TEST_CASE("recorded executions end as they ended on AWS and leave the same history") {
    const Tally tally = runAll(false);
    std::cout << "asl exec: runs=" << tally.runs << " outcome=" << tally.outcome << " history=" << tally.history
              << " skipped=" << tally.skipped << "\n";
    if (std::getenv("ASL_ONLY") || tally.runs == 0) return;
    CHECK(tally.outcome == tally.runs);
    recorded::checkDifferences(tally.missed, kKnownDifferences);
}

TEST_CASE("an execution that is written down and taken up before every step ends the same") {
    if (std::getenv("ASL_ONLY")) return;
    const Tally tally = runAll(true);
    if (tally.runs > 0) recorded::checkDifferences(tally.missed, kKnownDifferences);
}

}  // namespace backlot::asl
