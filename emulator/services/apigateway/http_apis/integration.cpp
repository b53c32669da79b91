#include "emulator/services/apigateway/http_apis/integration.h"

#include <algorithm>
#include <array>

#include "emulator/services/apigateway/authorization.h"
#include "emulator/services/apigateway/http_apis/mapping.h"

namespace backlot::apigateway::http_apis {
namespace {

/// A parameter of a service's integration, and the member of the operation's request that it becomes.
struct Parameter {
    std::string_view name, member;
    bool json = false;    // its text is JSON
    bool number = false;  // its text is a whole number
};

struct Subtype {
    std::string_view name, service, operation;
    std::vector<Parameter> parameters;
};

const std::vector<Subtype>& subtypes() {
    static const std::vector<Subtype> all{
        {"EventBridge-PutEvents",
         "events",
         "PutEvents",
         {{"Detail", "Detail"},
          {"DetailType", "DetailType"},
          {"Source", "Source"},
          {"Time", "Time"},
          {"EventBusName", "EventBusName"},
          {"Resources", "Resources", true},
          {"TraceHeader", "TraceHeader"}}},
        {"SQS-SendMessage",
         "sqs",
         "SendMessage",
         {{"QueueUrl", "QueueUrl"},
          {"MessageBody", "MessageBody"},
          {"DelaySeconds", "DelaySeconds", false, true},
          {"MessageAttributes", "MessageAttributes", true},
          {"MessageDeduplicationId", "MessageDeduplicationId"},
          {"MessageGroupId", "MessageGroupId"},
          {"MessageSystemAttributes", "MessageSystemAttributes", true}}},
        {"SQS-ReceiveMessage",
         "sqs",
         "ReceiveMessage",
         {{"QueueUrl", "QueueUrl"},
          {"AttributeNames", "AttributeNames", true},
          {"MaxNumberOfMessages", "MaxNumberOfMessages", false, true},
          {"MessageAttributeNames", "MessageAttributeNames", true},
          {"ReceiveRequestAttemptId", "ReceiveRequestAttemptId"},
          {"VisibilityTimeout", "VisibilityTimeout", false, true},
          {"WaitTimeSeconds", "WaitTimeSeconds", false, true}}},
        {"SQS-DeleteMessage", "sqs", "DeleteMessage", {{"QueueUrl", "QueueUrl"}, {"ReceiptHandle", "ReceiptHandle"}}},
        {"SQS-PurgeQueue", "sqs", "PurgeQueue", {{"QueueUrl", "QueueUrl"}}},
        {"StepFunctions-StartExecution",
         "states",
         "StartExecution",
         {{"StateMachineArn", "stateMachineArn"},
          {"Name", "name"},
          {"Input", "input"},
          {"TraceHeader", "traceHeader"}}},
        {"StepFunctions-StartSyncExecution",
         "states",
         "StartSyncExecution",
         {{"StateMachineArn", "stateMachineArn"},
          {"Name", "name"},
          {"Input", "input"},
          {"TraceHeader", "traceHeader"}}},
        {"StepFunctions-StopExecution",
         "states",
         "StopExecution",
         {{"ExecutionArn", "executionArn"}, {"Cause", "cause"}, {"Error", "error"}}},
    };
    return all;
}

Json valueOf(const Parameter& parameter, const std::string& text) {
    if (parameter.json)
        if (auto json = tryParseJson(text)) return std::move(*json);
    if (parameter.number)
        if (auto json = tryParseJson(text); json && json->IsInt64()) return std::move(*json);
    return str(text);
}

/// The operation's request, filled from the integration's RequestParameters.
IntegrationCall serviceCall(const Subtype& subtype, const HttpTarget& target, const ApiRequest& request) {
    Json input = object();
    const Json* given = find(target.match.route->integration, "RequestParameters");
    for (const auto& parameter : subtype.parameters) {
        const auto expression = given ? optionalText(*given, parameter.name) : std::nullopt;
        if (!expression) continue;
        if (const auto value = mapped(*expression, target, request))
            set(input, parameter.member, valueOf(parameter, *value));
    }
    if (subtype.operation == "PutEvents") input = object({{"Entries", list({std::move(input)})}});
    return {std::string(subtype.service), std::string(subtype.operation), std::move(input)};
}

/// A function's ARN, bare or in an invocation URI.
std::string functionOf(const std::string& uri, const Json& stageVariables) {
    return uri.starts_with("arn:aws:lambda:") ? uri : functionOfUri(uri, stageVariables);
}

}  // namespace

ApiResponse plainAnswer(int status, std::string_view message) {
    return {.status = status,
            .headers = {{"Content-Type", "application/json"}},
            .body = writeJson(object({{"message", message}}))};
}

std::optional<IntegrationCall> callOf(const HttpTarget& target, const ApiRequest& request, std::string& problem) {
    const Json& integration = target.match.route->integration;
    if (integration.IsNull()) {
        problem = "The route " + target.match.route->key + " has no integration.";
        return std::nullopt;
    }
    if (const auto name = optionalText(integration, "IntegrationSubtype")) {
        const auto found = std::find_if(subtypes().begin(), subtypes().end(),
                                        [&](const Subtype& subtype) { return subtype.name == *name; });
        if (found != subtypes().end()) return serviceCall(*found, target, request);
        problem = "Backlot has no integration " + *name + ".";
        return std::nullopt;
    }
    const std::string function = functionOf(textOr(integration, "IntegrationUri"), target.stageVariables);
    if (textOr(integration, "IntegrationType") != "AWS_PROXY" || function.empty()) {
        problem = "Backlot has no HTTP_PROXY integrations of HTTP APIs.";
        return std::nullopt;
    }
    const Json* parameters = find(integration, "RequestParameters");
    const ApiRequest changed = parameters ? mapRequest(*parameters, target, request) : request;
    const bool second = textOr(integration, "PayloadFormatVersion") == "2.0";
    return IntegrationCall{
        "lambda", "Invoke",
        object({{"FunctionName", function},
                {"InvocationType", "RequestResponse"},
                {"Payload", writeJson(second ? eventV2(target, changed) : eventV1(target, changed))}})};
}

ApiResponse answerOf(const HttpTarget& target, const ApiRequest& request, const Json& reply) {
    const Json& integration = target.match.route->integration;
    const Json* output = find(reply, "output");
    ApiResponse response;
    if (find(integration, "IntegrationSubtype")) {
        const Json* error = find(reply, "error");
        response.status = error ? static_cast<int>(intOr(*error, "httpStatus", 500)) : 200;
        response.headers.add("Content-Type", "application/json");
        response.body =
            error    ? writeJson(object({{"__type", textOr(*error, "code")}, {"message", textOr(*error, "message")}}))
            : output ? writeJson(*output)
                     : "{}";
    } else {
        auto answer = output && !find(*output, "FunctionError")
                          ? functionAnswer(textOr(*output, "Payload"), textOr(integration, "PayloadFormatVersion"))
                          : std::nullopt;
        response = answer ? std::move(*answer) : plainAnswer(500, "Internal Server Error");
    }
    if (const Json* parameters = find(integration, "ResponseParameters"))
        mapResponse(*parameters, target, request, response);
    return response;
}

}  // namespace backlot::apigateway::http_apis
