#include "emulator/services/events/delivery.h"

#include <algorithm>
#include <cmath>

#include "emulator/services/events/errors.h"
#include "emulator/services/events/input.h"
#include "emulator/services/events/target_kinds.h"
#include "emulator/world/record.h"

namespace backlot::events {
namespace {

constexpr double kLongestPauseSeconds = 600;

// As a job keeps it.

Json jsonOf(const Delivery& delivery) {
    return object({{"ruleArn", delivery.ruleArn},
                   {"target", jsonOf(delivery.target)},
                   {"event", delivery.event},
                   {"input", delivery.input},
                   {"attempt", delivery.attempt},
                   {"since", epochMillis(delivery.since)}});
}

Delivery deliveryOf(const Fields& json) {
    return {.ruleArn = json.text("ruleArn"),
            .target = targetOf(json.value("target")),
            .event = json.text("event"),
            .input = json.text("input"),
            .attempt = json.integer("attempt"),
            .since = fromMillis(json.integer("since"))};
}

void note(Call& call, const Delivery& delivery, std::string_view outcome, std::string_view reason = {},
          const std::string& error = {}) {
    RecordEntry entry{.kind = "delivery",
                      .service = "events",
                      .operation = "Deliver",
                      .resource = delivery.target.arn,
                      .error = error};
    entry.detail = object({{"outcome", outcome}, {"rule", delivery.ruleArn}});
    if (!reason.empty()) set(entry.detail, "reason", reason);
    call.note(std::move(entry));
}

/// To the target's dead-letter queue, where it has one. `condition`: what the RetryPolicy has run out of.
void giveUp(Call& call, const Delivery& delivery, const AwsError& error, std::string_view condition) {
    const auto& queue = delivery.target.deadLetterQueue;
    if (!queue) return note(call, delivery, "dropped", error.message(), error.code());
    const auto attribute = [](const std::string& value) {
        return object({{"DataType", "String"}, {"StringValue", value}});
    };
    Json attributes = object(
        {{"RULE_ARN", attribute(delivery.ruleArn)},
         {"TARGET_ARN", attribute(delivery.target.arn)},
         {"ERROR_CODE", attribute(error.code())},
         {"ERROR_MESSAGE", attribute(error.message().empty() ? error.code() : error.message())},
         {"RETRY_ATTEMPTS", object({{"DataType", "Number"}, {"StringValue", std::to_string(delivery.attempt)}})}});
    if (!condition.empty()) set(attributes, "EXHAUSTED_RETRY_CONDITION", attribute(std::string(condition)));
    try {
        call.invoke(
            "sqs", "SendMessage",
            object(
                {{"QueueUrl", *queue}, {"MessageBody", delivery.event}, {"MessageAttributes", std::move(attributes)}}));
        note(call, delivery, "dead-lettered", error.message(), error.code());
    } catch (const AwsError& second) {
        note(call, delivery, "dropped", "the dead-letter queue refuses it: " + second.message(), second.code());
    }
}

void failed(Call& call, const Delivery& delivery, const TargetKind& kind, const AwsError& error) {
    if (!kind.passes(error)) return giveUp(call, delivery, error, {});
    if (delivery.attempt >= delivery.target.retriesAllowed())
        return giveUp(call, delivery, error, "MaximumRetryAttempts");
    const double pause = std::min(std::pow(2.0, static_cast<double>(std::min<std::int64_t>(delivery.attempt, 20))),
                                  kLongestPauseSeconds) *
                         (0.5 + call.chance("retry"));
    const Time next = call.now + std::chrono::milliseconds(static_cast<std::int64_t>(pause * 1000));
    if (next > delivery.since + delivery.target.longestAge())
        return giveUp(call, delivery, error, "MaximumEventAgeInSeconds");
    note(call, delivery, "retried", error.message(), error.code());
    Delivery again = delivery;
    ++again.attempt;
    call.later(next, Job{.service = "events",
                         .operation = "RetryDelivery",
                         .request = object({{"delivery", jsonOf(again)}}),
                         .label = "delivery to " + delivery.target.arn});
}

void attempt(Call& call, const Delivery& delivery) {
    const Arn arn = parseArn(delivery.target.arn).value_or(Arn{});
    const TargetKind* kind = kindOf(arn);
    if (!kind) return giveUp(call, delivery, unsupportedTarget(arn), {});
    TargetCall target = kind->call(call, delivery, arn);
    if (kind->atOnce) {
        try {
            call.invoke(target.service, target.operation, target.request);
            note(call, delivery, "delivered");
        } catch (const AwsError& error) {
            failed(call, delivery, *kind, error);
        }
        return;
    }
    call.soon(Job{.service = target.service,
                  .operation = target.operation,
                  .request = std::move(target.request),
                  .account = arn.account,
                  .region = arn.region,
                  .replyTo = ReplyTo{"events", "TargetAnswered", jsonOf(delivery)},
                  .label = "delivery to " + delivery.target.arn});
}

}  // namespace

void deliver(Call& call, const ReadyRule& rule, const Target& target, const Json& event, const std::string& eventText) {
    Delivery delivery{.ruleArn = rule.arn, .target = target, .event = eventText, .since = call.now};
    auto input =
        inputFor(target.input, event, eventText, {.ruleArn = rule.arn, .ruleName = rule.name, .ingestedAt = call.now});
    if (!input) return note(call, delivery, "dropped", "the input transformer yields no valid JSON", "InvalidInput");
    delivery.input = std::move(*input);
    attempt(call, delivery);
}

Json retryDelivery(Events&, Call& call, const Fields& request) {
    const Delivery delivery = deliveryOf(request.child("delivery"));
    call.about(delivery.target.arn);
    attempt(call, delivery);
    return object();
}

Json targetAnswered(Events&, Call& call, const Fields& request) {
    const Delivery delivery = deliveryOf(request.child("context"));
    call.about(delivery.target.arn);
    const TargetKind& kind = *kindOf(*parseArn(delivery.target.arn));  // it was called
    if (const Json* error = request.find("error")) {
        failed(call, delivery, kind,
               AwsError(textOr(*error, "code"), textOr(*error, "message"),
                        static_cast<int>(intOr(*error, "httpStatus", 500))));
        return object();
    }
    // An API answers with a status of its own, and that may be a refusal.
    const Json* output = request.find("output");
    const auto status = output ? static_cast<int>(intOr(*output, "statusCode", 200)) : 200;
    if (status >= 400)
        failed(call, delivery, kind,
               AwsError("TargetRefused", "The target answered " + std::to_string(status) + ".", status));
    else
        note(call, delivery, "delivered");
    return object();
}

}  // namespace backlot::events
