#include "emulator/services/lambda/async_invocations.h"

#include <algorithm>
#include <array>

#include "emulator/base/arn.h"
#include "emulator/base/log.h"
#include "emulator/services/lambda/errors.h"
#include "emulator/services/lambda/invoke.h"
#include "emulator/services/lambda/invoke_configs.h"

namespace backlot::lambda {
namespace {

using namespace std::chrono_literals;

constexpr std::array<std::chrono::seconds, 2> kRetryDelays{60s, 120s};
constexpr auto kLongestThrottleDelay = 5min;

/// An asynchronous invocation between two tries.
struct Event {
    std::string functionName, payload, id;
    int tries = 0, throttles = 0;
    Time since;

    explicit Event(const Fields& request)
        : functionName(request.text("FunctionName")),
          payload(request.valueOr("Payload", "")),
          id(request.text("id")),
          tries(static_cast<int>(request.valueOr("tries", 0))),
          throttles(static_cast<int>(request.valueOr("throttles", 0))),
          since(Time(Duration(request.integer("since")))) {}
    Event(const FunctionName& function, std::string payload, std::string id, Time since)
        : functionName(function.qualifiedArn()), payload(std::move(payload)), id(std::move(id)), since(since) {}

    Job job() const {
        return Job{.service = "lambda",
                   .operation = "RunEvent",
                   .request = object({{"FunctionName", functionName},
                                      {"Payload", payload},
                                      {"id", id},
                                      {"tries", tries},
                                      {"throttles", throttles},
                                      {"since", static_cast<std::int64_t>(since.time_since_epoch().count())}}),
                   .label = "asynchronous invocation of " + functionName.substr(functionName.rfind(":function:") + 10)};
    }
};

Json jsonOrText(const std::string& text) {
    auto value = tryParseJson(text);
    return value ? std::move(*value) : str(text);
}

/// As AWS records what came of an asynchronous invocation; `invocation` is null where the function never ran.
Json destinationRecord(Call& call, const Event& event, const std::string& arn, const char* condition,
                       const Invocation* invocation) {
    Json record = object({{"version", "1.0"},
                          {"timestamp", iso8601Millis(call.now)},
                          {"requestContext", object({{"requestId", event.id},
                                                     {"functionArn", arn},
                                                     {"condition", condition},
                                                     {"approximateInvokeCount", event.tries}})},
                          {"requestPayload", jsonOrText(event.payload.empty() ? "{}" : event.payload)}});
    if (!invocation) return record;
    Json context = object({{"statusCode", 200}, {"executedVersion", invocation->version->version}});
    if (!invocation->functionError.empty()) set(context, "functionError", invocation->functionError);
    set(record, "responseContext", std::move(context));
    set(record, "responsePayload", jsonOrText(invocation->result));
    return record;
}

std::string queueUrl(const Arn& queue) { return "http://sqs/" + queue.account + "/" + queue.resource; }

Json stringAttribute(const std::string& value) { return object({{"DataType", "String"}, {"StringValue", value}}); }

/// The dead letter queue gets the event as it came, and why in attributes.
void sendToDeadLetters(Call& call, const std::string& target, const Event& event, const Invocation* invocation) {
    const auto arn = parseArn(target);
    if (!arn) return;
    std::string message = "The function was throttled.";
    if (invocation) {
        const Json result = jsonOrText(invocation->result);
        message = textOr(result, "errorMessage", "");
    }
    Json attributes =
        object({{"RequestID", stringAttribute(event.id)},
                {"ErrorMessage", stringAttribute(message.empty() ? "unknown" : message.substr(0, 1024))},
                {"ErrorCode", object({{"DataType", "Number"}, {"StringValue", invocation ? "200" : "429"}})}});
    const std::string body = event.payload.empty() ? "{}" : event.payload;
    try {
        if (arn->service == "sqs")
            call.invokeAs(arn->account, arn->region, "sqs", "SendMessage",
                          object({{"QueueUrl", queueUrl(*arn)},
                                  {"MessageBody", body},
                                  {"MessageAttributes", std::move(attributes)}}));
        else if (arn->service == "sns")
            call.invokeAs(
                arn->account, arn->region, "sns", "Publish",
                object({{"TopicArn", target}, {"Message", body}, {"MessageAttributes", std::move(attributes)}}));
    } catch (const AwsError& error) {
        log::warning("dead letter queue " + target + ": " + error.code() + ": " + error.message());
    }
}

struct Target {
    FunctionName function;
    InvokeConfig config;
    std::string deadLetters;
    std::string arn;  // with the qualifier, as records name it
};

Target targetOf(const Call& call, const Event& event) {
    Target target{.function = functionName(call, event.functionName)};
    target.config = invokeConfig(call, target.function);
    target.arn = functionArn(target.function.account, target.function.region, target.function.name,
                             target.function.qualifier.value_or("$LATEST"));
    const Json config = requireConfig(call, target.function, versionOf(call, target.function));
    if (const Json* queue = at(config, {"public", "DeadLetterConfig", "TargetArn"})) target.deadLetters = text(*queue);
    return target;
}

void giveUp(Call& call, const Target& target, const Event& event, const char* condition, const Invocation* invocation) {
    if (!target.deadLetters.empty()) sendToDeadLetters(call, target.deadLetters, event, invocation);
    if (!target.config.onFailure.empty())
        sendToDestination(call, target.config.onFailure,
                          destinationRecord(call, event, target.arn, condition, invocation), false, target.arn);
}

/// The try has ended: done, another one later, or given up.
void conclude(Call& call, Event event, const Invocation& invocation) {
    ++event.tries;
    const Target target = targetOf(call, event);
    if (invocation.functionError.empty()) {
        if (!target.config.onSuccess.empty())
            sendToDestination(call, target.config.onSuccess,
                              destinationRecord(call, event, target.arn, "Success", &invocation), true, target.arn);
        return;
    }
    if (event.tries > target.config.maximumRetryAttempts)
        return giveUp(call, target, event, "RetriesExhausted", &invocation);
    const Time due = call.now + kRetryDelays[static_cast<std::size_t>(event.tries - 1)];
    if (due - event.since > target.config.maximumEventAge)
        return giveUp(call, target, event, "EventAgeExceeded", &invocation);
    call.later(due, event.job());
}

/// There was no room to run. Reserved concurrency of zero means never.
void throttledTry(Call& call, Event event, bool never) {
    const Target target = targetOf(call, event);
    if (never) return giveUp(call, target, event, "ZeroReservedConcurrency", nullptr);
    const auto delay = std::min<std::chrono::seconds>(kLongestThrottleDelay,
                                                      std::chrono::seconds(1) * (1 << std::min(event.throttles, 8)));
    ++event.throttles;
    if (call.now + delay - event.since > target.config.maximumEventAge)
        return giveUp(call, target, event, "EventAgeExceeded", nullptr);
    call.later(call.now + delay, event.job());
}

}  // namespace

void sendToDestination(Call& call, const std::string& destination, const Json& record, bool success,
                       const std::string& functionArn) {
    const auto arn = parseArn(destination);
    if (!arn) return;
    const std::string body = writeJson(record);
    try {
        if (arn->service == "sqs") {
            call.invokeAs(arn->account, arn->region, "sqs", "SendMessage",
                          object({{"QueueUrl", queueUrl(*arn)}, {"MessageBody", body}}));
        } else if (arn->service == "sns") {
            call.invokeAs(arn->account, arn->region, "sns", "Publish",
                          object({{"TopicArn", destination}, {"Message", body}}));
        } else if (arn->service == "lambda") {
            call.invokeAs(arn->account, arn->region, "lambda", "Invoke",
                          object({{"FunctionName", destination}, {"InvocationType", "Event"}, {"Payload", body}}));
        } else if (arn->service == "events") {
            const auto* type =
                success ? "Lambda Function Invocation Result - Success" : "Lambda Function Invocation Result - Failure";
            call.invokeAs(arn->account, arn->region, "events", "PutEvents",
                          object({{"Entries", list({object({{"Source", "lambda"},
                                                            {"DetailType", type},
                                                            {"Detail", body},
                                                            {"EventBusName", destination},
                                                            {"Resources", list({destination, functionArn})}})})}}));
        }
    } catch (const AwsError& error) {
        log::warning("destination " + destination + ": " + error.code() + ": " + error.message());
    }
}

void queueEvent(Call& call, const FunctionName& function, std::string payload) {
    call.soon(Event(function, std::move(payload), call.uuid("request"), call.now).job());
}

Reply runEvent(Call& call, const Fields& request, const std::shared_ptr<Runtime>& runtime) {
    const Event event(request);
    const FunctionName function = functionName(call, event.functionName);
    call.about(function.name);
    const auto row = findFunction(call, function);
    if (!row) return object();  // deleted meanwhile: nobody is left to ask
    std::shared_ptr<Invocation> invocation;
    try {
        invocation = beginInvocation(call, runtime, function, event.payload, event.id);
    } catch (const AwsError& error) {
        if (error.code() != "TooManyRequestsException") throw;
        throttledTry(call, event, intOr(*row, "reserved", -1) == 0);
        return object();
    }
    return Wait{.topic = invocation->topic(), .ask = [invocation, event](Call& later, bool) -> std::optional<Json> {
                    if (!invocation->ended) return std::nullopt;
                    try {
                        conclude(later, event, *invocation);
                    } catch (const AwsError& error) {  // the function or its version is gone
                        log::info("asynchronous invocation " + event.id + ": " + error.message());
                    }
                    return object();
                }};
}

}  // namespace backlot::lambda
