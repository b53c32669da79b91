#include "emulator/services/sns/publish.h"

#include <algorithm>
#include <set>

#include "emulator/base/arn.h"
#include "emulator/base/hash.h"
#include "emulator/services/sns/delivery.h"
#include "emulator/services/sns/errors.h"
#include "emulator/services/sns/sms.h"

namespace backlot::sns {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMessageLimitBytes = 262'144;
constexpr auto kDeduplicationInterval = 5min;

void requireMessageAttributes(const Json& attributes) {
    for (const auto& member : attributes.GetObject()) {
        const std::string name = text(member.name), type = textOr(member.value, "DataType");
        const std::size_t dot = type.find('.');
        const std::string base = type.substr(0, dot);
        if ((base != "String" && base != "Number" && base != "Binary") ||
            (dot != std::string::npos && dot + 1 == type.size())) {
            throw invalidAttributeValue("The message attribute '" + name +
                                        "' has an invalid message attribute type, the set of supported type prefixes "
                                        "is Binary, Number, and String.");
        }
        const char* value = base == "Binary" ? "BinaryValue" : "StringValue";
        if (textOr(member.value, value).empty()) {
            throw invalidAttributeValue(
                "The message attribute '" + name +
                "' must contain non-empty message attribute value for message attribute type '" + type + "'.");
        }
    }
}

void requireSubject(const std::string& subject) {
    const bool good = !subject.empty() && subject.size() <= 100 && subject.find_first_of("\r\n") == std::string::npos;
    if (!good) throw invalidParameter("Subject");
}

Json structuredMessage(const std::string& message) {
    auto parsed = tryParseJson(message);
    if (!parsed || !parsed->IsObject()) throw invalidParameter("Message Structure - JSON message body failed to parse");
    const Json* fallback = find(*parsed, "default");
    if (!fallback || !fallback->IsString())
        throw invalidParameter("Message Structure - No default entry in JSON message body");
    return std::move(*parsed);
}

/// The message of a Publish or of one entry of a PublishBatch, checked.
Notification notificationOfRequest(Call& call, const Fields& request) {
    Notification notification{.message = request.text("Message"), .at = call.now};
    if (notification.message.empty()) throw invalidParameter("Empty message");
    std::size_t bytes = notification.message.size();
    if (const Json* subject = request.find("Subject")) {
        requireSubject(text(*subject));
        notification.subject = text(*subject);
    }
    if (const auto structure = request.optionalText("MessageStructure")) {
        if (*structure != "json") throw invalidParameter("MessageStructure");
        notification.byProtocol = structuredMessage(notification.message);
    }
    if (const Json* attributes = request.find("MessageAttributes"); attributes && attributes->MemberCount() > 0) {
        requireMessageAttributes(*attributes);
        notification.attributes = copy(*attributes);
        for (const auto& member : attributes->GetObject())
            bytes += member.name.GetStringLength() + textOr(member.value, "StringValue").size() +
                     textOr(member.value, "BinaryValue").size();
    }
    if (bytes > kMessageLimitBytes) throw invalidParameter("Message too long");
    notification.groupId = request.valueOr("MessageGroupId", "");
    notification.deduplicationId = request.valueOr("MessageDeduplicationId", "");
    return notification;
}

void requireFifoMembers(const Topic& topic, Notification& notification) {
    if (!topic.fifo()) {
        if (!notification.deduplicationId.empty()) {
            throw invalidParameter(
                "MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not "
                "valid for this topic type");
        }
        return;
    }
    if (notification.groupId.empty())
        throw invalidParameter("The MessageGroupId parameter is required for FIFO topics");
    if (!notification.deduplicationId.empty()) return;
    if (!topic.contentBasedDeduplication()) {
        throw invalidParameter(
            "The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided "
            "explicitly");
    }
    notification.deduplicationId = sha256Hex(notification.message);
}

/// 20 digits that grow with every message of the topic.
std::string nextSequenceNumber(Call& call, const Topic& topic) {
    const Key key = sequenceKey(topic);
    const auto row = call.get(key);
    const std::uint64_t next = row ? KeyReader(*row).number() + 1 : 1;
    call.put(key, Key().number(next).bytes());
    std::string digits = std::to_string(next * 1000);
    return "1" + std::string(19 - digits.size(), '0') + digits;
}

/// Forgets two for each that is remembered, so that the rows stay as many as five minutes bring.
void forgetDuplicates(Call& call, const Topic& topic) {
    std::vector<std::pair<std::string, std::string>> old;  // the index's row, the remembered one
    const Key prefix = forgetKey(topic);
    call.scan(prefix, [&](std::string_view key, std::string_view) {
        KeyReader reader(key.substr(prefix.bytes().size()));
        if (reader.time() > call.now) return false;
        old.emplace_back(key, reader.rest());
        return old.size() < 2;
    });
    for (const auto& [index, remembered] : old) {
        call.erase(index);
        const auto row = call.getJson(remembered);
        if (row && fromMillis(intOr(*row, "until", 0)) <= call.now) call.erase(remembered);
    }
}

/// Takes id and sequence number of an equal message of the last five minutes; false where there was none.
bool isDuplicate(Call& call, const Topic& topic, Notification& notification) {
    const auto scope = topic.attributes.find("FifoThroughputScope");
    Key key = duplicateKey(topic, notification.deduplicationId);
    if (scope != topic.attributes.end() && scope->second == "MessageGroup") key.text(notification.groupId);
    if (const auto row = call.getJson(key); row && fromMillis(intOr(*row, "until", 0)) > call.now) {
        notification.id = textOr(*row, "id");
        notification.sequenceNumber = textOr(*row, "sequenceNumber");
        return true;
    }
    notification.sequenceNumber = nextSequenceNumber(call, topic);
    const Time until = call.now + kDeduplicationInterval;
    call.putJson(key, object({{"until", epochMillis(until)},
                              {"id", notification.id},
                              {"sequenceNumber", notification.sequenceNumber}}));
    call.put(forgetKey(topic).time(until).raw(key.bytes()), "1");
    forgetDuplicates(call, topic);
    return false;
}

Json send(Sns& sns, Call& call, const Published& target, Notification notification) {
    notification.topicArn = target.topic.arn;
    notification.id = call.uuid("notification");
    if (const auto version = target.topic.attributes.find("SignatureVersion"); version != target.topic.attributes.end())
        notification.signatureVersion = version->second;
    if (!target.topic.fifo() || !isDuplicate(call, target.topic, notification)) {
        for (const Subscriber& subscriber : target.subscribers)
            deliver(sns, call, target.topic, subscriber, notification);
    }
    Json answer = object({{"MessageId", notification.id}});
    if (target.topic.fifo()) set(answer, "SequenceNumber", notification.sequenceNumber);
    return answer;
}

std::shared_ptr<const Published> requirePublished(Sns& sns, Call& call, const std::string& arn,
                                                  std::string_view parameter) {
    requireArn(arn, parameter);
    if (const auto parsed = parseArn(arn); parsed && parsed->region != call.region)
        throw invalidParameter(std::string(parameter));
    auto target = published(call, sns, arn);
    if (!target) throw notFound("Topic");
    call.about(target->topic.name);
    return target;
}

void requireBatch(const std::vector<const Json*>& entries) {
    if (entries.empty()) throw emptyBatchRequest();
    if (entries.size() > 10) throw tooManyEntries();
    std::set<std::string> ids;
    for (const Json* entry : entries) {
        const std::string id = textOr(*entry, "Id");
        if (id.size() > 80)
            throw invalidBatchEntryId("The Id of a batch entry in the batch request is too long: " + id);
        const bool good = !id.empty() && std::all_of(id.begin(), id.end(), [](unsigned char c) {
            return std::isalnum(c) || c == '-' || c == '_';
        });
        if (!good)
            throw invalidBatchEntryId(
                "The Id of a batch entry in the batch request contains an impermissible character: " + id);
        if (!ids.insert(id).second) throw idsNotDistinct();
    }
}

}  // namespace

Json publish(Sns& sns, Call& call, const Fields& request) {
    if (const auto phone = request.optionalText("PhoneNumber")) {
        if (request.has("TopicArn") || request.has("TargetArn"))
            throw invalidParameter("PhoneNumber Reason: cannot be given together with TopicArn or TargetArn");
        if (!isPhoneNumber(*phone))
            throw invalidParameter("PhoneNumber Reason: " + *phone + " is not valid to publish to");
        return sendSms(call, *phone, notificationOfRequest(call, request));
    }
    const bool topicArn = request.has("TopicArn");
    if (!topicArn && !request.has("TargetArn"))
        throw invalidParameter("TopicArn or TargetArn Reason: no value for required parameter");
    const char* parameter = topicArn ? "TopicArn" : "TargetArn";
    const auto target = requirePublished(sns, call, request.text(parameter), parameter);
    Notification notification = notificationOfRequest(call, request);
    requireFifoMembers(target->topic, notification);
    return send(sns, call, *target, std::move(notification));
}

Json publishBatch(Sns& sns, Call& call, const Fields& request) {
    const auto target = requirePublished(sns, call, request.text("TopicArn"), "TopicArn");
    const auto entries = request.items("PublishBatchRequestEntries");
    requireBatch(entries);
    std::vector<Notification> notifications;
    std::size_t bytes = 0;
    for (const Json* entry : entries) {
        notifications.push_back(notificationOfRequest(call, *entry));
        requireFifoMembers(target->topic, notifications.back());
        bytes += notifications.back().message.size();
    }
    if (bytes > kMessageLimitBytes) throw batchTooLong();
    Json successful = list();
    for (std::size_t i = 0; i < entries.size(); ++i) {
        Json answer = send(sns, call, *target, std::move(notifications[i]));
        set(answer, "Id", textOr(*entries[i], "Id"));
        push(successful, std::move(answer));
    }
    return object({{"Successful", std::move(successful)}, {"Failed", list()}});
}

}  // namespace backlot::sns
