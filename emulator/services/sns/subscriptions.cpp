#include "emulator/services/sns/subscriptions.h"

#include <algorithm>

#include "emulator/base/arn.h"
#include "emulator/base/base64.h"
#include "emulator/base/http_message.h"
#include "emulator/base/pattern_reader.h"
#include "emulator/services/sns/delivery.h"
#include "emulator/services/sns/errors.h"
#include "emulator/services/sns/filter_policy.h"
#include "emulator/services/sns/sms.h"

namespace backlot::sns {
namespace {

constexpr std::size_t kPage = 100;
constexpr std::size_t kTokenDigits = 288;
constexpr std::string_view kAttributes[] = {"DeliveryPolicy",     "FilterPolicy",  "FilterPolicyScope",
                                            "RawMessageDelivery", "RedrivePolicy", "SubscriptionRoleArn",
                                            "ReplayPolicy"};

bool isKnown(std::string_view name) {
    return std::find(std::begin(kAttributes), std::end(kAttributes), name) != std::end(kAttributes);
}

/// AWS's message for a text that is no JSON: the parser's words, its place, but not the text itself.
std::string brokenJson(const std::string& text) {
    const auto tokens = readPatternTokens(text);
    if (tokens.empty() || tokens.back().kind != TokenKind::broken) return "failed to parse JSON.";
    const std::string place = patternPlace(text, tokens.back().end);
    return "failed to parse JSON. " + tokens.back().text +
           "\n at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled)" +
           place.substr(place.rfind("; line:"));
}

void requireRedrivePolicy(const Subscription& subscription, const std::string& value, const std::string& before) {
    const auto refuse = [&](const std::string& reason) {
        return invalidParameter(before + "RedrivePolicy: " + reason);
    };
    const auto policy = tryParseJson(value);
    if (!policy || !policy->IsObject()) throw refuse(brokenJson(value));
    const std::string target = textOr(*policy, "deadLetterTargetArn");
    const auto arn = parseArn(target);
    if (!arn || arn->service != "sqs") throw refuse("deadLetterTargetArn is an invalid arn");
    const bool fifo = subscription.topicArn.ends_with(".fifo") && subscription.endpoint.ends_with(".fifo");
    if (fifo && !target.ends_with(".fifo"))
        throw refuse("must use a FIFO queue as DLQ for a FIFO Subscription to a FIFO Topic.");
}

/// Takes one attribute over, checked. `before` is "" for SetSubscriptionAttributes and "Attributes Reason: " for
/// Subscribe.
void takeAttribute(Subscription& subscription, const std::string& name, const std::string& value,
                   const std::string& before) {
    if (!isKnown(name))
        throw invalidParameter(before.empty() ? "AttributeName" : before + "Unknown attribute: " + name);
    if (name == "RawMessageDelivery") {
        if (!equalIgnoringCase(value, "true") && !equalIgnoringCase(value, "false")) {
            throw invalidParameter(before + "RawMessageDelivery: Invalid value [" + value +
                                   "]. Must be true or false.");
        }
        subscription.attributes[name] = equalIgnoringCase(value, "true") ? "true" : "false";
        return;
    }
    if (name == "FilterPolicyScope" && value != "MessageBody" && value != "MessageAttributes") {
        throw invalidParameter(before + "FilterPolicyScope: Invalid value [" + value +
                               "]. Please use either MessageBody or MessageAttributes");
    }
    if (name == "RedrivePolicy" && !value.empty()) requireRedrivePolicy(subscription, value, before);
    if (name == "DeliveryPolicy" && !value.empty() && !tryParseJson(value))
        throw invalidParameter(before + "DeliveryPolicy: " + brokenJson(value));
    if (value.empty() || (name == "FilterPolicy" && value == "{}"))
        subscription.attributes.erase(name);
    else
        subscription.attributes[name] = value;
}

/// A policy and its scope only make sense together, so it is compiled when both are known.
void requireFilterPolicy(const Subscription& subscription, const std::string& before) {
    if (const auto policy = subscription.attributes.find("FilterPolicy"); policy != subscription.attributes.end()) {
        compileFilterPolicy(policy->second, subscription.filtersBody(), before);
    }
}

void requireEndpoint(const Topic& topic, const std::string& protocol, const std::string& endpoint) {
    const auto arn = parseArn(endpoint);
    if (protocol == "sqs") {
        if (!arn || arn->service != "sqs") throw invalidParameter("SQS endpoint ARN");
        if (endpoint.ends_with(".fifo") && !topic.fifo()) {
            throw invalidParameter(
                "Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics");
        }
    } else if (protocol == "lambda") {
        if (!arn || arn->service != "lambda") throw invalidParameter("Lambda endpoint ARN");
    } else if (protocol == "sms") {
        if (!isPhoneNumber(endpoint)) throw invalidParameterSaying("Invalid SMS endpoint: " + endpoint);
    } else if (protocol == "http" || protocol == "https") {
        if (!endpoint.starts_with(protocol + "://"))
            throw invalidParameter("Endpoint must match the specified protocol");
    } else if (protocol == "email" || protocol == "email-json") {
        if (endpoint.find('@') == std::string::npos) throw invalidParameter("Email address");
    } else if (protocol == "application" || protocol == "firehose") {
        throw AwsError("UnsupportedOperation", "Backlot does not deliver to " + protocol + " subscriptions.", 501);
    } else {
        throw invalidParameter("Amazon SNS does not support this protocol string: " + protocol);
    }
    if (topic.fifo() && protocol != "sqs") throw invalidParameter("Invalid protocol type: " + protocol);
}

std::string attributeOrDefault(const Subscription& subscription, const std::string& name) {
    if (const auto found = subscription.attributes.find(name); found != subscription.attributes.end())
        return found->second;
    return name == "RawMessageDelivery" ? "false" : name == "FilterPolicyScope" ? "MessageAttributes" : "";
}

std::optional<Subscription> existingSubscription(Call& call, const Topic& topic, const std::string& protocol,
                                                 const std::string& endpoint) {
    std::optional<Subscription> found;
    scanSubscriptions(call, topic.arn, {}, [&](const Subscription& subscription) {
        if (subscription.protocol == protocol && subscription.endpoint == endpoint) found = subscription;
        return !found;
    });
    return found;
}

Json shown(const Subscription& subscription) {
    return object({{"SubscriptionArn", subscription.confirmed ? subscription.arn : "PendingConfirmation"},
                   {"Owner", subscription.owner},
                   {"Protocol", subscription.protocol},
                   {"Endpoint", subscription.endpoint},
                   {"TopicArn", subscription.topicArn}});
}

Json page(Call& call, const std::string& topicArn, const Fields& request) {
    Json subscriptions = list(), answer = object();
    std::string last;
    scanSubscriptions(call, topicArn, base64Decode(request.valueOr("NextToken", "")).value_or(""),
                      [&](const Subscription& subscription) {
                          if (subscriptions.Size() == kPage) {
                              set(answer, "NextToken", base64Encode(last));
                              return false;
                          }
                          push(subscriptions, shown(subscription));
                          last = subscription.arn;
                          return true;
                      });
    set(answer, "Subscriptions", std::move(subscriptions));
    return answer;
}

void requireSubscriptionArn(const std::string& arn) {
    requireArn(arn, "SubscriptionArn");
    const auto parsed = parseArn(arn);
    if (!parsed || parsed->resource.find(':') == std::string::npos) throw invalidParameter("SubscriptionId");
}

Subscription requireSubscription(Call& call, const Fields& request) {
    const std::string arn = request.text("SubscriptionArn");
    requireSubscriptionArn(arn);
    auto subscription = findSubscription(call, arn);
    if (!subscription) throw notFound("Subscription");
    call.about(arn);
    return std::move(*subscription);
}

}  // namespace

Json subscribe(Sns& sns, Call& call, const Fields& request) {
    const Topic topic = requireTopic(call, request);
    const std::string protocol = request.text("Protocol"), endpoint = request.valueOr("Endpoint", "");
    requireEndpoint(topic, protocol, endpoint);
    Subscription subscription{.topicArn = topic.arn, .protocol = protocol, .endpoint = endpoint, .owner = call.account};
    const Fields attributes = request.child("Attributes");
    for (const auto& member : attributes.json().GetObject())
        takeAttribute(subscription, text(member.name), text(member.value), "Attributes Reason: ");
    requireFilterPolicy(subscription, "Attributes Reason: ");

    const bool returnArn = request.valueOr("ReturnSubscriptionArn", false);
    const auto answer = [&](const Subscription& made) {
        return object({{"SubscriptionArn", made.confirmed || returnArn ? made.arn : "pending confirmation"}});
    };
    if (const auto existing = existingSubscription(call, topic, protocol, endpoint)) {
        for (const auto& member : attributes.json().GetObject()) {
            const std::string name = text(member.name);
            if (attributeOrDefault(*existing, name) != attributeOrDefault(subscription, name)) {
                throw invalidParameter("Attributes Reason: Subscription already exists with different attributes");
            }
        }
        if (!existing->confirmed) askToConfirm(sns, call, *existing);
        return answer(*existing);
    }
    subscription.arn = topic.arn + ":" + call.uuid("subscription");
    subscription.confirmed = protocol != "http" && protocol != "https";
    if (!subscription.confirmed) subscription.token = call.hexId("token", kTokenDigits);
    saveSubscription(call, subscription);
    if (!subscription.confirmed) askToConfirm(sns, call, subscription);
    return answer(subscription);
}

Json unsubscribe(Sns&, Call& call, const Fields& request) {
    const std::string arn = request.text("SubscriptionArn");
    requireSubscriptionArn(arn);
    if (const auto subscription = findSubscription(call, arn)) eraseSubscription(call, *subscription);
    return object();
}

Json confirmSubscription(Sns&, Call& call, const Fields& request) {
    const std::string topicArn = request.text("TopicArn"), token = request.text("Token");
    requireArn(topicArn, "TopicArn");
    std::optional<Subscription> found;
    scanSubscriptions(call, topicArn, {}, [&](const Subscription& subscription) {
        if (!subscription.token.empty() && subscription.token == token) found = subscription;
        return !found;
    });
    if (!found) throw invalidParameter("Token");
    if (!found->confirmed) {
        found->confirmed = true;
        saveSubscription(call, *found);
    }
    return object({{"SubscriptionArn", found->arn}});
}

Json listSubscriptions(Sns&, Call& call, const Fields& request) { return page(call, {}, request); }

Json listSubscriptionsByTopic(Sns&, Call& call, const Fields& request) {
    const Topic topic = requireTopic(call, request);
    return page(call, topic.arn, request);
}

Json getSubscriptionAttributes(Sns&, Call& call, const Fields& request) {
    const Subscription subscription = requireSubscription(call, request);
    const bool http = subscription.protocol == "http" || subscription.protocol == "https";
    Json attributes = object({{"SubscriptionArn", subscription.arn},
                              {"TopicArn", subscription.topicArn},
                              {"Protocol", subscription.protocol},
                              {"Endpoint", subscription.endpoint},
                              {"Owner", subscription.owner},
                              {"SubscriptionPrincipal", "arn:aws:iam::" + subscription.owner + ":user/backlot"},
                              {"ConfirmationWasAuthenticated", http ? "false" : "true"},
                              {"PendingConfirmation", subscription.confirmed ? "false" : "true"},
                              {"RawMessageDelivery", "false"}});
    for (const auto& [name, value] : subscription.attributes) {
        if (name != "FilterPolicyScope") set(attributes, name, value);
    }
    if (subscription.attributes.contains("FilterPolicy"))
        set(attributes, "FilterPolicyScope", attributeOrDefault(subscription, "FilterPolicyScope"));
    return object({{"Attributes", std::move(attributes)}});
}

Json setSubscriptionAttributes(Sns&, Call& call, const Fields& request) {
    Subscription subscription = requireSubscription(call, request);
    takeAttribute(subscription, request.text("AttributeName"), request.valueOr("AttributeValue", ""), "");
    requireFilterPolicy(subscription, "");
    saveSubscription(call, subscription);
    return object();
}

}  // namespace backlot::sns
