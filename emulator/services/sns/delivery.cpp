#include "emulator/services/sns/delivery.h"

#include <algorithm>

#include "emulator/services/sns/filter_policy.h"
#include "emulator/services/sns/retry.h"
#include "emulator/services/sns/topics.h"
#include "emulator/world/record.h"
#include "emulator/world/outlet.h"

namespace backlot::sns {
namespace {

using namespace std::chrono_literals;

constexpr auto kHttpLimit = 15s;  // as long as SNS waits for an endpoint

bool isHttp(const Subscription& subscription) {
    return subscription.protocol == "http" || subscription.protocol == "https";
}

void note(Call& call, const Subscription& subscription, const Notification& notification, std::string_view outcome,
          std::string_view reason = {}, const std::string& error = {}) {
    RecordEntry entry{.kind = "delivery",
                      .service = "sns",
                      .operation = "Deliver",
                      .resource = subscription.endpoint,
                      .error = error};
    entry.detail = object({{"outcome", outcome},
                           {"protocol", subscription.protocol},
                           {"subscription", subscription.arn},
                           {"messageId", notification.id}});
    if (!reason.empty()) set(entry.detail, "reason", reason);
    call.note(std::move(entry));
}

Json deliveryJson(const Subscription& subscription, const Notification& notification, std::int64_t attempt) {
    return object(
        {{"subscriptionArn", subscription.arn}, {"notification", toJson(notification)}, {"attempt", attempt}});
}

/// What SQS is sent: for a subscription, or as its dead letter.
Json queueRequest(Sns& sns, const std::string& queueArn, const Subscription& subscription,
                  const Notification& notification) {
    const bool fifoTopic = notification.topicArn.ends_with(".fifo"), fifoQueue = queueArn.ends_with(".fifo");
    Json request = object({{"QueueUrl", queueArn}});
    if (subscription.raw()) {
        set(request, "MessageBody", notification.messageFor(subscription.protocol));
        if (const Json* attributes = notification.attributesOrNull())
            set(request, "MessageAttributes", copy(*attributes));
    } else {
        set(request, "MessageBody", envelope(sns, notification, subscription, fifoTopic));
    }
    if (!notification.groupId.empty() && fifoTopic == fifoQueue) set(request, "MessageGroupId", notification.groupId);
    if (fifoTopic && fifoQueue) set(request, "MessageDeduplicationId", notification.deduplicationId);
    return request;
}

void giveUp(Sns& sns, Call& call, const Subscription& subscription, const Notification& notification,
            const AwsError& error) {
    const auto policy = subscription.attributes.find("RedrivePolicy");
    const std::string deadLetters = policy == subscription.attributes.end()
                                        ? std::string()
                                        : textOr(parseJson(policy->second), "deadLetterTargetArn");
    if (deadLetters.empty()) return note(call, subscription, notification, "dropped", error.message(), error.code());
    try {
        call.invoke("sqs", "SendMessage", queueRequest(sns, deadLetters, subscription, notification));
        note(call, subscription, notification, "dead-lettered", error.message(), error.code());
    } catch (const AwsError& second) {
        note(call, subscription, notification, "dropped", "the dead-letter queue refuses it: " + second.message(),
             second.code());
    }
}

/// An endpoint that is gone, or refuses for good, is not asked again.
bool isPermanent(const AwsError& error) {
    if (error.httpStatus() == 429 || error.code().find("Throttl") != std::string::npos ||
        error.code() == "TooManyRequestsException")
        return false;
    return (error.httpStatus() >= 400 && error.httpStatus() < 500) || error.httpStatus() == 501;
}

Json healthyRetryPolicy(Call& call, const Subscription& subscription) {
    if (const auto own = subscription.attributes.find("DeliveryPolicy"); own != subscription.attributes.end()) {
        const Json policy = parseJson(own->second);
        if (const Json* healthy = find(policy, "healthyRetryPolicy")) return copy(*healthy);
    }
    if (const auto topic = findTopic(call, subscription.topicArn)) {
        if (const auto own = topic->attributes.find("DeliveryPolicy"); own != topic->attributes.end()) {
            const Json policy = parseJson(own->second);
            if (const Json* healthy = at(policy, {"http", "defaultHealthyRetryPolicy"})) return copy(*healthy);
        }
    }
    return copy(*at(defaultDeliveryPolicy(), {"http", "defaultHealthyRetryPolicy"}));
}

void failed(Sns& sns, Call& call, const Subscription& subscription, const Notification& notification,
            std::int64_t attempt, const AwsError& error) {
    if (isPermanent(error)) return giveUp(sns, call, subscription, notification, error);
    const auto delay = isHttp(subscription) ? httpRetryDelay(healthyRetryPolicy(call, subscription), attempt)
                                            : managedRetryDelay(attempt);
    if (!delay) return giveUp(sns, call, subscription, notification, error);
    note(call, subscription, notification, "retried", error.message(), error.code());
    call.later(call.now + *delay, Job{.service = "sns",
                                      .operation = "RetryDelivery",
                                      .request = deliveryJson(subscription, notification, attempt + 1),
                                      .label = "delivery to " + subscription.endpoint});
}

void toQueue(Sns& sns, Call& call, const Subscription& subscription, const Notification& notification,
             std::int64_t attempt) {
    try {
        call.invoke("sqs", "SendMessage", queueRequest(sns, subscription.endpoint, subscription, notification));
        note(call, subscription, notification, "delivered");
    } catch (const AwsError& error) {
        failed(sns, call, subscription, notification, attempt, error);
    }
}

void toFunction(Sns& sns, Call& call, const Subscription& subscription, const Notification& notification,
                std::int64_t attempt) {
    call.soon(Job{.service = "lambda",
                  .operation = "Invoke",
                  .request = object({{"FunctionName", subscription.endpoint},
                                     {"InvocationType", "Event"},
                                     {"Payload", lambdaEvent(sns, notification, subscription)}}),
                  .replyTo = ReplyTo{"sns", "DeliveryDone", deliveryJson(subscription, notification, attempt)},
                  .label = "delivery to " + subscription.endpoint});
}

void toInbox(Sns& sns, Call& call, const Subscription& subscription, const Notification& notification,
             std::int64_t attempt) {
    Json mail = object({{"to", list({subscription.endpoint})}});
    if (subscription.protocol == "sms") {
        if (call.has(optedOutKey(call, subscription.endpoint))) {
            return note(call, subscription, notification, "dropped", "the phone number is opted out");
        }
        set(mail, "kind", "sms");
        set(mail, "from", "NOTICE");
        set(mail, "text", notification.messageFor("sms"));
    } else {
        set(mail, "kind", "email");
        set(mail, "from", "no-reply@sns.amazonaws.com");
        set(mail, "subject", notification.subject.value_or("AWS Notification Message"));
        set(mail, "text",
            subscription.protocol == "email-json"
                ? envelope(sns, notification, subscription, notification.topicArn.ends_with(".fifo"))
                : notification.messageFor("email") +
                      "\n\n--\nIf you wish to stop receiving notifications from this topic, please click or visit the "
                      "link below to unsubscribe:\n" +
                      unsubscribeUrl(sns, subscription) + "\n");
    }
    try {
        call.invoke("ses", "Deliver", mail);
        note(call, subscription, notification, "delivered");
    } catch (const AwsError& error) {
        failed(sns, call, subscription, notification, attempt, error);
    }
}

void toEndpoint(Sns& sns, Call& call, const Subscription& subscription, const Notification& notification,
                std::int64_t attempt) {
    if (subscription.protocol == "sqs") return toQueue(sns, call, subscription, notification, attempt);
    if (subscription.protocol == "lambda") return toFunction(sns, call, subscription, notification, attempt);
    if (isHttp(subscription)) {
        Json delivery = deliveryJson(subscription, notification, attempt);
        set(delivery, "deliveryId", call.uuid("delivery"));
        call.soon(Job{.service = "sns",
                      .operation = "DeliverHttp",
                      .request = std::move(delivery),
                      .label = "delivery to " + subscription.endpoint});
        return;
    }
    toInbox(sns, call, subscription, notification, attempt);
}

/// The host of a URL, without port, user or path; empty where it is no http(s) URL.
std::string hostOf(std::string_view url) {
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (!url.starts_with(scheme)) continue;
        std::string_view authority = url.substr(scheme.size());
        authority = authority.substr(0, authority.find_first_of("/?#"));
        if (const auto user = authority.rfind('@'); user != std::string_view::npos) authority.remove_prefix(user + 1);
        if (authority.starts_with("[")) return std::string(authority.substr(0, authority.find(']') + 1));
        return std::string(authority.substr(0, authority.find(':')));
    }
    return {};
}

bool mayReach(const Sns& sns, const std::string& url) {
    const std::string host = hostOf(url);
    if (host == "localhost" || host == "127.0.0.1" || host == "[::1]" || host.ends_with(".localhost")) return true;
    const auto& allowed = sns.options.allowedHosts;
    return std::find(allowed.begin(), allowed.end(), host) != allowed.end();
}

Request httpRequest(Sns& sns, const Subscription& subscription, const Fields& delivery, const std::string& messageId,
                    const std::optional<Notification>& notification, Time now) {
    Request request{.method = "POST"};
    const std::size_t path = subscription.endpoint.find('/', subscription.endpoint.find("//") + 2);
    request.target = path == std::string::npos ? "/" : subscription.endpoint.substr(path);
    request.headers.add("x-amz-sns-message-type", notification ? "Notification" : "SubscriptionConfirmation");
    request.headers.add("x-amz-sns-message-id", messageId);
    request.headers.add("x-amz-sns-topic-arn", subscription.topicArn);
    if (notification) request.headers.add("x-amz-sns-subscription-arn", subscription.arn);
    request.headers.add("Content-Type", "text/plain; charset=UTF-8");
    request.headers.add("User-Agent", "Amazon Simple Notification Service Agent");
    if (notification && subscription.raw()) {
        request.headers.add("x-amz-sns-rawdelivery", "true");
        request.body = notification->messageFor(subscription.protocol);
    } else if (notification) {
        request.body = envelope(sns, *notification, subscription, subscription.topicArn.ends_with(".fifo"));
    } else {
        request.body = confirmation(sns, subscription, delivery.text("deliveryId"), now);
    }
    return request;
}

}  // namespace

void deliver(Sns& sns, Call& call, const Topic&, const Subscriber& subscriber, const Notification& notification) {
    const Subscription& subscription = subscriber.subscription;
    if (!subscription.confirmed)
        return note(call, subscription, notification, "skipped", "the subscription is not confirmed");
    if (subscriber.filter) {
        if (subscription.filtersBody()) {
            const auto body = tryParseJson(notification.messageFor(subscription.protocol));
            if (!body || !body->IsObject())
                return note(call, subscription, notification, "filtered", "the message is no JSON object");
            if (!subscriber.filter->matches(*body))
                return note(call, subscription, notification, "filtered",
                            "filter policy: " + subscriber.filter->mismatch(*body));
        } else {
            const Json event = attributesEvent(notification.attributesOrNull());
            if (!subscriber.filter->matches(event))
                return note(call, subscription, notification, "filtered",
                            "filter policy: " + subscriber.filter->mismatch(event));
        }
    }
    toEndpoint(sns, call, subscription, notification, 0);
}

void askToConfirm(Sns&, Call& call, const Subscription& subscription) {
    call.soon(Job{.service = "sns",
                  .operation = "DeliverHttp",
                  .request = object({{"deliveryId", call.uuid("delivery")},
                                     {"subscriptionArn", subscription.arn},
                                     {"attempt", 0},
                                     {"confirm", true}}),
                  .label = "confirmation of " + subscription.endpoint});
}

Json retryDelivery(Sns& sns, Call& call, const Fields& request) {
    const auto subscription = findSubscription(call, request.text("subscriptionArn"));
    if (!subscription) return object();
    call.about(subscription->endpoint);
    toEndpoint(sns, call, *subscription, notificationOf(request.value("notification")), request.integer("attempt"));
    return object();
}

Json deliveryDone(Sns& sns, Call& call, const Fields& request) {
    const Fields context = request.child("context");
    const auto subscription = findSubscription(call, context.text("subscriptionArn"));
    if (!subscription) return object();
    call.about(subscription->endpoint);
    const Notification notification = notificationOf(context.value("notification"));
    if (const Json* error = request.find("error")) {
        failed(sns, call, *subscription, notification, context.integer("attempt"),
               AwsError(textOr(*error, "code"), textOr(*error, "message"),
                        static_cast<int>(intOr(*error, "httpStatus", 500))));
    } else {
        note(call, *subscription, notification, "delivered");
    }
    return object();
}

Reply deliverHttp(Sns& sns, Call& call, const Fields& request) {
    const auto subscription = findSubscription(call, request.text("subscriptionArn"));
    if (!subscription) return object();
    call.about(subscription->endpoint);
    std::optional<Notification> notification;
    if (request.has("notification")) notification = notificationOf(request.value("notification"));
    if (!mayReach(sns, subscription->endpoint)) {
        const AwsError refused(
            "EndpointNotAllowed",
            "Backlot reaches loopback hosts only; allow " + hostOf(subscription->endpoint) + " to deliver there.", 403);
        if (notification)
            giveUp(sns, call, *subscription, *notification, refused);
        else
            note(call, *subscription, {}, "dropped", refused.message(), refused.code());
        return object();
    }
    const std::string deliveryId = request.text("deliveryId"), topic = "sns:http:" + deliveryId;
    call.afterCommit([&sns, outlet = call.outlet(), url = subscription->endpoint, deliveryId, account = call.account,
                      region = call.region,
                      outgoing = httpRequest(sns, *subscription, request, notification ? notification->id : deliveryId,
                                             notification, call.now)] {
        sns.outside.fetch(
            url, outgoing, kHttpLimit, [outlet, deliveryId, account, region](std::optional<Response> response) {
                outlet.submit(
                    {.service = "sns",
                     .operation = "HttpAnswered",
                     .request = object({{"deliveryId", deliveryId}, {"status", response ? response->status : 0}}),
                     .account = account,
                     .region = region});
            });
    });
    Wait wait{.topic = topic, .busy = "notification of " + subscription->endpoint};
    wait.ask = [&sns, deliveryId, arn = subscription->arn, attempt = request.integer("attempt"),
                stored = notification ? writeJson(toJson(*notification)) : std::string()](Call& later,
                                                                                          bool) -> std::optional<Json> {
        const auto answer = sns.httpAnswers.find(deliveryId);
        if (answer == sns.httpAnswers.end()) return std::nullopt;
        const auto status = static_cast<int>(intOr(answer->second, "status", 0));
        later.afterCommit([&sns, deliveryId] { sns.httpAnswers.erase(deliveryId); });
        const auto subscription = findSubscription(later, arn);
        if (!subscription || stored.empty()) return object();
        const Notification notification = notificationOf(parseJson(stored));
        if (status >= 200 && status < 300)
            note(later, *subscription, notification, "delivered");
        else if (status == 0)
            failed(sns, later, *subscription, notification, attempt,
                   AwsError("EndpointUnreachable", "Nobody answered.", 504));
        else
            failed(sns, later, *subscription, notification, attempt,
                   AwsError("EndpointRefused", "The endpoint answered " + std::to_string(status) + ".", status));
        return object();
    };
    return wait;
}

Json httpAnswered(Sns& sns, Call& call, const Fields& request) {
    const std::string deliveryId = request.text("deliveryId");
    sns.httpAnswers[deliveryId] = object({{"status", request.integer("status")}});
    call.signal("sns:http:" + deliveryId);
    return object();
}

}  // namespace backlot::sns
