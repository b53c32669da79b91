// ReceiveMessage, DeleteMessage, ChangeMessageVisibility and their batches.
#include <algorithm>

#include "emulator/services/sqs/batch.h"
#include "emulator/services/sqs/errors.h"
#include "emulator/services/sqs/message_attributes.h"
#include "emulator/services/sqs/messages.h"
#include "emulator/services/sqs/rows.h"
#include "emulator/services/sqs/visibility.h"
#include "emulator/world/record.h"

namespace backlot::sqs {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kInFlightLimit = 120'000;
constexpr std::size_t kPassedOverAtOnce = 1000;  // messages that are too old, or were received too often
constexpr auto kAttemptInterval = 5min;
constexpr std::chrono::seconds kVisibilityLimit = 12h;

/// A ReceiveMessage as it is asked, once or again while it waits.
struct Receive {
    std::size_t limit = 1;
    std::chrono::seconds visibilityTimeout{}, wait{};
    std::vector<std::string> systemNames, names;
    std::string attemptId;
};

std::int64_t inRange(const Fields& request, const char* name, std::int64_t otherwise, std::int64_t low,
                     std::int64_t high, const char* reason) {
    const std::int64_t value = request.valueOr(name, otherwise);
    if (value < low || value > high) throw invalidParameterValue(std::to_string(value), name, reason);
    return value;
}

Receive receiveOf(const Queue& queue, const Fields& request) {
    Receive receive;
    receive.limit = static_cast<std::size_t>(
        inRange(request, "MaxNumberOfMessages", 1, 1, 10, "Must be between 1 and 10, if provided."));
    receive.wait = std::chrono::seconds(
        inRange(request, "WaitTimeSeconds", queue.receiveWait.count(), 0, 20, "Must be >= 0 and <= 20, if provided."));
    receive.visibilityTimeout =
        std::chrono::seconds(inRange(request, "VisibilityTimeout", queue.visibilityTimeout.count(), 0,
                                     kVisibilityLimit.count(), "Must be >= 0 and <= 43200, if provided."));
    receive.systemNames = request.texts("MessageSystemAttributeNames");
    for (std::string& name : request.texts("AttributeNames")) receive.systemNames.push_back(std::move(name));
    receive.names = request.texts("MessageAttributeNames");
    if (!queue.fifo) request.passOver({"ReceiveRequestAttemptId"});
    receive.attemptId = queue.fifo ? request.valueOr("ReceiveRequestAttemptId", "") : std::string();
    return receive;
}

Json systemAttributes(const Message& message, const Queue& queue, const std::vector<std::string>& names) {
    const bool all = std::find(names.begin(), names.end(), "All") != names.end();
    Json result = object();
    const auto add = [&](const char* name, const std::string& value) {
        if (!value.empty() && (all || std::find(names.begin(), names.end(), name) != names.end()))
            set(result, name, value);
    };
    add("SenderId", message.senderId);
    add("SentTimestamp", std::to_string(epochMillis(message.sentAt)));
    add("ApproximateReceiveCount", std::to_string(message.receiveCount));
    if (message.firstReceivedAt)
        add("ApproximateFirstReceiveTimestamp", std::to_string(epochMillis(*message.firstReceivedAt)));
    add("MessageGroupId", message.groupId);
    add("MessageDeduplicationId", message.deduplicationId);
    if (queue.fifo) add("SequenceNumber", sequenceNumber(message));
    add("AWSTraceHeader", message.traceHeader);
    add("DeadLetterQueueSourceArn", message.deadLetterSourceArn);
    return result;
}

Json shownMessage(const Message& message, const Queue& queue, const std::vector<std::string>& systemNames,
                  const std::vector<std::string>& names) {
    Json shown = object({{"MessageId", message.id},
                         {"ReceiptHandle", ReceiptHandle{queue.id, message.sequence, message.receipt}.text()},
                         {"MD5OfBody", message.md5OfBody},
                         {"Body", message.body}});
    if (!systemNames.empty()) {
        if (Json system = systemAttributes(message, queue, systemNames); system.MemberCount() > 0)
            set(shown, "Attributes", std::move(system));
    }
    if (!names.empty() && !message.attributes.empty()) {
        const Json all = parseJson(message.attributes);
        Json selected = selectedAttributes(all, names);
        if (selected.MemberCount() > 0) {
            set(shown, "MD5OfMessageAttributes",
                selected.MemberCount() == all.MemberCount() ? message.md5OfAttributes : md5OfAttributes(selected));
            set(shown, "MessageAttributes", std::move(selected));
        }
    }
    return shown;
}

/// Hides the message and counts the receive.
Message handOut(Call& call, MessageStore& store, const Message& message, std::chrono::seconds visibilityTimeout) {
    Message taken = message;
    taken.visibleAt = call.now + visibilityTimeout;
    taken.receiveCount += 1;
    if (!taken.firstReceivedAt) taken.firstReceivedAt = call.now;
    taken.receipt = call.roll("receipt") | 1;
    store.update(message, taken);
    return taken;
}

/// True where the message must not be handed out: it is too old, or was received too often and moved on.
bool passedOver(Sqs& sqs, Call& call, const Queue& queue, MessageStore& store, const Message& message) {
    if (message.sentAt + queue.retention <= call.now) {
        store.remove(message);
        return true;
    }
    if (!queue.redrivePolicy || message.receiveCount < queue.redrivePolicy->maxReceiveCount) return false;
    const QueuePtr deadLetters = findQueueByArn(call, sqs, queue.redrivePolicy->deadLetterTargetArn);
    if (!deadLetters) return false;  // it was deleted since: the message stays here, as at AWS
    store.remove(message);
    moveTo(call, *deadLetters, message, queue.arn);
    RecordEntry moved{.kind = "delivery", .service = "sqs", .operation = "DeadLetter", .resource = queue.name};
    moved.detail =
        object({{"messageId", message.id}, {"to", deadLetters->arn}, {"receiveCount", message.receiveCount}});
    call.note(std::move(moved));
    return true;
}

/// The messages of an attempt that is made again within five minutes, if all of them are still hidden by it.
std::optional<std::vector<Message>> attemptedBefore(Call& call, const Queue& queue, MessageStore& store,
                                                    const Receive& receive) {
    const auto row = call.getJson(attemptKey(queue, receive.attemptId));
    if (!row || fromMillis(intOr(*row, "until", 0)) <= call.now) return std::nullopt;
    std::vector<Message> messages;
    for (const Json& handle : find(*row, "handles")->GetArray()) {
        const auto place = ReceiptHandle::parse(view(handle));
        const auto message = store.get(place->sequence);
        if (!message || message->receipt != place->receipt || message->visibleAt <= call.now) return std::nullopt;
        Message again = *message;
        again.visibleAt = call.now + receive.visibilityTimeout;
        store.update(*message, again);
        messages.push_back(std::move(again));
    }
    return messages;
}

void rememberAttempt(Call& call, const Queue& queue, const Receive& receive, const std::vector<Message>& messages) {
    call.putJson(attemptKey(queue, receive.attemptId),
                 object({{"until", epochMillis(call.now + kAttemptInterval)},
                         {"handles", array(messages, [&](const Message& message) {
                              return ReceiptHandle{queue.id, message.sequence, message.receipt}.text();
                          })}}));
}

std::vector<Message> take(Sqs& sqs, Call& call, const Queue& queue, MessageStore& store, const Receive& receive) {
    std::vector<Message> taken;
    std::set<std::uint64_t>
        seen;  // a visibility timeout of 0 leaves a message visible: it is handed out once all the same
    for (std::size_t passed = 0;;) {
        const auto candidates = store.visible(receive.limit - taken.size(), seen);
        for (const std::uint64_t sequence : candidates) {
            seen.insert(sequence);
            const auto message = store.get(sequence);
            if (!message || passedOver(sqs, call, queue, store, *message)) {
                ++passed;
                continue;
            }
            taken.push_back(handOut(call, store, *message, receive.visibilityTimeout));
        }
        if (candidates.empty() || taken.size() >= receive.limit) return taken;
        if (passed >= kPassedOverAtOnce) {  // other work has its turn; who waits is asked again
            call.signal(queue.topic);
            return taken;
        }
    }
}

/// The answer, or nothing where no message is there.
std::optional<Json> receiveNow(Sqs& sqs, Call& call, const Queue& queue, const Receive& receive) {
    MessageStore store(call, queue);
    if (store.total() == 0) return std::nullopt;
    std::vector<Message> messages;
    const bool retried = !receive.attemptId.empty();
    if (auto before = retried ? attemptedBefore(call, queue, store, receive) : std::nullopt) {
        messages = std::move(*before);
    } else {
        if (store.total() > kInFlightLimit && store.counts().inFlight >= kInFlightLimit) {
            throw overLimit("Too many messages in flight: the limit is 120000.");
        }
        messages = take(sqs, call, queue, store, receive);
        if (retried && !messages.empty()) rememberAttempt(call, queue, receive, messages);
    }
    if (messages.empty()) return std::nullopt;
    if (call.hasSubscribers(queue.topic))
        announceAt(call, queue, call.now + receive.visibilityTimeout, Listener::subscriber);
    return object({{"Messages", array(messages, [&](const Message& message) {
                        return shownMessage(message, queue, receive.systemNames, receive.names);
                    })}});
}

ReceiptHandle handleOf(const Queue& queue, const std::string& text) {
    const auto handle = ReceiptHandle::parse(text);
    if (!handle || handle->queue != queue.id) throw receiptHandleIsInvalid(text);
    return *handle;
}

/// A FIFO queue takes a handle only as long as its message is hidden by that very receive.
bool isExpired(Call& call, const Queue& queue, const Message& message, const ReceiptHandle& handle) {
    return queue.fifo && (message.receipt != handle.receipt || message.visibleAt <= call.now);
}

void remove(Call& call, const Queue& queue, const Fields& entry) {
    const std::string text = entry.text("ReceiptHandle");
    const ReceiptHandle handle = handleOf(queue, text);
    MessageStore store(call, queue);
    const auto message = store.get(handle.sequence);
    if (!message) return;  // deleted before: deleting is idempotent
    if (isExpired(call, queue, *message, handle)) throw receiptHandleExpired(text);
    store.remove(*message);
    withdraw(call, queue);
    if (queue.fifo) call.signal(queue.topic);  // the next of its group may be there to take
}

void changeVisibility(Call& call, const Queue& queue, const Fields& entry) {
    const std::string text = entry.text("ReceiptHandle");
    const std::int64_t seconds = entry.valueOr("VisibilityTimeout", 0);
    if (seconds < 0 || seconds > kVisibilityLimit.count()) {
        throw invalidParameterValue(std::to_string(seconds), "VisibilityTimeout",
                                    "VisibilityTimeout must be an integer between 0 and 43200.");
    }
    const ReceiptHandle handle = handleOf(queue, text);
    MessageStore store(call, queue);
    const auto message = store.get(handle.sequence);
    if (!message || message->visibleAt <= call.now || message->receipt != handle.receipt) {
        if (message && isExpired(call, queue, *message, handle)) throw receiptHandleExpired(text);
        throw messageNotInflight(text);
    }
    Message changed = *message;
    changed.visibleAt = call.now + std::chrono::seconds(seconds);
    store.update(*message, changed);
    announce(call, queue, changed.visibleAt);
}

}  // namespace

Reply receiveMessage(Sqs& sqs, Call& call, const Fields& request) {
    const QueuePtr queue = requireQueue(call, sqs, request);
    const Receive receive = receiveOf(*queue, request);
    if (auto answer = receiveNow(sqs, call, *queue, receive)) return std::move(*answer);
    if (receive.wait == 0s) return object();

    Wait wait{.topic = queue->topic, .limit = receive.wait};
    const Time until = call.now + receive.wait;
    if (const auto next = MessageStore(call, *queue).nextVisible(); next && *next <= until) wait.askAt = next;
    wait.ask = [&sqs, arn = queue->arn, receive, until](Call& later, bool last) -> std::optional<Json> {
        const QueuePtr queue = findQueueByArn(later, sqs, arn);
        if (!queue) throw queueDoesNotExist();
        auto answer = receiveNow(sqs, later, *queue, receive);
        if (answer || last) return answer;
        if (const auto next = MessageStore(later, *queue).nextVisible(); next && *next <= until)
            announceAt(later, *queue, *next, Listener::longPoll);
        return std::nullopt;
    };
    return wait;
}

Json deleteMessage(Sqs& sqs, Call& call, const Fields& request) {
    const QueuePtr queue = requireQueue(call, sqs, request);
    remove(call, *queue, request);
    return object();
}

Json deleteMessageBatch(Sqs& sqs, Call& call, const Fields& request) {
    const QueuePtr queue = requireQueue(call, sqs, request);
    return forEachEntry(batchEntries(request, "DeleteMessageBatchRequestEntry"), [&](const Fields& entry) {
        remove(call, *queue, entry);
        return object();
    });
}

Json changeMessageVisibility(Sqs& sqs, Call& call, const Fields& request) {
    const QueuePtr queue = requireQueue(call, sqs, request);
    changeVisibility(call, *queue, request);
    return object();
}

Json changeMessageVisibilityBatch(Sqs& sqs, Call& call, const Fields& request) {
    const QueuePtr queue = requireQueue(call, sqs, request);
    return forEachEntry(batchEntries(request, "ChangeMessageVisibilityBatchRequestEntry"), [&](const Fields& entry) {
        changeVisibility(call, *queue, entry);
        return object();
    });
}

Json peekMessages(Sqs& sqs, Call& call, const Fields& request) {
    const QueuePtr queue = requireQueue(call, sqs, request);
    const auto limit = static_cast<std::size_t>(request.valueOr("Limit", 100));
    Json messages = list();
    MessageStore(call, *queue)
        .scan(static_cast<std::uint64_t>(request.valueOr("After", 0)), [&](const Message& message) {
            Json shown = shownMessage(message, *queue, {"All"}, {"All"});
            set(shown, "State",
                message.visibleAt <= call.now ? "visible"
                : message.receiveCount        ? "inFlight"
                                              : "delayed");
            set(shown, "VisibleAt", epochSeconds(message.visibleAt));
            set(shown, "Sequence", message.sequence);
            push(messages, std::move(shown));
            return messages.Size() < limit;
        });
    return object({{"Messages", std::move(messages)}});
}

}  // namespace backlot::sqs
