#include "emulator/services/states/tasks.h"

#include <cctype>

#include "emulator/base/arn.h"
#include "emulator/services/states/activities.h"
#include "emulator/services/states/http_task.h"
#include "emulator/services/states/integrations.h"
#include "emulator/services/states/runner.h"

namespace backlot::states {
namespace {

/// A task, whom its answer is for, and as whom it is done.
struct Outgoing {
    Runner& runner;
    Call& call;
    const asl::StartTask& task;
    const ExecutionRow* row;  // null for TestState
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
    bool isSync() const {
        return task.resource.pattern == asl::IntegrationPattern::sync ||
               task.resource.pattern == asl::IntegrationPattern::sync2;
    }

    /// A failure that is known at once, delivered as a job so that the step that caused it ends first.
    void fail(Json context, const AwsError& error) const {
        call.soon({.service = "states",
                   .operation = "TaskEnded",
                   .request = object({{"context", std::move(context)},
                                      {"error", object({{"code", error.code()},
                                                        {"message", error.message()},
                                                        {"httpStatus", error.httpStatus()}})}})});
    }
    /// Calls the operation, once the request is found to be good.
    void send(std::string service, std::string operation, Json request, Json context, std::string account = {},
              std::string region = {}) const {
        set(context, "api", service);
        set(context, "operation", operation);
        if (task.roleArn)
            if (const auto role = parseArn(*task.roleArn))
                account = role->account;  // Credentials: on behalf of the role's account
        try {
            call.check(service, operation, request);
        } catch (const AwsError& error) {
            return fail(std::move(context), error);
        }
        call.soon({.service = std::move(service),
                   .operation = std::move(operation),
                   .request = std::move(request),
                   .account = std::move(account),
                   .region = std::move(region),
                   .replyTo = ReplyTo{"states", submits() ? "TaskSubmitted" : "TaskEnded", std::move(context)},
                   .label = (row ? "execution " + row->name : std::string("TestState")) + ": " + task.stateName});
    }
};

Json lowerNames(const Json& value) {
    Json result = object();
    for (const auto& member : value.GetObject()) {
        std::string name = text(member.name);
        if (!name.empty()) name[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(name[0])));
        set(result, name, copy(member.value));
    }
    return result;
}

Json executionRequest(const Outgoing& out, const Json& parameters) {
    Json request = lowerNames(parameters);
    asTextMember(request, "input");
    if (out.row && out.isSync())
        set(request, "backlotParent",
            object({{"execution", out.row->arn},
                    {"attempt", out.task.attempt},
                    {"parsed", out.task.resource.pattern == asl::IntegrationPattern::sync2}}));
    return request;
}

/// What the optimised integrations change in a request. Throws the AwsError that the task fails with.
Json optimisedRequest(const Outgoing& out, const ServiceDescription& service, const Json& parameters) {
    if (service.name == "states") return executionRequest(out, parameters);
    if (!service.tasks.request) return copy(parameters);
    const TaskOwner owner = out.row ? TaskOwner{out.row->arn, out.row->machineArn} : TaskOwner{};
    return service.tasks.request(parameters, owner);
}

void sendOptimised(const Outgoing& out, const ServiceDescription& service, const Json& parameters) {
    Json context = out.context(service.tasks.headers == TaskHeaders::invocation ? "lambda" : "optimised");
    Json request;
    try {
        request = optimisedRequest(out, service, parameters);
    } catch (const AwsError& error) {
        set(context, "kind", "known");
        return out.fail(std::move(context), error);
    }
    std::string account, region;
    if (!service.tasks.arnMember.empty())
        if (const auto arn = parseArn(textOr(parameters, service.tasks.arnMember)))
            account = arn->account, region = arn->region;
    out.send(std::string(service.name), operationName(out.task.resource.action), std::move(request), std::move(context),
             account, region);
}

void sendSdk(const Outgoing& out, const ServiceDescription& called, const Json& parameters) {
    const std::string service(called.name), operation = operationName(out.task.resource.action);
    Json context = out.context("sdk");
    set(context, "service", called.tasks.sdkErrors);
    const auto& names = out.runner.surroundings().sdk;
    Json request;
    try {
        request = names.request ? names.request(service, operation, parameters) : lowerNames(parameters);
    } catch (const AwsError& error) {
        set(context, "kind", "known");
        return out.fail(std::move(context), error);
    }
    for (const auto& usual : called.tasks.sdkDefaults)
        if (usual.operation == operation && !find(request, usual.member)) set(request, usual.member, usual.value);
    out.send(service, operation, std::move(request), std::move(context));
}

void send(const Outgoing& out) {
    const auto& resource = out.task.resource;
    const Json& parameters = out.task.parameters.json();
    if (resource.kind == asl::ResourceKind::lambdaArn) {
        const auto arn = parseArn(resource.arn);
        return out.send("lambda", "Invoke",
                        object({{"FunctionName", resource.arn},
                                {"InvocationType", "RequestResponse"},
                                {"Payload", out.task.parameters.text()}}),
                        out.context("lambdaArn"), arn ? arn->account : std::string(),
                        arn ? arn->region : std::string());
    }
    const Json empty = object();
    const Json& members = parameters.IsObject() ? parameters : empty;
    if (const ServiceDirectory* services = out.runner.surroundings().services) {
        if (const auto* service = findSdk(*services, resource)) return sendSdk(out, *service, members);
        if (const auto* service = findOptimised(*services, resource)) return sendOptimised(out, *service, members);
    }
    if (resource.service == "apigateway" && resource.action == "invoke")
        return out.send("apigateway", "HandleRequest", apiGatewayRequest(members), out.context("apigateway"));
    if (resource.service == "http" && resource.action == "invoke")
        return out.send("states", "InvokeHttp", copy(members), out.context("http"));
    out.fail(out.context("known"),
             AwsError("States.TaskFailed", resource.isSdk()
                                               ? "Backlot does not have the service of " + resource.arn + "."
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
