// What must hold up: large definitions and payloads, many items, and expressions that would never end.

#include <doctest/doctest.h>

#include "tests/asl/host.h"

namespace backlot::asl {
namespace {

std::shared_ptr<const Machine> machineOf(const std::string& definition) {
    const auto compiled = compile(definition);
    for (const auto& found : compiled.diagnostics) FAIL_CHECK(found.message << " at " << found.location);
    REQUIRE(compiled.machine);
    return compiled.machine;
}

std::string jsonataMachine(const std::string& expression) {
    return writeJson(
        object({{"QueryLanguage", "JSONata"},
                {"StartAt", "A"},
                {"States",
                 object({{"A", object({{"Type", "Pass"}, {"Output", "{% " + expression + " %}"}, {"End", true}})}})}}));
}

}  // namespace

TEST_CASE("a definition of one mebibyte is read and run") {
    constexpr int kStates = 5'000;
    const std::string comment(100, 'c');
    std::string text = R"({"StartAt": "S0", "States": {)";
    for (int i = 0; i < kStates; ++i) {
        const std::string name = "S" + std::to_string(i), next = "S" + std::to_string(i + 1);
        text += "\"" + name + R"(": {"Type": "Pass", "Comment": ")" + comment +
                R"(", "Parameters": {"a.$": "$.a"}, "Next": ")" + next + "\"},\n";
    }
    text += "\"S" + std::to_string(kStates) + R"(": {"Type": "Succeed"}}})";
    text.append((std::size_t(1) << 20) - text.size(), ' ');
    const auto machine = machineOf(text);
    CHECK(machine->states.size() == kStates + 1);
    Host host;
    CHECK(host.run(machine, Payload(std::string(R"({"a": 1})"))).execution.status() == ExecutionStatus::succeeded);
}

TEST_CASE("a payload of 256 KiB goes through every kind of field, and comes out as it went in") {
    const std::string input = R"({"a":")" + std::string(262'144 - 8, 'x') + R"("})";
    REQUIRE(input.size() == 262'144);
    const auto machine = machineOf(R"({"StartAt": "P", "States": {
        "P": {"Type": "Pass", "Parameters": {"a.$": "$.a"}, "Next": "C"},
        "C": {"Type": "Choice", "Choices": [{"Variable": "$.a", "StringMatches": "x*x*x*y", "Next": "F"}], "Default": "J"},
        "F": {"Type": "Fail"},
        "J": {"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% {'a': $replace($states.input.a, /y/, 'z')} %}", "Next": "T"},
        "T": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:000000000000:function:f", "ResultPath": "$.a", "ResultSelector": {"n.$": "$.a"}, "OutputPath": "$.a.n", "End": true}}})");
    Host host([](const StartTask& task) { return std::vector<Event>{TaskSucceeded{task.attempt, task.parameters}}; });
    const auto run = host.run(machine, Payload(input));
    CHECK(run.execution.error().value_or("") == "");
    CHECK(run.execution.output().text() == "\"" + std::string(262'144 - 8, 'x') + "\"");
}

TEST_CASE("an inline Map of 6,000 items joins them all") {
    std::string items = "[";
    for (int i = 0; i < 6'000; ++i) items += (i ? "," : "") + std::to_string(i);
    const auto machine = machineOf(
        R"({"StartAt": "M", "States": {"M": {"Type": "Map", "MaxConcurrency": 40, "End": true, "ItemProcessor": {"StartAt": "I", "States": {"I": {"Type": "Pass", "End": true}}}}}})");
    Host host;
    const auto run = host.run(machine, Payload(items + "]"));
    CHECK(run.execution.output().text() == items + "]");
}

TEST_CASE("a payload that a loop wraps once more each time ends the execution, not the process") {
    for (const char* state : {R"("Parameters": {"a.$": "$"})", R"json("Parameters": {"a.$": "States.Array($)"})json",
                              R"("ResultPath": "$.a.a.a", "Result": {"a": 1}, "OutputPath": "$")",
                              R"("QueryLanguage": "JSONata", "Output": {"a": "{% $states.input %}"})",
                              R"json("QueryLanguage": "JSONata", "Output": "{% [[$states.input]] %}")json",
                              R"("Parameters": {"a.$": "$"}, "Assign": {"v.$": "$"})"}) {
        CAPTURE(state);
        const auto machine =
            machineOf(R"({"StartAt": "A", "States": {"A": {"Type": "Pass", )" + std::string(state) + R"(, "Next": "B"},
            "B": {"Type": "Choice", "Choices": [{"Variable": "$$.State.Name", "StringEquals": "never", "Next": "C"}], "Default": "A"}, "C": {"Type": "Succeed"}}})");
        Host host;
        const auto run = host.run(machine, Payload(std::string("{}")));
        CHECK(run.execution.status() == ExecutionStatus::failed);
        CHECK(run.execution.error().value_or("").starts_with("States."));
    }
}

TEST_CASE("scans within scans end before they have looked at everything again and again") {
    std::string deep, wide = "[1";
    for (int i = 0; i < 900; ++i) deep += R"({"a":)";
    deep += "1" + std::string(900, '}');
    for (int i = 0; i < 50'000; ++i) wide += ",1";
    for (const std::string& input : {deep, wide + "]"}) {
        for (const char* path : {"$..*..*", "$..*..*..*..*", "$..a..a..a..a..a.sum()", "$..[?(@..a)]..*"}) {
            CAPTURE(path);
            const auto machine =
                machineOf(R"({"StartAt": "A", "States": {"A": {"Type": "Pass", "Parameters": {"a.$": ")" +
                          std::string(path) + R"("}, "End": true}}})");
            Host host;
            const auto status = host.run(machine, Payload(input)).execution.status();
            CHECK((status == ExecutionStatus::failed || status == ExecutionStatus::succeeded));
        }
    }
}

TEST_CASE("a path of more steps than a payload has levels is none") {
    std::string path = "$";
    for (int i = 0; i < 100'000; ++i) path += ".a";
    CHECK_FALSE(
        compile(R"({"StartAt": "A", "States": {"A": {"Type": "Pass", "ResultPath": ")" + path + R"(", "End": true}}})")
            .machine);
    CHECK_FALSE(
        compile(R"({"StartAt": "A", "States": {"A": {"Type": "Pass", "InputPath": ")" + path + R"(", "End": true}}})")
            .machine);
}

TEST_CASE("an expression that would never end ends by its budget") {
    for (const char* expression : {
             "($f := function($x) { $f($x) }; $f(1))",
             "($f := function($x) { 1 + $f($x) }; $f(1))",
             "($f := function($x) { [$f($x), $f($x)] }; $f(1))",
             "($y := function($f) { ($g := function($x) { $f($x($x)) }; $g($g)) }; $y($y))",
             "($f := function($n) { $n > 0 ? $map([1..1000], function($v) { $f($n - 1) }) }; $f(6))",
             "$sum([1..10000000])",
             "($s := 'x'; $reduce([1..60], function($a, $b) { $a & $a }, $s))",
         }) {
        CAPTURE(expression);
        Host host;
        const auto run = host.run(machineOf(jsonataMachine(expression)), Payload(std::string("{}")));
        CHECK(run.execution.error().value_or("") == "States.QueryEvaluationError");
    }
}

}  // namespace backlot::asl
