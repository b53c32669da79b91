#pragma once
// Every kind of row that the service keeps. What belongs to a queue lies below its number, its messages below the
// number of what has been sent since it was last purged: each is one range, which goes with its owner.

#include <map>
#include <string>
#include <string_view>

#include "emulator/services/sqs/queue.h"
#include "emulator/store/key.h"

namespace backlot::sqs {

inline const std::map<std::string, std::string> kRowKinds = {{"queue", "queues"},
                                                             {"of queue", "counters, deduplication, receive attempts"},
                                                             {"m", "messages and their order"},
                                                             {"task", "message move tasks"}};

/// Value: the queue's number, attributes and tags (saveQueue()).
inline Key queuesKey(std::string_view account, std::string_view region) {
    return Key("queue").text(account).text(region);
}

inline Key ofQueueKey(const Queue& queue) { return Key("of queue").number(queue.id); }
/// Value: MessageStore::Counter.
inline Key counterKey(const Queue& queue) { return ofQueueKey(queue).text("c"); }
/// By deduplication id, and by group where the queue tells groups apart. Value: until when, sequence, message id.
inline Key duplicatesKey(const Queue& queue) { return ofQueueKey(queue).text("d"); }
/// By the time until which one is remembered, and sequence. Value: the key of the duplicate's row.
inline Key forgettingKey(const Queue& queue) { return ofQueueKey(queue).text("x"); }
/// Value: {until, handles} of an attempt to receive that may be made again.
inline Key attemptKey(const Queue& queue, std::string_view id) { return ofQueueKey(queue).text("a").text(id); }
/// When the topic is signalled next for this kind of listener. Value: that time, and the job's number.
inline Key announcementKey(const Queue& queue, std::string_view listener) {
    return ofQueueKey(queue).text("w").text(listener);
}

inline Key ofMessagesKey(const Queue& queue) { return Key("m").number(queue.messages); }
/// Value: the message.
inline Key messagesKey(const Queue& queue) { return ofMessagesKey(queue).text("m"); }
inline Key messageKey(const Queue& queue, std::uint64_t sequence) { return messagesKey(queue).number(sequence); }
/// By the time from which a message is visible. Value: "r", it is hidden by a receiver; "n", it has never been
/// received.
inline Key visibilityKey(const Queue& queue) { return ofMessagesKey(queue).text("v"); }
inline Key visibleKey(const Queue& queue, Time visibleAt, std::uint64_t sequence) {
    return visibilityKey(queue).time(visibleAt).number(sequence);
}
/// A group's messages, by sequence. Value: the time from which one is visible.
inline Key groupKey(const Queue& queue, std::string_view group) { return ofMessagesKey(queue).text("g").text(group); }
/// Each group's first message, by the time from which it is visible. Value: the group.
inline Key headsKey(const Queue& queue) { return ofMessagesKey(queue).text("h"); }
inline Key headKey(const Queue& queue, Time visibleAt, std::uint64_t sequence) {
    return headsKey(queue).time(visibleAt).number(sequence);
}

/// Tasks of a source, the newest first: the start counts backwards. Value: the task.
inline Key tasksKey(std::string_view sourceArn) { return Key("task").text(sourceArn); }

}  // namespace backlot::sqs
