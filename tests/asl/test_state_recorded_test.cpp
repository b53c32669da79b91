// TestState calls recorded on AWS.

#include <doctest/doctest.h>

#include <cstdlib>
#include <iostream>

#include "asl/execution/test_state.h"
#include "tests/asl/host.h"
#include "tests/asl/recorded.h"

namespace backlot::asl {
namespace {

TestStateRequest requestOf(const Json& params) {
    TestStateRequest request;
    const auto filled = [&](const char* name) -> std::optional<std::string> {
        const auto value = optionalText(params, name);
        return value ? std::optional(recorded::fill(*value)) : std::nullopt;
    };
    request.definition = *filled("definition");
    request.stateName = filled("stateName");
    request.input = filled("input").value_or("{}");
    request.variables = filled("variables");
    request.context = filled("context");
    const auto level = textOr(params, "inspectionLevel", "INFO");
    request.inspectionLevel = level == "INFO"    ? InspectionLevel::info
                              : level == "DEBUG" ? InspectionLevel::debug
                                                 : InspectionLevel::trace;
    request.revealSecrets = boolOr(params, "revealSecrets", false);
    if (const Json* mock = find(params, "mock")) {
        request.mock.emplace();
        if (const auto result = optionalText(*mock, "result")) request.mock->result = recorded::fill(*result);
        if (const Json* error = find(*mock, "errorOutput"))
            request.mock->errorOutput = {optionalText(*error, "error"), optionalText(*error, "cause")};
    }
    if (const Json* configuration = find(params, "stateConfiguration")) {
        request.retrierRetryCount = static_cast<std::uint32_t>(intOr(*configuration, "retrierRetryCount", 0));
        request.errorCausedByState = optionalText(*configuration, "errorCausedByState");
        if (find(*configuration, "mapIterationFailureCount"))
            request.mapIterationFailureCount = intOr(*configuration, "mapIterationFailureCount", 0);
        request.mapItemReaderData = optionalText(*configuration, "mapItemReaderData");
    }
    return request;
}

/// Nothing where a task has to be run for real.
std::optional<Json> call(const Json& params) {
    SeededDice dice;
    Identity identity = Host::exampleIdentity();
    identity.executionArn = "arn:aws:states:us-east-1:000000000000:express:checkout:ORDER-1";
    identity.roleArn = recorded::fill(textOr(params, "roleArn"));
    try {
        StateTest test(requestOf(params), identity, fromSeconds(1'767'603'600), dice);
        if (test.task()) return std::nullopt;
        return test.response();
    } catch (const AwsError& error) {
        return object(
            {{"Error", object({{"Code", error.code()}, {"Message", error.message()}})}, {"message", error.message()}});
    }
}

}  // namespace

TEST_CASE("TestState answers as it answered on AWS") {
    int runs = 0, passed = 0, skipped = 0;
    std::set<std::string> missed;
    for (const auto& testCase : recorded::cases("teststate")) {
        const auto name = textOr(testCase.json, "name");
        std::set<std::string> words;
        if (const Json* list = find(testCase.json, "wildcards"))
            for (const auto& word : list->GetArray()) words.insert(text(word));
        bool all = true, counted = false;
        for (const auto& run : find(testCase.json, "runs")->GetArray()) {
            const Json* expect = find(run, "expect");
            const auto wanted = writeJson(*expect);
            if (find(run, "derived") || wanted.find("Mock result schema") != std::string::npos) continue;
            const auto actual = call(*find(run, "params"));
            if (!actual) continue;
            counted = true;
            if (auto bad = recorded::differ(recorded::plain(*expect), recorded::plain(*actual), words, "$",
                                            find(*expect, "Error") != nullptr)) {
                std::cout << "  " << name << ": " << *bad << "\n";
                missed.insert(name);
                all = false;
            }
        }
        if (!counted)
            ++skipped;
        else
            ++runs, passed += all ? 1 : 0;
    }
    std::cout << "asl teststate: cases=" << runs << " passed=" << passed << " not here (tasks, models)=" << skipped
              << "\n";
    // Its recording names the execution by a call of its own test.
    if (runs == 0) return;
    recorded::checkDifferences(missed, {"test_state/test_test_state_mock_scenarios::test_sfn_start_execution_success"});
}

}  // namespace backlot::asl
