#pragma once
// A published message and the texts it is delivered as.

#include <optional>
#include <string>

#include "emulator/services/sns/topic.h"

namespace backlot::sns {

struct Notification {
    std::string id, topicArn;
    std::optional<std::string> subject;
    std::string message;       // what everybody gets…
    Json byProtocol = Json();  // …or, with MessageStructure "json", an object of protocol → text
    Json attributes = Json();  // MessageAttributes as published; null: none
    std::string groupId, deduplicationId, sequenceNumber;
    Time at;
    std::string signatureVersion = "1";

    const Json* attributesOrNull() const { return attributes.IsObject() ? &attributes : nullptr; }
    /// What a subscriber of this protocol reads.
    std::string messageFor(const std::string& protocol) const;
};

/// As a job keeps it.
Json toJson(const Notification& notification);
Notification notificationOf(const Json& json);

/// The JSON text that queues, webhooks and e-mail-json subscribers get, laid out as AWS lays it out.
std::string envelope(const Sns& sns, const Notification& notification, const Subscription& subscription,
                     bool fifoTopic);
/// The event of a Lambda subscriber: {"Records": [{"EventSource": "aws:sns", …}]}.
std::string lambdaEvent(const Sns& sns, const Notification& notification, const Subscription& subscription);
/// What an HTTP endpoint is asked to confirm with.
std::string confirmation(const Sns& sns, const Subscription& subscription, const std::string& messageId, Time at);

std::string unsubscribeUrl(const Sns& sns, const Subscription& subscription);

}  // namespace backlot::sns
