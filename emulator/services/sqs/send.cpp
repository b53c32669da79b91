// SendMessage and SendMessageBatch.
#include <algorithm>

#include "emulator/base/hash.h"
#include "emulator/services/sqs/batch.h"
#include "emulator/services/sqs/errors.h"
#include "emulator/services/sqs/message_attributes.h"
#include "emulator/services/sqs/messages.h"
#include "emulator/services/sqs/rows.h"
#include "emulator/services/sqs/visibility.h"

namespace backlot::sqs {
namespace {

using namespace std::chrono_literals;

constexpr auto kDeduplicationInterval = 5min;

void requireId(const std::string& value, const char* name) {
    const bool good = !value.empty() && value.size() <= 128 &&
                      std::all_of(value.begin(), value.end(), [](unsigned char c) { return c > 0x20 && c < 0x7F; });
    if (!good)
        throw invalidParameterValue(
            value, name,
            std::string(name) + " can only include alphanumeric and punctuation characters. 1 to 128 in length.");
}

Time visibleFrom(Call& call, const Queue& queue, const Fields& entry) {
    const auto delay = entry.optionalInteger("DelaySeconds");
    if (!delay) return call.now + queue.delay;
    if (*delay < 0 || *delay > 900)
        throw invalidParameterValue(std::to_string(*delay), "DelaySeconds", "DelaySeconds must be >= 0 and <= 900.");
    if (!queue.fifo) return call.now + std::chrono::seconds(*delay);
    if (*delay > 0)
        throw invalidParameterValue(std::to_string(*delay), "DelaySeconds",
                                    "The request include parameter that is not valid for this queue type.");
    return call.now + queue.delay;
}

/// What was sent within the last five minutes under the same deduplication id.
struct Duplicate {
    std::string messageId;
    std::uint64_t sequence = 0;
};

Key deduplicationKey(Call& call, const Queue& queue, const Message& message) {
    Key key = duplicatesKey(queue).text(message.deduplicationId);
    if (queue.deduplicatesByGroup(call.now)) key.text(message.groupId);
    return key;
}

std::optional<Duplicate> findDuplicate(Call& call, const Queue& queue, const Message& message) {
    const auto row = call.get(deduplicationKey(call, queue, message));
    if (!row) return std::nullopt;
    KeyReader reader(*row);
    if (reader.time() <= call.now) return std::nullopt;
    Duplicate duplicate;
    duplicate.sequence = reader.number();
    duplicate.messageId = reader.rest();
    return duplicate;
}

void remember(Call& call, const Queue& queue, const Message& message) {
    const Key key = deduplicationKey(call, queue, message);
    const Time until = call.now + kDeduplicationInterval;
    call.put(key, Key().time(until).number(message.sequence).raw(message.id).bytes());
    call.put(forgettingKey(queue).time(until).number(message.sequence), key.bytes());
    // Forgets two for each that it remembers, so that the rows stay as many as five minutes bring.
    std::vector<std::pair<std::string, std::string>> old;
    const Key prefix = forgettingKey(queue);
    call.scan(prefix, [&](std::string_view index, std::string_view remembered) {
        if (KeyReader(index.substr(prefix.bytes().size())).time() > call.now) return false;
        old.emplace_back(index, remembered);
        return old.size() < 2;
    });
    for (const auto& [index, remembered] : old) {
        call.erase(index);
        const auto row = call.get(remembered);
        if (row && KeyReader(*row).time() <= call.now) call.erase(remembered);
    }
}

void readFifoMembers(const Queue& queue, const Fields& entry, Message& message) {
    if (!entry.has("MessageGroupId")) throw missingParameter("MessageGroupId");
    if (entry.has("MessageDeduplicationId")) {
        message.deduplicationId = entry.text("MessageDeduplicationId");
        requireId(message.deduplicationId, "MessageDeduplicationId");
    } else if (queue.contentBasedDeduplication) {
        message.deduplicationId = sha256Hex(message.body);
    } else {
        throw invalidParameter(
            "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided "
            "explicitly");
    }
}

/// How many bytes of the limit the message takes.
std::size_t sizeOf(const Fields& entry, std::size_t attributeBytes) {
    return view(entry.value("MessageBody")).size() + attributeBytes;
}

Json send(Call& call, const Queue& queue, const Fields& entry) {
    Message message{.sentAt = call.now, .body = entry.text("MessageBody"), .senderId = call.account};
    if (message.body.empty()) throw missingParameter("MessageBody");
    const Json* attributes = entry.find("MessageAttributes");
    std::size_t bytes = message.body.size();
    if (attributes && attributes->MemberCount() > 0) {
        bytes = sizeOf(entry, requireMessageAttributes(*attributes));
        message.attributes = writeJson(*attributes);
        message.md5OfAttributes = md5OfAttributes(*attributes);
    }
    if (static_cast<std::int64_t>(bytes) > queue.maximumMessageSizeBytes)
        throw messageTooLong(queue.maximumMessageSizeBytes);
    requireMessageCharacters(message.body);
    message.visibleAt = visibleFrom(call, queue, entry);
    if (const auto group = entry.optionalText("MessageGroupId")) {
        requireId(*group, "MessageGroupId");
        message.groupId = *group;
    }
    std::string md5OfSystemAttributes;
    if (const Json* system = entry.find("MessageSystemAttributes"); system && system->MemberCount() > 0) {
        requireSystemAttributes(*system);
        if (const Json* trace = find(*system, "AWSTraceHeader")) message.traceHeader = textOr(*trace, "StringValue");
        md5OfSystemAttributes = md5OfAttributes(*system);
    }
    if (queue.fifo)
        readFifoMembers(queue, entry, message);
    else if (entry.has("MessageDeduplicationId")) {
        throw invalidParameterValue(entry.text("MessageDeduplicationId"), "MessageDeduplicationId",
                                    "The request include parameter that is not valid for this queue type.");
    }

    message.md5OfBody = md5Hex(message.body);
    const auto duplicate = queue.fifo ? findDuplicate(call, queue, message) : std::nullopt;
    if (duplicate) {
        message.id = duplicate->messageId;
        message.sequence = duplicate->sequence;
    } else {
        message.id = call.uuid("message");
        MessageStore(call, queue).add(message);
        if (queue.fifo) remember(call, queue, message);
        announce(call, queue, message.visibleAt);
    }
    Json answer = object({{"MD5OfMessageBody", message.md5OfBody}, {"MessageId", message.id}});
    if (!message.md5OfAttributes.empty()) set(answer, "MD5OfMessageAttributes", message.md5OfAttributes);
    if (!md5OfSystemAttributes.empty()) set(answer, "MD5OfMessageSystemAttributes", md5OfSystemAttributes);
    if (queue.fifo) set(answer, "SequenceNumber", sequenceNumber(message));
    return answer;
}

}  // namespace

Json sendMessage(Sqs& sqs, Call& call, const Fields& request) {
    const QueuePtr queue = requireQueue(call, sqs, request);
    return send(call, *queue, request);
}

Json sendMessageBatch(Sqs& sqs, Call& call, const Fields& request) {
    const QueuePtr queue = requireQueue(call, sqs, request);
    const auto entries = batchEntries(request, "SendMessageBatchRequestEntry");
    std::size_t bytes = 0;
    for (const Json* entry : entries) {
        bytes += textOr(*entry, "MessageBody").size();
        if (const Json* attributes = find(*entry, "MessageAttributes"); attributes && attributes->IsObject()) {
            for (const auto& member : attributes->GetObject()) {
                bytes += member.name.GetStringLength() + textOr(member.value, "DataType").size() +
                         textOr(member.value, "StringValue").size();
            }
        }
    }
    if (bytes > kBatchLimitBytes) throw batchRequestTooLong(bytes);
    return forEachEntry(entries, [&](const Fields& entry) { return send(call, *queue, entry); });
}

void moveTo(Call& call, const Queue& queue, Message message, const std::string& deadLetterSourceArn) {
    message.deadLetterSourceArn = deadLetterSourceArn;
    message.visibleAt = call.now;
    message.receipt = 0;
    MessageStore(call, queue).add(message);
    announce(call, queue, message.visibleAt);
}

}  // namespace backlot::sqs
