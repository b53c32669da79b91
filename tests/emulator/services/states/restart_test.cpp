// Executions go on after the process has ended between any two commits.

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <memory>

#include "emulator/services/states/service.h"
#include "emulator/world/world.h"
#include "tests/emulator/services/all.h"

using namespace backlot;
using namespace std::chrono_literals;

namespace {

/// Fails twice for "flaky", else answers its payload.
Reply invoke(Call& call, const Fields& request) {
    const Json payload = parseJson(request.text("Payload"));
    if (const auto name = optionalText(payload, "flaky")) {
        const Key key = Key("tries").text(*name);
        const auto before = call.get(key);
        const int tries = before ? std::stoi(std::string(*before)) : 0;
        call.put(key, std::to_string(tries + 1));
        if (tries < 2)
            return object({{"StatusCode", 200},
                           {"FunctionError", "Unhandled"},
                           {"Payload", R"({"errorType":"Busy","errorMessage":"later"})"}});
    }
    return object({{"StatusCode", 200}, {"ExecutedVersion", "$LATEST"}, {"Payload", request.text("Payload")}});
}

/// Sends every token back at once, through a job.
Json sendMessage(Call& call, const Fields& request) {
    const Json body = parseJson(request.text("MessageBody"));
    if (const auto token = optionalText(body, "token"))
        call.later(call.now + 3s, {.service = "states",
                                   .operation = "SendTaskSuccess",
                                   .request = object({{"taskToken", *token}, {"output", R"({"paid":true})"}})});
    return object({{"MessageId", "m1"}});
}

std::vector<Service> services() {
    std::vector<Service> result;
    result.push_back(states::statesService({.services = &allServices()}));
    result.push_back({.name = "lambda", .operations = {{"Invoke", invoke, mayWait}}});
    result.push_back({.name = "sqs", .operations = {{"SendMessage", sendMessage}}});
    return result;
}

class Run {
public:
    explicit Run(std::filesystem::path folder) : folder_(std::move(folder)) { open(); }

    void reopen() {
        world_.reset();
        open();
    }
    /// One commit; false where nothing is left to do before the clock moves.
    bool commitOne() { return world_->drain(); }
    Json call(std::string operation, Json request) {
        std::optional<Outcome> outcome;
        world_->submit({.service = "states",
                        .operation = std::move(operation),
                        .request = std::move(request),
                        .done = [&](Outcome result) { outcome = std::move(result); }});
        while (!outcome && world_->drain()) {
        }
        REQUIRE(outcome.has_value());
        if (auto* error = std::get_if<AwsError>(&*outcome)) throw *error;
        return std::move(std::get<Json>(*outcome));
    }
    World& world() { return *world_; }

private:
    void open() {
        world_ = std::make_unique<World>(WorldOptions{.store = {.folder = folder_, .mapBytes = std::size_t(1) << 28},
                                                      .clock = ClockMode::virtualTime,
                                                      .start = parseIso8601("2026-01-05T09:00:00Z"),
                                                      .seed = 42,
                                                      .operationsPerCommit = 1});
        for (auto& service : services()) world_->add(std::move(service));
        world_->start();
    }
    std::filesystem::path folder_;
    std::unique_ptr<World> world_;
};

/// Moves the clock to the next timer, by hand so that a reopened world goes on too.
bool moveOn(World& world) {
    const auto due = world.due(1);
    if (due.empty()) return false;
    world.advance(due[0].due, [](const World::Arrival&) {});
    return true;
}

/// The history without what differs from run to run: times, ids and tokens.
std::string shape(const Json& answer) {
    std::string result;
    for (const auto& event : find(answer, "events")->GetArray())
        result += std::to_string(intOr(event, "id", 0)) + " " + std::to_string(intOr(event, "previousEventId", 0)) +
                  " " + textOr(event, "type") + "\n";
    return result;
}

struct Finished {
    std::string history;
    std::size_t commits = 0;
};

/// Runs one machine to its end. After the `cut`th commit the process ends and the store is opened anew; 0: never.
Finished runMachine(const std::string& definition, const std::string& input, std::size_t cut) {
    const auto folder = std::filesystem::temp_directory_path() / ("backlot-restart-" + std::to_string(::getpid()));
    std::filesystem::remove_all(folder);
    Finished finished;
    {
        Run run(folder);
        const auto machine = textOr(
            run.call(
                "CreateStateMachine",
                object({{"name", "m"}, {"definition", definition}, {"roleArn", "arn:aws:iam::000000000000:role/r"}})),
            "stateMachineArn");
        const auto execution = textOr(
            run.call("StartExecution", object({{"stateMachineArn", machine}, {"input", input}, {"name", "one"}})),
            "executionArn");
        for (int idle = 0; idle < 2;) {
            const bool more = run.commitOne();
            if (++finished.commits == cut) run.reopen();
            if (more) continue;
            idle = moveOn(run.world()) ? 0 : idle + 1;
        }
        REQUIRE(textOr(run.call("DescribeExecution", object({{"executionArn", execution}})), "status") == "SUCCEEDED");
        finished.history =
            shape(run.call("GetExecutionHistory", object({{"executionArn", execution}, {"maxResults", 1000}})));
    }
    std::filesystem::remove_all(folder);
    return finished;
}

void checkEveryCommit(const std::string& definition, const std::string& input) {
    const auto undisturbed = runMachine(definition, input, 0);
    REQUIRE(undisturbed.commits > 1);
    for (std::size_t cut = 1; cut <= undisturbed.commits; ++cut) {
        CAPTURE(cut);
        REQUIRE(runMachine(definition, input, cut).history == undisturbed.history);
    }
}

const char* kInvoke =
    R"("Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Parameters":{"FunctionName":"f","Payload.$":"$"},"ResultPath":null)";

}  // namespace

TEST_CASE("an execution with waits and retries has the same history wherever the process ends") {
    checkEveryCommit(std::string(R"({"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":5,"Next":"T"},"T":{)") +
                         kInvoke +
                         R"(,"Retry":[{"ErrorEquals":["Busy"],"IntervalSeconds":2,"MaxAttempts":3}],"End":true}}})",
                     R"({"flaky":"t"})");
}

TEST_CASE("a Map and a Parallel of tasks have the same history wherever the process ends") {
    checkEveryCommit(
        std::string(
            R"({"StartAt":"M","States":{"M":{"Type":"Map","ItemsPath":"$.items","MaxConcurrency":2,"ResultPath":"$.done","Next":"P","ItemProcessor":{"StartAt":"I","States":{"I":{)") +
            kInvoke +
            R"(,"End":true}}}},"P":{"Type":"Parallel","End":true,"Branches":[{"StartAt":"A","States":{"A":{)" +
            kInvoke + R"(,"End":true}}},{"StartAt":"B","States":{"B":{"Type":"Wait","Seconds":1,"End":true}}}]}}})",
        R"({"items":[1,2,3]})");
}

TEST_CASE("a task that waits for its token has the same history wherever the process ends") {
    checkEveryCommit(
        R"({"StartAt":"T","States":{"T":{"Type":"Task","Resource":"arn:aws:states:::sqs:sendMessage.waitForTaskToken","TimeoutSeconds":60,
        "Parameters":{"QueueUrl":"http://q/000000000000/q","MessageBody":{"token.$":"$$.Task.Token"}},"Next":"S"},"S":{"Type":"Succeed"}}})",
        "{}");
}

TEST_CASE("a Distributed Map has the same history wherever the process ends") {
    checkEveryCommit(
        std::string(
            R"({"StartAt":"M","States":{"M":{"Type":"Map","ItemsPath":"$.items","MaxConcurrency":2,"End":true,"ItemProcessor":{"ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"},
        "StartAt":"I","States":{"I":{)") +
            kInvoke + R"(,"End":true}}}}}})",
        R"({"items":[{"a":1},{"a":2},{"a":3}]})");
}

TEST_CASE("jittered retries, variables, a Catch and a heartbeat have the same history wherever the process ends") {
    checkEveryCommit(R"({"QueryLanguage":"JSONata","StartAt":"P","States":{
        "P":{"Type":"Parallel","Assign":{"paid":"{% $states.result[0] %}"},"Next":"E","Branches":[
            {"StartAt":"R","States":{"R":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Arguments":{"FunctionName":"f","Payload":{"flaky":"r"}},"Output":"{% $states.result.Payload %}",
                "Retry":[{"ErrorEquals":["Busy"],"IntervalSeconds":9,"JitterStrategy":"FULL"}],"End":true}}},
            {"StartAt":"H","States":{"H":{"Type":"Task","Resource":"arn:aws:states:::sqs:sendMessage.waitForTaskToken","HeartbeatSeconds":2,"TimeoutSeconds":60,
                "Arguments":{"QueueUrl":"http://q/000000000000/q","MessageBody":{"token":"{% $states.context.Task.Token %}"}},
                "Catch":[{"ErrorEquals":["States.HeartbeatTimeout"],"Assign":{"late":true},"Output":"late","Next":"C"}],"End":true},"C":{"Type":"Pass","Output":"{% $late %}","End":true}}}]},
        "E":{"Type":"Pass","Output":"{% $paid %}","End":true}}})",
                     "{}");
}
