// Definitions that AWS judged: ValidateStateMachineDefinition, and creations that it refused.

#include <doctest/doctest.h>

#include <iostream>

#include "asl/language/machine.h"
#include "tests/asl/recorded.h"

namespace backlot::asl {
namespace {

/// ValidateStateMachineDefinition's answer.
Json validated(const Compiled& compiled) {
    Json diagnostics(rapidjson::kArrayType);
    for (const auto& diagnostic : compiled.diagnostics) {
        Json entry = object({{"severity", diagnostic.severity == Severity::error ? "ERROR" : "WARNING"},
                             {"code", diagnostic.code},
                             {"message", diagnostic.message}});
        if (!diagnostic.location.empty()) set(entry, "location", diagnostic.location);
        push(diagnostics, std::move(entry));
    }
    return object(
        {{"result", compiled.machine ? "OK" : "FAIL"}, {"diagnostics", std::move(diagnostics)}, {"truncated", false}});
}

Json refused(const Compiled& compiled, const std::string& definition) {
    if (compiled.machine) return object({{"stateMachineArn", "created"}});
    const auto message = invalidDefinitionMessage(compiled.diagnostics, definition);
    return object({{"Error", object({{"Code", "InvalidDefinition"}, {"Message", message}})}, {"message", message}});
}

}  // namespace

TEST_CASE("definitions are judged as AWS judged them") {
    int runs = 0, passed = 0;
    for (const auto& testCase : recorded::cases("validate"))
        for (const auto& run : find(testCase.json, "runs")->GetArray()) {
            const Json& params = *find(run, "params");
            if (find(params, "versionDescription")) continue;  // the service's own check
            ++runs;
            const auto definition = recorded::fill(textOr(params, "definition"));
            const CompileOptions options{.type = textOr(params, "type") == "EXPRESS" ? MachineType::express
                                                                                     : MachineType::standard};
            const auto compiled = compile(definition, options);
            const Json answer =
                textOr(run, "op") == "CreateStateMachine" ? refused(compiled, definition) : validated(compiled);
            const Json& expect = *find(run, "expect");
            const auto bad = recorded::differ(recorded::plain(expect), recorded::plain(answer), {}, "$",
                                              find(expect, "Error") != nullptr);
            if (bad)
                std::cout << "  " << textOr(testCase.json, "name") << ": " << *bad << "\n";
            else
                ++passed;
        }
    std::cout << "asl validate: runs=" << runs << " passed=" << passed << "\n";
    CHECK(passed == runs);
}

TEST_CASE("every definition that ran on AWS is accepted without a finding") {
    for (const auto& testCase : recorded::cases("exec")) {
        const Json* definition = find(testCase.json, "definition");
        if (!definition) continue;
        const auto text = recorded::fill(definition->IsString() ? backlot::text(*definition) : writeJson(*definition));
        const auto compiled = compile(text);
        for (const auto& diagnostic : compiled.diagnostics)
            FAIL_CHECK(textOr(testCase.json, "name") << ": " << diagnostic.message << " at " << diagnostic.location);
    }
}

}  // namespace backlot::asl
