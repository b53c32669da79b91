#include "emulator/services/states/tasks.h"

#include <cctype>

#include "emulator/base/arn.h"
#include "emulator/services/states/activities.h"
#include "emulator/services/states/http_task.h"
#include "emulator/services/states/integrations.h"
#include "emulator/services/states/runner.h"
#include "emulator/world/world.h"

namespace backlot::states {
namespace {

/// A task, whom its answer is for, and as whom it is done.
struct Outgoing {
    Runner& runner;
    Call& call;
    const asl::StartTask& task;
    const ExecutionRow* row;     // null for TestState
    std::uint64_t test = 0;

    Json context(std::string_view kind) const {
        Json context = object({{"attempt", task.attempt}, {"kind", kind}});
        if (row)
            set(context, "execution", row->arn);
        else
            set(context, "test", test);
        return context;
    }
    bool submits() const { return row && task.resource.pattern != asl::IntegrationPattern::requestResponse; }
    bool isSync() const { return task.resource.pattern == asl::IntegrationPattern::sync || task.resource.pattern == asl::IntegrationPattern::sync2; }

    /// A failure that is known at once, delivered as a job so that the step that caused it ends first.
    void fail(Json context, const AwsError& error) const {
        call.soon({.service = "states", .operation = "TaskEnded",
                   .request = object({{"context", std::move(context)},
                                      {"error", object({{"code", error.code()}, {"message", error.message()}, {"httpStatus", error.httpStatus()}})}})});
    }
    /// Calls the operation, once the request is found to be good.
    void send(std::string service, std::string operation, Json request, Json context, std::string account = {}, std::string region = {}) const {
        set(context, "api", service);
        set(context, "operation", operation);
        if (task.roleArn)
            if (const auto role = parseArn(*task.roleArn)) account = role->account;   // Credentials: on behalf of the role's account
        try {
            if (call.world().checkRequest) call.world().checkRequest(service, operation, request);
        } catch (const AwsError& error) {
            return fail(std::move(context), error);
        }
        call.soon({.service = std::move(service), .operation = std::move(operation), .request = std::move(request), .account = std::move(account),
                   .region = std::move(region), .replyTo = ReplyTo{"states", submits() ? "TaskSubmitted" : "TaskEnded", std::move(context)},
                   .label = (row ? "execution " + row->name : std::string("TestState")) + ": " + task.stateName});
    }
};

/// A value that goes into a text member: an object becomes JSON text, a text stays.
void asTextMember(Json& json, const char* name) {
    if (Json* member = find(json, name); member && !member->IsString()) *member = str(writeJson(*member));
}

Json lowerNames(const Json& value) {
    Json result = object();
    for (const auto& member : value.GetObject()) {
        std::string name = text(member.name);
        if (!name.empty()) name[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(name[0])));
        set(result, name, copy(member.value));
    }
    return result;
}

Json lambdaRequest(const Json& parameters) {
    Json request = copy(parameters);
    const Json* payload = find(parameters, "Payload");
    if (!payload || payload->IsNull())
        set(request, "Payload", "{}");
    else   // a text that is JSON itself is the payload as it stands
        set(request, "Payload", payload->IsString() && tryParseJson(view(*payload)) ? text(*payload) : writeJson(*payload));
    if (!find(request, "InvocationType")) set(request, "InvocationType", "RequestResponse");
    return request;
}

Json eventsRequest(const Outgoing& out, Json request) {
    if (Json* entries = find(request, "Entries"); entries && entries->IsArray())
        for (auto& entry : entries->GetArray()) {
            asTextMember(entry, "Detail");
            if (!out.row) continue;
            Json resources = list({out.row->arn, out.row->machineArn});   // AWS adds both itself
            if (const Json* given = find(entry, "Resources"); given && given->IsArray())
                for (const auto& resource : given->GetArray()) push(resources, copy(resource));
            set(entry, "Resources", std::move(resources));
        }
    return request;
}

Json executionRequest(const Outgoing& out, const Json& parameters) {
    Json request = lowerNames(parameters);
    asTextMember(request, "input");
    if (out.row && out.isSync())
        set(request, "backlotParent", object({{"execution", out.row->arn}, {"attempt", out.task.attempt}, {"parsed", out.task.resource.pattern == asl::IntegrationPattern::sync2}}));
    return request;
}

/// What the optimised integrations change in a request.
Json optimisedRequest(const Outgoing& out, const Optimised& integration, const Json& parameters) {
    if (integration.service == "lambda") return lambdaRequest(parameters);
    if (integration.service == "events") return eventsRequest(out, copy(parameters));
    if (integration.service == "states") return executionRequest(out, parameters);
    Json request = copy(parameters);
    if (integration.service == "sqs") asTextMember(request, "MessageBody");
    if (integration.service == "sns") asTextMember(request, "Message");
    return request;
}

void sendOptimised(const Outgoing& out, const Optimised& integration, const Json& parameters) {
    Json context = out.context(integration.service == "lambda" ? "lambda" : "optimised");
    if (integration.service == "sqs") {   // the SDK connects to the host of the URL before any service is asked
        const std::string url = textOr(parameters, "QueueUrl");
        if (const auto scheme = url.find("://"); scheme != std::string::npos && url.find('/', scheme + 3) == std::string::npos) {
            set(context, "kind", "known");
            return out.fail(std::move(context), AwsError("SQS.SdkClientException", "Unable to execute HTTP request: " + url.substr(scheme + 3) + ": Name or service not known"));
        }
    }
    std::string account, region;
    for (const char* member : {"FunctionName", "TopicArn", "StateMachineArn"})
        if (const auto arn = parseArn(textOr(parameters, member))) account = arn->account, region = arn->region;
    out.send(std::string(integration.ourService), std::string(integration.operation), optimisedRequest(out, integration, parameters), std::move(context), account, region);
}

void sendSdk(const Outgoing& out, const Sdk& sdk, const Json& parameters) {
    const std::string service(sdk.ourService), operation = operationName(out.task.resource.action);
    Json context = out.context("sdk");
    set(context, "service", sdk.errorPrefix);
    const auto& names = out.runner.surroundings().sdk;
    Json request;
    try {
        request = names.request ? names.request(service, operation, parameters) : lowerNames(parameters);
    } catch (const AwsError& error) {
        set(context, "kind", "known");
        return out.fail(std::move(context), error);
    }
    if (service == "s3" && operation == "PutObject") {   // as the SDK for Java 2 sends it by itself
        if (!find(request, "ContentType")) set(request, "ContentType", "text/plain; charset=UTF-8");
        if (!find(request, "ChecksumAlgorithm")) set(request, "ChecksumAlgorithm", "CRC32");
    }
    out.send(service, operation, std::move(request), std::move(context));
}

void send(const Outgoing& out) {
    const auto& resource = out.task.resource;
    const Json& parameters = out.task.parameters.json();
    if (resource.kind == asl::ResourceKind::lambdaArn) {
        const auto arn = parseArn(resource.arn);
        return out.send("lambda", "Invoke", object({{"FunctionName", resource.arn}, {"InvocationType", "RequestResponse"}, {"Payload", out.task.parameters.text()}}),
                        out.context("lambdaArn"), arn ? arn->account : std::string(), arn ? arn->region : std::string());
    }
    const Json empty = object();
    const Json& members = parameters.IsObject() ? parameters : empty;
    if (const Sdk* sdk = findSdk(resource)) return sendSdk(out, *sdk, members);
    if (const Optimised* integration = findOptimised(resource)) return sendOptimised(out, *integration, members);
    if (resource.service == "apigateway" && resource.action == "invoke")
        return out.send("apigateway", "HandleRequest", apiGatewayRequest(members), out.context("apigateway"));
    if (resource.service == "http" && resource.action == "invoke") return out.send("states", "InvokeHttp", copy(members), out.context("http"));
    out.fail(out.context("known"), AwsError("States.TaskFailed", resource.isSdk() ? "Backlot does not have the service of " + resource.arn + "."
                                                                                   : "Backlot does not have the integration " + resource.arn + "."));
}

}  // namespace

void startTask(Runner& runner, Call& call, const ExecutionRow& row, const asl::StartTask& task) {
    if (task.resource.kind == asl::ResourceKind::activity) return queueActivityTask(call, row, task);
    send({.runner = runner, .call = call, .task = task, .row = &row});
}

void startTestTask(Runner& runner, Call& call, std::uint64_t test, const asl::StartTask& task) {
    send({.runner = runner, .call = call, .task = task, .row = nullptr, .test = test});
}

}  // namespace backlot::states
