#include "emulator/services/lambda/invoke.h"

#include <cstdio>

#include "emulator/base/base64.h"
#include "emulator/services/lambda/async_invocations.h"
#include "emulator/services/lambda/errors.h"
#include "emulator/services/lambda/runtime.h"

namespace backlot::lambda {
namespace {

void requirePayload(const std::string& payload, std::size_t limit) {
    if (payload.size() > limit)
        throw error("RequestTooLargeException",
                    "Request must be smaller than " + std::to_string(limit) + " bytes for the InvokeFunction operation",
                    413);
    if (!payload.empty() && !tryParseJson(payload))
        throw error("InvalidRequestContentException",
                    "Could not parse request body into json: Could not parse payload into json: it is not valid JSON",
                    400);
}

/// As X-Ray writes a trace's id: version, time, 96 bits.
std::string newTraceId(Call& call) {
    char seconds[17];
    std::snprintf(seconds, sizeof seconds, "%08llx", static_cast<unsigned long long>(wholeSeconds(call.now)));
    return "1-" + std::string(seconds) + "-" + call.hexId("trace", 24);
}

/// Invoke names the version it looked for. Source: recorded on AWS in November 2025.
AwsError nothingToInvoke(const FunctionName& function) {
    return functionNotFound(function.qualifier ? function.qualifiedArn() : function.arn() + ":$LATEST");
}

}  // namespace

std::shared_ptr<Invocation> beginInvocation(Call& call, const std::shared_ptr<Runtime>& runtime,
                                            const FunctionName& function, std::string payload, std::string id,
                                            std::string clientContext) {
    const auto row = findFunction(call, function);
    if (!row) throw nothingToInvoke(function);
    const bool drawn = function.qualifier && call.has(aliasKey(function).text(*function.qualifier));
    const std::string version = versionOf(call, function, drawn ? call.chance("alias") : 1);
    auto invocation = std::make_shared<Invocation>();
    invocation->version =
        versionFrom(function.account, function.region, function.name, requireConfig(call, function, version));
    invocation->id = std::move(id);
    std::optional<std::int64_t> reserved;
    if (const Json* limit = find(*row, "reserved")) reserved = limit->GetInt64();
    runtime->takeSlot(*invocation, reserved);

    const Version& target = *invocation->version;
    if (!target.codeSha.empty() && !runtime->unpacked(target.codeSha))
        if (const auto bytes = call.get(codeKey(function).text(target.codeSha)))
            invocation->zip = std::make_shared<const std::string>(*bytes);
    invocation->invokedArn = function.qualifiedArn();
    invocation->payload = payload.empty() ? "{}" : std::move(payload);
    invocation->clientContext = std::move(clientContext);
    const std::string day = iso8601Seconds(call.now).substr(0, 10);
    invocation->streamName = day.substr(0, 4) + "/" + day.substr(5, 2) + "/" + day.substr(8, 2) + "/[" +
                             target.version + "]" + call.hexId("log-stream", 32);
    // A poller's batch goes on with nobody's trace. It begins one, or its function's calls would not be known as its
    // own.
    invocation->trace = call.cause.trace.empty() ? newTraceId(call) : call.cause.trace;
    invocation->parent = call.cause.entry;
    invocation->entry = call.reserveEntry();
    invocation->seed = call.roll("function");
    invocation->start = call.now;
    runtime->enqueue(call, invocation);
    return invocation;
}

Json invokeAnswer(const Invocation& invocation, bool withLogTail) {
    Json answer =
        object({{"StatusCode", 200}, {"ExecutedVersion", invocation.version->version}, {"Payload", invocation.result}});
    if (!invocation.functionError.empty()) set(answer, "FunctionError", invocation.functionError);
    if (withLogTail) set(answer, "LogResult", base64Encode(invocation.logTail()));
    return answer;
}

Reply invoke(Call& call, const Fields& request, const std::shared_ptr<Runtime>& runtime) {
    const FunctionName function = functionName(call, request);
    call.about(function.name);
    for (const char* member : {"DurableExecutionName", "TenantId"})
        if (request.has(member)) throw invalidParameter("Backlot has no functions that take " + std::string(member));
    const auto type = request.valueOr("InvocationType", "RequestResponse");
    auto payload = request.valueOr("Payload", "");
    requirePayload(payload, type == "Event" ? kEventPayloadLimitBytes : kPayloadLimitBytes);
    if (type != "RequestResponse") {
        if (!findFunction(call, function)) throw nothingToInvoke(function);
        requireConfig(call, function, versionOf(call, function));
    }
    if (type == "DryRun") return object({{"StatusCode", 204}});
    if (type == "Event") {
        queueEvent(call, function, std::move(payload));
        return object({{"StatusCode", 202}, {"Payload", ""}});
    }
    const auto context = request.optionalText("ClientContext");
    const auto invocation = beginInvocation(call, runtime, function, std::move(payload), call.uuid("request"),
                                            context ? base64Decode(*context).value_or("") : std::string());
    const bool withLogTail = request.valueOr("LogType", "None") == "Tail";
    return Wait{.topic = invocation->topic(), .ask = [invocation, withLogTail](Call&, bool) -> std::optional<Json> {
                    if (!invocation->ended) return std::nullopt;
                    return invokeAnswer(*invocation, withLogTail);
                }};
}

}  // namespace backlot::lambda
