#pragma once
// The rows of a queue's messages. By the queue's number for them (c: by its id) and the message's sequence:
//
//   m (queue, sequence)              the message
//   v (queue, visibleAt, sequence)   every message by the moment it is, or becomes, visible; value: was it received
//   before? g (queue, group, sequence)       FIFO: a group's messages in order; value: visibleAt h (queue, visibleAt,
//   sequence)   FIFO: the head of every group; value: the group c (queue)                        how many messages
//   there are, and the last sequence
//
// A receive seeks in v or h and never looks at messages that are hidden.

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "emulator/services/sqs/queue.h"
#include "emulator/world/call.h"

namespace backlot::sqs {

struct Message {
    std::uint64_t sequence = 0;  // given by add()
    Time sentAt, visibleAt;
    std::optional<Time> firstReceivedAt;
    std::uint32_t receiveCount = 0;
    std::uint64_t receipt = 0;  // of the last receive; 0: never received
    std::string id, body, md5OfBody;
    std::string attributes;       // MessageAttributes as JSON text; empty: none
    std::string md5OfAttributes;  // of all of them
    std::string traceHeader, groupId, deduplicationId, senderId, deadLetterSourceArn;
};

/// "18849496460467696128": 20 digits that grow with every message of a FIFO queue.
std::string sequenceNumber(const Message& message);

/// Where a message is: what a client holds in its hand. Opaque base64 for clients.
struct ReceiptHandle {
    std::uint64_t queue = 0, sequence = 0, receipt = 0;
    std::string text() const;
    static std::optional<ReceiptHandle> parse(std::string_view text);
};

class MessageStore {
public:
    MessageStore(Call& call, const Queue& queue) : call_(call), queue_(queue) {}

    /// Gives the message its sequence and stores it.
    void add(Message& message);
    std::optional<Message> get(std::uint64_t sequence) const;
    /// Stores the message anew, with another visibleAt, receive count or receipt.
    void update(const Message& before, const Message& after);
    void remove(const Message& message);
    /// All of them: their number must not be used again.
    void abandon();

    /// The next messages that may be handed out now, oldest first, at most `limit`, apart from those in `without`.
    /// FIFO: as many as possible of one group before the next, never past a hidden one.
    std::vector<std::uint64_t> visible(std::size_t limit, const std::set<std::uint64_t>& without) const;
    /// The first moment after now at which a message becomes visible.
    std::optional<Time> nextVisible() const;
    /// Removes what is older than the retention period, beginning with the oldest: at most so many.
    void dropExpired(std::size_t most);

    struct Counts {
        std::uint64_t visible = 0, inFlight = 0, delayed = 0;
    };
    Counts counts() const;
    std::uint64_t total() const { return counter().total; }
    /// All messages in the order they were sent, beginning after `after`.
    void scan(std::uint64_t after, const std::function<bool(const Message&)>& each) const;

private:
    struct Counter {
        std::uint64_t total = 0, last = 0;
    };
    struct Head {
        Time visibleAt;
        std::uint64_t sequence = 0;
        bool operator==(const Head&) const = default;
    };
    Counter counter() const;
    void saveCounter(const Counter& counter);
    std::optional<Head> headOf(const std::string& group) const;
    void moveHead(const std::string& group, const std::optional<Head>& before);
    void index(const Message& message);
    void unindex(const Message& message);
    std::vector<std::uint64_t> visibleOfGroups(std::size_t limit, const std::set<std::uint64_t>& without) const;

    Call& call_;
    const Queue& queue_;
};

}  // namespace backlot::sqs
