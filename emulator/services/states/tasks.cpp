#include "emulator/services/states/tasks.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace backlot::states {
namespace {

/// The optimised integrations: how their calls are named here, and the prefix that AWS gives their errors (those of
/// the AWS SDK for Java 1). Source: recorded executions.
struct Optimised {
    std::string_view service, action;
    std::string_view ourService, operation;
    std::string_view errorPrefix, genericError;
};
constexpr std::array kOptimised = {
    Optimised{"lambda", "invoke", "lambda", "Invoke", "Lambda", "AWSLambdaException"},
    Optimised{"sqs", "sendMessage", "sqs", "SendMessage", "SQS", "AmazonSQSException"},
    Optimised{"sns", "publish", "sns", "Publish", "SNS", "AmazonSNSException"},
    Optimised{"events", "putEvents", "events", "PutEvents", "EventBridge", "AmazonEventBridgeException"},
    Optimised{"dynamodb", "getItem", "dynamodb", "GetItem", "DynamoDB", "AmazonDynamoDBException"},
    Optimised{"dynamodb", "putItem", "dynamodb", "PutItem", "DynamoDB", "AmazonDynamoDBException"},
    Optimised{"dynamodb", "updateItem", "dynamodb", "UpdateItem", "DynamoDB", "AmazonDynamoDBException"},
    Optimised{"dynamodb", "deleteItem", "dynamodb", "DeleteItem", "DynamoDB", "AmazonDynamoDBException"},
    Optimised{"states", "startExecution", "states", "StartExecution", "StepFunctions", "AWSStepFunctionsException"},
};

/// SDK integrations: the service as the SDK for Java 2 names it, ours, and whether its members begin in lower case.
struct Sdk {
    std::string_view service, ourService, errorPrefix;
    bool lowerCase;
};
constexpr std::array kSdk = {
    Sdk{"dynamodb", "dynamodb", "DynamoDb", false}, Sdk{"sqs", "sqs", "Sqs", false},       Sdk{"sns", "sns", "Sns", false},
    Sdk{"sfn", "states", "Sfn", true},              Sdk{"lambda", "lambda", "Lambda", false}, Sdk{"eventbridge", "events", "EventBridge", false},
    Sdk{"s3", "s3", "S3", false},                   Sdk{"ses", "ses", "Ses", false},       Sdk{"sesv2", "sesv2", "SesV2", false},
    Sdk{"cloudwatchlogs", "logs", "CloudWatchLogs", true}, Sdk{"iam", "iam", "Iam", false}, Sdk{"sts", "sts", "Sts", false},
    Sdk{"apigateway", "apigateway", "ApiGateway", true}, Sdk{"xray", "xray", "XRay", false}, Sdk{"cloudtrail", "cloudtrail", "CloudTrail", false},
    Sdk{"ssm", "ssm", "Ssm", false},                Sdk{"scheduler", "scheduler", "Scheduler", false},
};

std::string upperFirst(std::string_view text) {
    std::string result(text);
    if (!result.empty()) result[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(result[0])));
    return result;
}

std::string lowerFirst(std::string_view text) {
    std::string result(text);
    if (!result.empty()) result[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(result[0])));
    return result;
}

Json withNames(const Json& value, std::string (*spell)(std::string_view)) {
    if (!value.IsObject()) return copy(value);
    Json result = object();
    for (const auto& member : value.GetObject()) set(result, spell(view(member.name)), copy(member.value));
    return result;
}

Json contextOf(const ExecutionRow& row, asl::AttemptId attempt, std::string_view kind, std::string_view service) {
    return object({{"execution", row.arn}, {"attempt", attempt}, {"kind", kind}, {"service", service}});
}

/// A payload that goes into a text member: an object becomes JSON text, a text stays.
std::string asText(const Json& value) { return value.IsString() ? text(value) : writeJson(value); }

Json lambdaRequest(const Json& parameters) {
    Json request = copy(parameters);
    const Json* payload = find(parameters, "Payload");
    set(request, "Payload", payload ? writeJson(*payload) : std::string("{}"));
    if (!find(request, "InvocationType")) set(request, "InvocationType", "RequestResponse");
    return request;
}

/// What the optimised integrations change in a request: objects in text members.
Json optimisedRequest(const Optimised& integration, const Json& parameters, const ExecutionRow& row, const asl::StartTask& task) {
    if (integration.service == "lambda") return lambdaRequest(parameters);
    Json request = copy(parameters);
    const auto asTextMember = [](Json& json, const char* name) {
        if (Json* member = find(json, name)) *member = str(asText(*member));
    };
    if (integration.service == "sqs") asTextMember(request, "MessageBody");
    if (integration.service == "sns") asTextMember(request, "Message");
    if (integration.service == "events")
        if (Json* entries = find(request, "Entries"); entries && entries->IsArray())
            for (auto& entry : entries->GetArray()) {
                asTextMember(entry, "Detail");
                Json resources = list({row.arn, row.machineArn});   // AWS adds both itself
                if (const Json* given = find(entry, "Resources"); given && given->IsArray())
                    for (const auto& resource : given->GetArray()) push(resources, copy(resource));
                set(entry, "Resources", std::move(resources));
            }
    if (integration.service == "states") {
        request = withNames(parameters, lowerFirst);
        asTextMember(request, "input");
        if (task.resource.pattern == asl::IntegrationPattern::sync || task.resource.pattern == asl::IntegrationPattern::sync2)
            set(request, "backlotParent", object({{"execution", row.arn}, {"attempt", task.attempt}, {"parsed", task.resource.pattern == asl::IntegrationPattern::sync2}}));
    }
    return request;
}

asl::TaskFailed failed(asl::AttemptId attempt, std::string error, std::string cause) { return {attempt, std::move(error), std::move(cause)}; }

/// Lambda's answer to the optimised integration, or to a plain function ARN.
asl::Event lambdaAnswer(Call& call, asl::AttemptId attempt, const Json& output, bool plainArn) {
    const std::string payload = textOr(output, "Payload", "null");
    if (find(output, "FunctionError")) {
        const auto error = tryParseJson(payload);
        return failed(attempt, error ? textOr(*error, "errorType", "Lambda.Unknown") : "Lambda.Unknown", payload);
    }
    if (plainArn) return asl::TaskSucceeded{attempt, asl::Payload(payload)};
    auto parsed = tryParseJson(payload);
    const std::string requestId = call.uuid("request");
    Json result = object({{"ExecutedVersion", textOr(output, "ExecutedVersion", "$LATEST")}, {"Payload", parsed ? std::move(*parsed) : str(payload)},
                          {"SdkHttpMetadata", object({{"AllHttpHeaders", object({{"X-Amz-Executed-Version", list({textOr(output, "ExecutedVersion", "$LATEST")})},
                                                                                 {"x-amzn-Remapped-Content-Length", list({"0"})}, {"Content-Type", list({"application/json"})}})},
                                                      {"HttpHeaders", object({{"Content-Type", "application/json"}})}, {"HttpStatusCode", 200}})},
                          {"SdkResponseMetadata", object({{"RequestId", requestId}})}, {"StatusCode", intOr(output, "StatusCode", 200)}});
    return asl::TaskSucceeded{attempt, asl::Payload(std::move(result))};
}

void withSdkMetadata(Call& call, Json& output) {
    set(output, "SdkHttpMetadata", object({{"AllHttpHeaders", object()}, {"HttpHeaders", object()}, {"HttpStatusCode", 200}}));
    set(output, "SdkResponseMetadata", object({{"RequestId", call.uuid("request")}}));
}

}  // namespace

Json sdkSpelling(Json value) { return withNames(value, upperFirst); }

void answerLater(Call& call, const ExecutionRow& row, asl::AttemptId attempt, const AwsError& error) {
    call.soon({.service = "states", .operation = "TaskEnded",
               .request = object({{"context", contextOf(row, attempt, "known", "")}, {"error", object({{"code", error.code()}, {"message", error.message()}})}})});
}

void startTask(Call& call, const ExecutionRow& row, const asl::StartTask& task) {
    const Json& parameters = task.parameters.json();
    const auto& resource = task.resource;
    const auto submit = [&](std::string service, std::string operation, Json request, Json context) {
        const bool submits = resource.pattern != asl::IntegrationPattern::requestResponse;
        call.soon({.service = std::move(service), .operation = std::move(operation), .request = std::move(request),
                   .replyTo = ReplyTo{"states", submits ? "TaskSubmitted" : "TaskEnded", std::move(context)}, .label = "execution " + row.name + ": " + task.stateName});
    };
    if (resource.kind == asl::ResourceKind::lambdaArn)
        return submit("lambda", "Invoke", object({{"FunctionName", resource.arn}, {"InvocationType", "RequestResponse"}, {"Payload", task.parameters.text()}}),
                      contextOf(row, task.attempt, "lambdaArn", "Lambda"));
    if (resource.isSdk()) {
        const auto service = std::find_if(kSdk.begin(), kSdk.end(), [&](const Sdk& sdk) { return resource.service == "aws-sdk:" + std::string(sdk.service); });
        if (service == kSdk.end())
            return answerLater(call, row, task.attempt, AwsError("States.TaskFailed", "Backlot does not have the service of " + resource.arn + "."));
        Json request = service->lowerCase ? withNames(parameters, lowerFirst) : copy(parameters);
        Json context = contextOf(row, task.attempt, "sdk", service->errorPrefix);
        return submit(std::string(service->ourService), upperFirst(resource.action), std::move(request), std::move(context));
    }
    const auto found = std::find_if(kOptimised.begin(), kOptimised.end(),
                                    [&](const Optimised& entry) { return entry.service == resource.service && entry.action == resource.action; });
    if (found == kOptimised.end())
        return answerLater(call, row, task.attempt, AwsError("States.TaskFailed", "Backlot does not have the integration " + resource.arn + "."));
    Json context = contextOf(row, task.attempt, found->service == "lambda" ? "lambda" : "optimised", found->errorPrefix);
    set(context, "generic", found->genericError);
    submit(std::string(found->ourService), std::string(found->operation), optimisedRequest(*found, parameters, row, task), std::move(context));
}

asl::Event taskAnswer(Call& call, const Fields& context, const Fields& request) {
    const auto attempt = static_cast<asl::AttemptId>(context.integer("attempt"));
    const std::string kind = context.valueOr("kind", ""), service = context.valueOr("service", "");
    if (const Json* error = request.find("error")) {
        const std::string code = textOr(*error, "code"), message = textOr(*error, "message");
        if (kind == "known" || kind == "sync") return failed(attempt, code, message);
        const std::string name = service + "." + (code.ends_with("Exception") || code.find('.') != std::string::npos ? code : code + "Exception");
        return failed(attempt, name, message + " (Service: " + service + ", Status Code: " + std::to_string(intOr(*error, "httpStatus", 400)) + ", Request ID: " + call.uuid("request") + ")");
    }
    Json output = copy(request.value("output"));
    if (kind == "lambda") return lambdaAnswer(call, attempt, output, false);
    if (kind == "lambdaArn") return lambdaAnswer(call, attempt, output, true);
    if (kind == "sdk" || kind == "sync") return asl::TaskSucceeded{attempt, asl::Payload(kind == "sdk" ? sdkSpelling(std::move(output)) : std::move(output))};
    if (service == "EventBridge" && intOr(output, "FailedEntryCount", 0) > 0)
        return failed(attempt, "EventBridge.FailedEntry", writeJson(output));
    if (service == "StepFunctions") output = sdkSpelling(std::move(output));
    withSdkMetadata(call, output);
    return asl::TaskSucceeded{attempt, asl::Payload(std::move(output))};
}

}  // namespace backlot::states
