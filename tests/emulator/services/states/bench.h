#pragma once
// A world with the service under test, and stand-ins for those that its tasks call.

#include "emulator/services/s3/service.h"
#include "emulator/services/states/service.h"
#include "tests/emulator/bench.h"
#include "tests/emulator/services/all.h"

namespace backlot {

/// Stands in for Lambda: answers with its payload, fails as the payload says, or waits.
inline Reply invoke(Call& call, const Fields& request) {
    const Json payload = parseJson(request.text("Payload"));
    const auto before = call.get(Key("calls"));
    call.put(Key("calls"), std::to_string((before ? std::stoi(std::string(*before)) : 0) + 1));
    if (const auto error = optionalText(payload, "fail");
        error && (!before || std::stoi(std::string(*before)) < intOr(payload, "times", 99)))
        return object({{"StatusCode", 200},
                       {"FunctionError", "Unhandled"},
                       {"Payload", writeJson(object({{"errorType", *error}, {"errorMessage", "told to"}}))}});
    return object({{"StatusCode", 200}, {"ExecutedVersion", "$LATEST"}, {"Payload", request.text("Payload")}});
}

/// Answers, but for a message that says otherwise.
inline Reply sendMessage(Call& call, const Fields& request) {
    if (request.text("MessageBody") == "never answered")
        return Wait{.topic = "sqs:never", .ask = [](Call&, bool) -> std::optional<Json> { return std::nullopt; }};
    call.put(Key("body"), request.text("MessageBody"));
    return object({{"MessageId", "m1"}, {"MD5OfMessageBody", "x"}});
}

inline Json lastBody(Call& call, const Fields&) {
    return object({{"body", std::string(call.get(Key("body")).value_or(""))}});
}

/// Keeps the status events of executions: "RUNNING", "SUCCEEDED".
inline Json putEvents(Call& call, const Fields& request) {
    std::string statuses(call.get(Key("statuses")).value_or(""));
    for (const Json* entry : request.items("Entries"))
        statuses += textOr(parseJson(textOr(*entry, "Detail")), "status") + " ";
    call.put(Key("statuses"), statuses);
    return object({{"FailedEntryCount", 0}, {"Entries", list()}});
}

inline Json statuses(Call& call, const Fields&) {
    return object({{"statuses", std::string(call.get(Key("statuses")).value_or(""))}});
}

inline Json appendLogs(Call& call, const Fields& request) {
    std::string lines(call.get(Key("lines")).value_or(""));
    for (const Json* event : request.items("events"))
        lines += textOr(parseJson(textOr(*event, "message")), "type") + " ";
    call.put(Key("lines"), lines);
    return object();
}

inline Json logged(Call& call, const Fields&) {
    return object({{"lines", std::string(call.get(Key("lines")).value_or(""))}});
}

struct StatesBench : Bench {
    explicit StatesBench(states::Surroundings surroundings = {})
        : Bench([&] {
              std::vector<Service> services;
              surroundings.services = &allServices();
              services.push_back(states::statesService(std::move(surroundings)));
              services.push_back(s3::s3Service());
              services.push_back({.name = "events", .operations = {{"PutEvents", putEvents}, {"Statuses", statuses}}});
              services.push_back({.name = "logs", .operations = {{"AppendLogs", appendLogs}, {"Logged", logged}}});
              services.push_back({.name = "lambda", .operations = {{"Invoke", invoke, mayWait}}});
              services.push_back({.name = "sqs", .operations = {{"SendMessage", sendMessage}, {"LastBody", lastBody}}});
              return services;
          }()) {}

    std::string machine(const std::string& name, const std::string& definition, const char* type = "STANDARD") {
        return textOr(call("states", "CreateStateMachine",
                           object({{"name", name},
                                   {"definition", definition},
                                   {"roleArn", "arn:aws:iam::000000000000:role/r"},
                                   {"type", type}})),
                      "stateMachineArn");
    }
    std::string start(const std::string& arn, const std::string& input = "{}", std::optional<std::string> name = {}) {
        return textOr(
            call("states", "StartExecution", object({{"stateMachineArn", arn}, {"input", input}, {"name", name}})),
            "executionArn");
    }
    Json describe(const std::string& arn) {
        return call("states", "DescribeExecution", object({{"executionArn", arn}}));
    }
    std::string status(const std::string& arn) { return textOr(describe(arn), "status"); }
    std::vector<std::string> history(const std::string& arn) {
        std::vector<std::string> types;
        const Json answer = call("states", "GetExecutionHistory", object({{"executionArn", arn}}));
        for (const auto& event : find(answer, "events")->GetArray()) types.push_back(textOr(event, "type"));
        return types;
    }
};

inline const std::string kPass =
    R"({"StartAt":"A","States":{"A":{"Type":"Pass","Result":{"ok":true},"ResultPath":"$.a","End":true}}})";

}  // namespace backlot
