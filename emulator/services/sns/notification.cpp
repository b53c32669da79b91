#include "emulator/services/sns/notification.h"

#include "emulator/base/http_message.h"
#include "emulator/services/sns/signing.h"

namespace backlot::sns {
namespace {

/// Members as AWS writes them: one a line, two spaces before, a space on both sides of the colon.
class Envelope {
public:
    void add(std::string_view name, std::string_view value) { addRaw(name, writeJson(str(value))); }
    void addRaw(std::string_view name, std::string_view json) {
        text_ += text_.empty() ? "{\n  \"" : ",\n  \"";
        text_.append(name).append("\" : ").append(json);
    }
    std::string take() { return std::move(text_) + "\n}"; }

private:
    std::string text_;
};

Json shownAttribute(const Json& attribute) {
    const Json* binary = find(attribute, "BinaryValue");
    return object({{"Type", textOr(attribute, "DataType")},
                   {"Value", binary ? text(*binary) : textOr(attribute, "StringValue")}});
}

Json shownAttributes(const Notification& notification) {
    Json shown = object();
    if (const Json* attributes = notification.attributesOrNull()) {
        for (const auto& member : attributes->GetObject()) set(shown, view(member.name), shownAttribute(member.value));
    }
    return shown;
}

std::string attributesText(const Notification& notification) {
    std::string text;
    for (const auto& member : notification.attributes.GetObject()) {
        text += (text.empty() ? "{\n    " : ",\n    ") + writeJson(member.name) + " : " +
                writeJson(shownAttribute(member.value));
    }
    return text + "\n  }";
}

std::string signatureOf(const Notification& notification, const std::string& message) {
    std::string signedText = "Message\n" + message + "\nMessageId\n" + notification.id + "\n";
    if (notification.subject) signedText += "Subject\n" + *notification.subject + "\n";
    signedText += "Timestamp\n" + iso8601Millis(notification.at) + "\nTopicArn\n" + notification.topicArn +
                  "\nType\nNotification\n";
    return sign(signedText, notification.signatureVersion);
}

std::string certificateUrl(const Sns& sns) { return sns.options.endpoint + signingCertificatePath(); }

}  // namespace

std::string Notification::messageFor(const std::string& protocol) const {
    if (!byProtocol.IsObject()) return message;
    const Json* own = find(byProtocol, protocol);
    return own && own->IsString() ? text(*own) : textOr(byProtocol, "default");
}

Json toJson(const Notification& n) {
    Json json = object({{"id", n.id},
                        {"topicArn", n.topicArn},
                        {"subject", n.subject},
                        {"message", n.message},
                        {"at", epochMillis(n.at)},
                        {"signatureVersion", n.signatureVersion}});
    if (n.byProtocol.IsObject()) set(json, "byProtocol", copy(n.byProtocol));
    if (n.attributes.IsObject()) set(json, "attributes", copy(n.attributes));
    if (!n.groupId.empty()) set(json, "groupId", n.groupId);
    if (!n.deduplicationId.empty()) set(json, "deduplicationId", n.deduplicationId);
    if (!n.sequenceNumber.empty()) set(json, "sequenceNumber", n.sequenceNumber);
    return json;
}

Notification notificationOf(const Json& json) {
    Notification n{.id = textOr(json, "id"),
                   .topicArn = textOr(json, "topicArn"),
                   .subject = optionalText(json, "subject"),
                   .message = textOr(json, "message")};
    if (const Json* texts = find(json, "byProtocol")) n.byProtocol = copy(*texts);
    if (const Json* attributes = find(json, "attributes")) n.attributes = copy(*attributes);
    n.groupId = textOr(json, "groupId");
    n.deduplicationId = textOr(json, "deduplicationId");
    n.sequenceNumber = textOr(json, "sequenceNumber");
    n.at = fromMillis(intOr(json, "at", 0));
    n.signatureVersion = textOr(json, "signatureVersion", "1");
    return n;
}

std::string unsubscribeUrl(const Sns& sns, const Subscription& subscription) {
    return sns.options.endpoint + "/?Action=Unsubscribe&SubscriptionArn=" + subscription.arn;
}

std::string envelope(const Sns& sns, const Notification& notification, const Subscription& subscription,
                     bool fifoTopic) {
    const std::string message = notification.messageFor(subscription.protocol);
    Envelope body;
    body.add("Type", "Notification");
    body.add("MessageId", notification.id);
    if (fifoTopic) body.add("SequenceNumber", notification.sequenceNumber);
    body.add("TopicArn", notification.topicArn);
    if (notification.subject) body.add("Subject", *notification.subject);
    body.add("Message", message);
    body.add("Timestamp", iso8601Millis(notification.at));
    if (!fifoTopic) {  // messages of FIFO topics are not signed
        body.add("SignatureVersion", notification.signatureVersion);
        body.add("Signature", signatureOf(notification, message));
        body.add("SigningCertURL", certificateUrl(sns));
    }
    body.add("UnsubscribeURL", unsubscribeUrl(sns, subscription));
    if (notification.attributes.IsObject() && notification.attributes.MemberCount() > 0)
        body.addRaw("MessageAttributes", attributesText(notification));
    return body.take();
}

std::string lambdaEvent(const Sns& sns, const Notification& notification, const Subscription& subscription) {
    const std::string message = notification.messageFor("lambda");
    Json content =
        object({{"Type", "Notification"}, {"MessageId", notification.id}, {"TopicArn", notification.topicArn}});
    set(content, "Subject", notification.subject ? str(*notification.subject) : Json());
    set(content, "Message", message);
    set(content, "Timestamp", iso8601Millis(notification.at));
    set(content, "SignatureVersion", notification.signatureVersion);
    set(content, "Signature", signatureOf(notification, message));
    set(content, "SigningCertUrl", certificateUrl(sns));
    set(content, "UnsubscribeUrl", unsubscribeUrl(sns, subscription));
    set(content, "MessageAttributes", shownAttributes(notification));
    Json record = object({{"EventSource", "aws:sns"},
                          {"EventVersion", "1.0"},
                          {"EventSubscriptionArn", subscription.arn},
                          {"Sns", std::move(content)}});
    return writeJson(object({{"Records", list({std::move(record)})}}));
}

std::string confirmation(const Sns& sns, const Subscription& subscription, const std::string& messageId, Time at) {
    const std::string message = "You have chosen to subscribe to the topic " + subscription.topicArn +
                                ".\nTo confirm the subscription, visit the SubscribeURL included in this message.";
    const std::string url = sns.options.endpoint +
                            "/?Action=ConfirmSubscription&TopicArn=" + percentEncode(subscription.topicArn) +
                            "&Token=" + subscription.token;
    const std::string timestamp = iso8601Millis(at);
    Envelope body;
    body.add("Type", "SubscriptionConfirmation");
    body.add("MessageId", messageId);
    body.add("Token", subscription.token);
    body.add("TopicArn", subscription.topicArn);
    body.add("Message", message);
    body.add("SubscribeURL", url);
    body.add("Timestamp", timestamp);
    body.add("SignatureVersion", "1");
    body.add("Signature", sign("Message\n" + message + "\nMessageId\n" + messageId + "\nSubscribeURL\n" + url +
                                   "\nTimestamp\n" + timestamp + "\nToken\n" + subscription.token + "\nTopicArn\n" +
                                   subscription.topicArn + "\nType\nSubscriptionConfirmation\n",
                               "1"));
    body.add("SigningCertURL", certificateUrl(sns));
    return body.take();
}

}  // namespace backlot::sns
