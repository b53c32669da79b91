#include "emulator/services/events/delivery.h"

#include <algorithm>
#include <cmath>

#include "emulator/base/arn.h"
#include "emulator/base/aws_error.h"
#include "emulator/base/base64.h"
#include "emulator/services/events/input.h"
#include "emulator/world/record.h"

namespace backlot::events {
namespace {

constexpr std::int64_t kRetries = 185, kAgeSeconds = 86'400;
constexpr double kLongestPauseSeconds = 600;

/// A delivery as a job keeps it: {ruleArn, target, event (text), input (text), attempt, since (ms)}.
using Delivery = Json;

void note(Call& call, const Delivery& delivery, std::string_view outcome, std::string_view reason = {},
          const std::string& error = {}) {
    RecordEntry entry{.kind = "delivery",
                      .service = "events",
                      .operation = "Deliver",
                      .resource = textOr(*find(delivery, "target"), "Arn"),
                      .error = error};
    entry.detail = object({{"outcome", outcome}, {"rule", textOr(delivery, "ruleArn")}});
    if (!reason.empty()) set(entry.detail, "reason", reason);
    call.note(std::move(entry));
}

void giveUp(Call& call, const Delivery& delivery, const AwsError& error, std::string_view condition) {
    const Json& target = *find(delivery, "target");
    const Json* queue = at(target, {"DeadLetterConfig", "Arn"});
    if (!queue) return note(call, delivery, "dropped", error.message(), error.code());
    const auto attribute = [](const std::string& value) {
        return object({{"DataType", "String"}, {"StringValue", value}});
    };
    Json attributes =
        object({{"RULE_ARN", attribute(textOr(delivery, "ruleArn"))},
                {"TARGET_ARN", attribute(textOr(target, "Arn"))},
                {"ERROR_CODE", attribute(error.code())},
                {"ERROR_MESSAGE", attribute(error.message().empty() ? error.code() : error.message())},
                {"RETRY_ATTEMPTS",
                 object({{"DataType", "Number"}, {"StringValue", std::to_string(intOr(delivery, "attempt", 0))}})}});
    if (!condition.empty()) set(attributes, "EXHAUSTED_RETRY_CONDITION", attribute(std::string(condition)));
    try {
        call.invoke("sqs", "SendMessage",
                    object({{"QueueUrl", text(*queue)},
                            {"MessageBody", textOr(delivery, "event")},
                            {"MessageAttributes", std::move(attributes)}}));
        note(call, delivery, "dead-lettered", error.message(), error.code());
    } catch (const AwsError& second) {
        note(call, delivery, "dropped", "the dead-letter queue refuses it: " + second.message(), second.code());
    }
}

/// A target that is gone, or refuses for good, is not asked again.
bool isPermanent(const AwsError& error) {
    if (error.httpStatus() == 429 || error.code().find("Throttl") != std::string::npos ||
        error.code() == "TooManyRequestsException")
        return false;
    return (error.httpStatus() >= 400 && error.httpStatus() < 500) || error.httpStatus() == 501;
}

void failed(Call& call, const Delivery& delivery, const AwsError& error) {
    if (isPermanent(error)) return giveUp(call, delivery, error, {});
    const Json& target = *find(delivery, "target");
    const Json none = object();
    const Json* policy = find(target, "RetryPolicy");
    const std::int64_t attempt = intOr(delivery, "attempt", 0);
    if (attempt >= intOr(policy ? *policy : none, "MaximumRetryAttempts", kRetries))
        return giveUp(call, delivery, error, "MaximumRetryAttempts");
    const double pause =
        std::min(std::pow(2.0, static_cast<double>(std::min<std::int64_t>(attempt, 20))), kLongestPauseSeconds) *
        (0.5 + call.chance("retry"));
    const Time next = call.now + std::chrono::milliseconds(static_cast<std::int64_t>(pause * 1000));
    const Time until = fromMillis(intOr(delivery, "since", 0)) +
                       std::chrono::seconds(intOr(policy ? *policy : none, "MaximumEventAgeInSeconds", kAgeSeconds));
    if (next > until) return giveUp(call, delivery, error, "MaximumEventAgeInSeconds");
    note(call, delivery, "retried", error.message(), error.code());
    Delivery again = copy(delivery);
    set(again, "attempt", attempt + 1);
    call.later(next, Job{.service = "events",
                         .operation = "RetryDelivery",
                         .request = object({{"delivery", std::move(again)}}),
                         .label = "delivery to " + textOr(target, "Arn")});
}

/// Calls a target now, in this transaction.
void callNow(Call& call, const Delivery& delivery, const char* service, const char* operation, const Json& request) {
    try {
        call.invoke(service, operation, request);
        note(call, delivery, "delivered");
    } catch (const AwsError& error) {
        failed(call, delivery, error);
    }
}

/// Calls a target by a job whose answer comes back to targetAnswered().
void callSoon(Call& call, const Delivery& delivery, const Arn& arn, const char* service, const char* operation,
              Json request) {
    call.soon(Job{.service = service,
                  .operation = operation,
                  .request = std::move(request),
                  .account = arn.account,
                  .region = arn.region,
                  .replyTo = ReplyTo{"events", "TargetAnswered", copy(delivery)},
                  .label = "delivery to " + arn.text()});
}

/// arn:aws:execute-api:REGION:ACCOUNT:API/STAGE/METHOD/PATH
Json apiRequest(const Json& target, const Arn& arn, const std::string& input) {
    std::vector<std::string> parts;
    std::string rest = arn.resource;
    for (int i = 0; i < 3; ++i) {
        const std::size_t slash = rest.find('/');
        parts.push_back(rest.substr(0, slash));
        rest = slash == std::string::npos ? std::string() : rest.substr(slash + 1);
    }
    Json headers = list({list({"Content-Type", "application/json; charset=utf-8"}),
                         list({"User-Agent", "Amazon/EventBridge/CustomEvent"})});
    if (const Json* own = at(target, {"HttpParameters", "HeaderParameters"})) {
        for (const auto& member : own->GetObject()) push(headers, list({text(member.name), text(member.value)}));
    }
    return object({{"method", parts[2]},
                   {"path", "/" + rest},
                   {"query", ""},
                   {"headers", std::move(headers)},
                   {"body", base64Encode(input)},
                   {"host", parts[0] + ".execute-api." + arn.region + ".amazonaws.com"},
                   {"sourceIp", "127.0.0.1"},
                   {"apiId", parts[0]},
                   {"stage", parts[1]}});
}

std::string logGroupOf(const Arn& arn) {
    std::string name = arn.resource.substr(std::string_view("log-group:").size());
    return name.ends_with(":*") ? name.substr(0, name.size() - 2) : name;
}

void attempt(Call& call, const Delivery& delivery) {
    const Json& target = *find(delivery, "target");
    const std::string targetArn = textOr(target, "Arn"), input = textOr(delivery, "input");
    const Arn arn = parseArn(targetArn).value_or(Arn{});
    if (arn.service == "sqs") {
        Json request = object({{"QueueUrl", targetArn}, {"MessageBody", input}});
        if (const Json* group = at(target, {"SqsParameters", "MessageGroupId"}))
            set(request, "MessageGroupId", copy(*group));
        return callNow(call, delivery, "sqs", "SendMessage", request);
    }
    if (arn.service == "sns")
        return callSoon(call, delivery, arn, "sns", "Publish", object({{"TopicArn", targetArn}, {"Message", input}}));
    if (arn.service == "lambda") {
        return callSoon(call, delivery, arn, "lambda", "Invoke",
                        object({{"FunctionName", targetArn}, {"InvocationType", "Event"}, {"Payload", input}}));
    }
    if (arn.service == "states") {
        return callSoon(call, delivery, arn, "states", "StartExecution",
                        object({{"stateMachineArn", targetArn}, {"name", call.uuid("execution")}, {"input", input}}));
    }
    if (arn.service == "events" && arn.resource.starts_with("event-bus/")) {
        return callSoon(call, delivery, arn, "events", "RelayEvent",
                        object({{"bus", targetArn}, {"event", textOr(delivery, "event")}}));
    }
    if (arn.service == "logs" && arn.resource.starts_with("log-group:")) {
        return callSoon(
            call, delivery, arn, "logs", "AppendLogs",
            object({{"logGroupName", logGroupOf(arn)},
                    {"logStreamName", call.uuid("log stream")},
                    {"events", list({object({{"timestamp", epochMillis(call.now)}, {"message", input}})})}}));
    }
    if (arn.service == "execute-api")
        return callSoon(call, delivery, arn, "apigateway", "HandleRequest", apiRequest(target, arn, input));
    giveUp(call, delivery,
           AwsError("UnsupportedTarget",
                    "Backlot does not deliver events to " +
                        (arn.service == "events" ? "API destinations" : arn.service) + " (" + targetArn + ").",
                    501),
           {});
}

}  // namespace

void deliver(Call& call, const BusName&, const ReadyRule& rule, const Json& target, const Json& event,
             const std::string& eventText) {
    const auto input =
        inputFor(target, event, eventText, {.ruleArn = rule.arn, .ruleName = rule.name, .ingestedAt = call.now});
    Delivery delivery = object({{"ruleArn", rule.arn},
                                {"target", copy(target)},
                                {"event", eventText},
                                {"attempt", 0},
                                {"since", epochMillis(call.now)}});
    if (!input) return note(call, delivery, "dropped", "the input transformer yields no valid JSON", "InvalidInput");
    set(delivery, "input", *input);
    attempt(call, delivery);
}

Json retryDelivery(Events&, Call& call, const Fields& request) {
    const Json& delivery = request.value("delivery");
    call.about(textOr(*find(delivery, "target"), "Arn"));
    attempt(call, delivery);
    return object();
}

Json targetAnswered(Events&, Call& call, const Fields& request) {
    const Json& delivery = request.value("context");
    call.about(textOr(*find(delivery, "target"), "Arn"));
    if (const Json* error = request.find("error")) {
        failed(call, delivery,
               AwsError(textOr(*error, "code"), textOr(*error, "message"),
                        static_cast<int>(intOr(*error, "httpStatus", 500))));
        return object();
    }
    // An API answers with a status of its own, and that may be a refusal.
    const Json* output = request.find("output");
    const auto status = output ? static_cast<int>(intOr(*output, "statusCode", 200)) : 200;
    if (status >= 400)
        failed(call, delivery,
               AwsError("TargetRefused", "The target answered " + std::to_string(status) + ".", status));
    else
        note(call, delivery, "delivered");
    return object();
}

}  // namespace backlot::events
