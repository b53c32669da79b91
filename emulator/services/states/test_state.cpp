#include "emulator/services/states/test_state.h"

#include "emulator/base/arn.h"
#include "emulator/base/hash.h"
#include "emulator/services/states/errors.h"
#include "emulator/services/states/integrations.h"
#include "emulator/services/states/runner.h"
#include "emulator/services/states/tasks.h"

namespace backlot::states {
namespace {

/// Dice that outlive the call they were seeded by.
class KeptDice : public asl::Dice {
public:
    explicit KeptDice(std::uint64_t seed) : seed_(seed) {}
    std::uint64_t next() override { return mix(seed_, ++drawn_); }

private:
    std::uint64_t seed_, drawn_ = 0;
};

std::string topicOf(std::uint64_t test) { return "states:test:" + std::to_string(test); }

asl::TestStateRequest requestOf(const Fields& request) {
    asl::TestStateRequest result;
    result.definition = request.text("definition");
    result.stateName = request.optionalText("stateName");
    result.input = request.valueOr("input", "{}");
    result.variables = request.optionalText("variables");
    result.context = request.optionalText("context");
    const std::string level = request.valueOr("inspectionLevel", "INFO");
    result.inspectionLevel = level == "TRACE"   ? asl::InspectionLevel::trace
                             : level == "DEBUG" ? asl::InspectionLevel::debug
                                                : asl::InspectionLevel::info;
    result.revealSecrets = request.valueOr("revealSecrets", false);
    if (request.has("mock")) {
        const Fields mock = request.child("mock");
        result.mock.emplace();
        result.mock->result = mock.optionalText("result");
        if (mock.has("errorOutput"))
            result.mock->errorOutput = {mock.child("errorOutput").optionalText("error"),
                                        mock.child("errorOutput").optionalText("cause")};
    }
    const Fields configuration = request.child("stateConfiguration");
    result.retrierRetryCount = static_cast<std::uint32_t>(configuration.valueOr("retrierRetryCount", 0));
    result.errorCausedByState = configuration.optionalText("errorCausedByState");
    result.mapIterationFailureCount = configuration.optionalInteger("mapIterationFailureCount");
    result.mapItemReaderData = configuration.optionalText("mapItemReaderData");
    return result;
}

/// A mocked result must look like the answer of what it stands for.
/// Differs: only the answers of services that Backlot serves are known; AWS checks those of all.
void checkMock(const Surroundings& surroundings, const asl::Resource& resource, const Fields& mock) {
    const SdkNames& names = surroundings.sdk;
    const std::string mode = mock.valueOr("fieldValidationMode", "STRICT");
    const auto result = mock.optionalText("result");
    if (!result || mode == "NONE" || !names.mismatch || resource.kind != asl::ResourceKind::integration ||
        resource.pattern != asl::IntegrationPattern::requestResponse)
        return;
    const auto parsed = tryParseJson(*result);
    if (!parsed) return;
    const ServiceDescription* service = nullptr;
    if (surroundings.services)
        service = resource.isSdk() ? findSdk(*surroundings.services, resource)
                                   : findOptimised(*surroundings.services, resource);
    if (!service) return;
    if (const auto wrong =
            names.mismatch(std::string(service->name), operationName(resource.action), *parsed, mode == "STRICT"))
        throw validation("Mock result schema validation error: " + *wrong);
}

}  // namespace

struct TestRuns::Run {
    KeptDice dice;
    asl::StateTest test;
    bool done = false;
    Run(asl::TestStateRequest request, asl::Identity identity, Time now, std::uint64_t seed)
        : dice(seed), test(std::move(request), std::move(identity), now, dice) {}
};

Reply TestRuns::testState(Call& call, const Fields& request) {
    const std::string name = call.uuid("execution"), machine = "TestState-" + call.uuid("machine").substr(0, 8);
    asl::Identity identity{.executionArn = arn("states", call.region, call.account,
                                               "express:" + machine + ":" + name + ":" + call.uuid("express")),
                           .executionName = name,
                           .stateMachineArn = arn("states", call.region, call.account, "stateMachine:" + machine),
                           .stateMachineName = machine,
                           .roleArn = request.valueOr("roleArn", ""),
                           .startTime = call.now};
    auto run = std::make_shared<Run>(requestOf(request), std::move(identity), call.now, call.roll("test"));
    if (request.has("mock")) {
        if (const auto* resource = run->test.resource())
            checkMock(runner_.surroundings(), *resource, request.child("mock"));
    }
    if (!run->test.task()) return run->test.response();
    if (!request.has("roleArn")) throw validation("The roleArn must be specified when a mock is not specified.");
    const std::uint64_t number = ++last_;
    runs_[number] = run;
    call.ifUndone([this, number] { runs_.erase(number); });
    startTestTask(runner_, call, number, *run->test.task());
    const auto ask = [this, run, number](Call& later, bool) -> std::optional<Json> {
        if (!run->done) return std::nullopt;
        later.afterCommit([this, number] { runs_.erase(number); });
        return run->test.response();
    };
    return Wait{.topic = topicOf(number), .ask = ask, .busy = "TestState", .abandoned = [this, number] {
                    runs_.erase(number);
                }};
}

void TestRuns::answered(Call& call, std::uint64_t test, const asl::Event& answer) {
    const auto found = runs_.find(test);
    if (found == runs_.end()) return;
    call.signal(topicOf(test));
    Run& run = *found->second;
    if (run.done) return;  // told already, in a transaction that was undone
    if (const auto* ok = std::get_if<asl::TaskSucceeded>(&answer))
        run.test.answer(ok->output);
    else if (const auto* bad = std::get_if<asl::TaskFailed>(&answer))
        run.test.answer(bad->error, bad->cause);
    run.done = true;
}

}  // namespace backlot::states
