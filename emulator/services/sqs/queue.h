#pragma once
// A queue: its attributes as AWS has them, its row, and how a request finds it.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "emulator/base/json.h"
#include "emulator/base/time.h"
#include "emulator/world/call.h"

namespace backlot::sqs {

/// Attribute name → value, always text, as the API has them.
using Attributes = std::map<std::string, std::string>;

struct RedrivePolicy {
    std::string deadLetterTargetArn;
    std::int64_t maxReceiveCount = 0;
};

struct Queue {
    std::string account, region, name;
    std::uint64_t id = 0;        // what its rows' keys begin with
    std::uint64_t messages = 0;  // and those of its messages: another number after each purge
    Attributes attributes;       // those that were set; the others have AWS's defaults
    std::map<std::string, std::string> tags;
    Time createdAt, modifiedAt;
    std::optional<Time> purgedAt;
    std::string scopeBefore;  // DeduplicationScope before its last change…
    Time scopeChangedAt;      // …which takes effect a minute later

    // Read from `attributes` once, when the row is read:
    std::chrono::seconds visibilityTimeout{30}, delay{0}, retention{345'600}, receiveWait{0};
    std::int64_t maximumMessageSizeBytes = 1'048'576;
    bool fifo = false, contentBasedDeduplication = false;
    std::optional<RedrivePolicy> redrivePolicy;
    std::string arn, topic;  // topic: "sqs:visible:ARN"

    /// True where a deduplication id counts within its message group only.
    bool deduplicatesByGroup(Time now) const;
};

/// What the service keeps beside its rows: where it is reached, and queues read before. A cached queue is used only
/// while its row still has the very same bytes, so an undone transaction cannot leave a wrong one behind.
struct Sqs {
    std::string endpoint;
    struct Cached {
        std::string row;
        std::shared_ptr<const Queue> queue;
    };
    std::unordered_map<std::string, Cached> queues;
};

using QueuePtr = std::shared_ptr<const Queue>;

std::string urlOf(const Sqs& sqs, const Queue& queue);
/// Null where there is none.
QueuePtr findQueue(Call& call, Sqs& sqs, std::string_view account, std::string_view region, std::string_view name);
QueuePtr findQueueByArn(Call& call, Sqs& sqs, std::string_view arn);
/// The queue that member QueueUrl names: any URL whose path ends in /account/name, or a queue's ARN.
/// Throws QueueDoesNotExist, InvalidAddress.
QueuePtr requireQueue(Call& call, Sqs& sqs, const Fields& request);
/// Writes the row and works out what is read from the attributes.
void saveQueue(Call& call, const Queue& queue);
std::string queueKey(std::string_view account, std::string_view region, std::string_view name);
/// All queues of the caller's account and region in the order of their names, beginning after `after`, until `each`
/// returns false.
void scanQueues(Call& call, std::string_view namePrefix, std::string_view after,
                const std::function<bool(const Queue&)>& each);
/// Sets the members that are read from the attributes.
void applyAttributes(Queue& queue);

}  // namespace backlot::sqs
