#include "asl/language/machine.h"

#include <doctest/doctest.h>

#include <string>

namespace backlot::asl {
namespace {

std::string firstFinding(const char* definition) {
    const auto compiled = compile(definition);
    if (compiled.diagnostics.empty()) return "";
    const auto& first = compiled.diagnostics.front();
    return first.code + ": " + first.message + " at " + first.location;
}

}  // namespace

TEST_CASE("a transition to a state that is not there is named with its place") {
    CHECK(firstFinding(R"({"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}}})") ==
          "MISSING_TRANSITION_TARGET: Missing 'Next' target: B at /States/A/Next");
    CHECK(firstFinding(R"({"StartAt": "B", "States": {"A": {"Type": "Pass", "End": true}}})") ==
          "MISSING_TRANSITION_TARGET: Missing 'StartAt' target: B at /StartAt");
    CHECK(
        firstFinding(R"({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}, "B": {"Type": "Succeed"}}})") ==
        "MISSING_TRANSITION_TARGET: State \"B\" is not reachable. at /States/B");
}

TEST_CASE("all that is wrong is found in one pass, with line and column") {
    const auto compiled = compile(R"({
  "StartAt": "A",
  "States": {
    "A": {"Type": "Wait", "Seconds": -1, "Next": "Z"},
    "B": {"Type": "Task", "End": true}
  }
})");
    CHECK(compiled.machine == nullptr);
    REQUIRE(compiled.diagnostics.size() == 3);
    CHECK(compiled.diagnostics[0].location == "/States/A/Next");
    CHECK(compiled.diagnostics[0].line == 4);
    CHECK(compiled.diagnostics[1].location == "/States/A/Seconds");
    CHECK(compiled.diagnostics[2].message == "These fields are required: [Resource]");
    CHECK(compiled.diagnostics[2].line == 5);
    CHECK(compiled.diagnostics[2].column == 5);
}

TEST_CASE("a field of the other query language is refused") {
    CHECK(
        firstFinding(
            R"({"QueryLanguage": "JSONata", "StartAt": "A", "States": {"A": {"Type": "Pass", "InputPath": "$.x", "End": true}}})")
            .ends_with("at /States/A/InputPath"));
    CHECK(firstFinding(R"({"StartAt": "A", "States": {"A": {"Type": "Pass", "Output": 1, "End": true}}})")
              .ends_with("at /States/A/Output"));
}

TEST_CASE("nesting bombs are findings, not crashes") {
    std::string definition = R"({"Type": "Pass", "End": true})";
    for (int i = 0; i < 100; ++i)
        definition =
            R"({"Type": "Parallel", "End": true, "Branches": [{"StartAt": "S", "States": {"S": )" + definition + "}}]}";
    CHECK(compile(R"({"StartAt": "S", "States": {"S": )" + definition + "}}").machine == nullptr);
    CHECK(compile(std::string(200'000, '[')).machine == nullptr);
    CHECK(compile(R"({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true, "Parameters": )" +
                  std::string(400, '[') + std::string(400, ']') + "}}}")
              .machine == nullptr);
}

TEST_CASE("a resource ARN is taken apart") {
    const auto sdk = parseResource("arn:aws:states:::aws-sdk:dynamodb:putItem");
    CHECK(sdk.service == "aws-sdk:dynamodb");
    CHECK(sdk.action == "putItem");
    const auto token = parseResource("arn:aws:states:::sqs:sendMessage.waitForTaskToken");
    CHECK(token.pattern == IntegrationPattern::waitForTaskToken);
    CHECK(token.actionWithPattern() == "sendMessage.waitForTaskToken");
    CHECK(parseResource("arn:aws:states:::states:startExecution.sync:2").actionWithPattern() ==
          "startExecution.sync:2");
    CHECK(parseResource("arn:aws:states:us-east-1:000000000000:activity:work").kind == ResourceKind::activity);
    CHECK(parseResource("arn:aws:lambda:us-east-1:000000000000:function:pay").kind == ResourceKind::lambdaArn);
}

TEST_CASE("the variables that a state reads are listed") {
    const auto compiled = compile(R"({"StartAt": "A", "States": {
        "A": {"Type": "Pass", "Assign": {"x": 1}, "Next": "B"},
        "B": {"Type": "Choice", "Choices": [{"Variable": "$x", "NumericEqualsPath": "$limit.max", "Next": "C"}], "Default": "C"},
        "C": {"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $sum([$x, $states.input]) %}", "End": true}}})");
    REQUIRE(compiled.machine);
    const auto references = variableReferences(*compiled.machine);
    CHECK(references.count("A") == 0);
    CHECK(references.at("B") == std::set<std::string>{"limit", "x"});
    CHECK(references.at("C") == std::set<std::string>{"x"});
}

}  // namespace backlot::asl
