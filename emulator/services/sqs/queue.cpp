#include "emulator/services/sqs/queue.h"

#include <charconv>

#include "emulator/base/arn.h"
#include "emulator/base/text_map.h"
#include "emulator/services/sqs/errors.h"
#include "emulator/services/sqs/rows.h"

namespace backlot::sqs {
namespace {

constexpr std::chrono::seconds kScopeChangeDelay{60};  // "can take up to 60 seconds to propagate"
constexpr std::size_t kCachedQueues = 10'000;

std::int64_t numberOr(const Attributes& attributes, const char* name, std::int64_t otherwise) {
    const auto found = attributes.find(name);
    if (found == attributes.end()) return otherwise;
    std::int64_t value = otherwise;
    std::from_chars(found->second.data(), found->second.data() + found->second.size(), value);
    return value;
}

Queue queueOf(std::string_view account, std::string_view region, std::string_view name, std::string_view row) {
    const Json json = parseJson(row);
    Queue queue{.account = std::string(account), .region = std::string(region), .name = std::string(name)};
    queue.id = find(json, "id")->GetUint64();
    queue.messages = static_cast<std::uint64_t>(intOr(json, "messages", static_cast<std::int64_t>(queue.id)));
    queue.attributes = mapOf(find(json, "attributes"));
    queue.tags = mapOf(find(json, "tags"));
    queue.createdAt = fromMillis(intOr(json, "createdAt", 0));
    queue.modifiedAt = fromMillis(intOr(json, "modifiedAt", 0));
    if (find(json, "purgedAt")) queue.purgedAt = fromMillis(intOr(json, "purgedAt", 0));
    queue.scopeBefore = textOr(json, "scopeBefore");
    queue.scopeChangedAt = fromMillis(intOr(json, "scopeChangedAt", 0));
    applyAttributes(queue);
    return queue;
}

/// The last two parts of a queue URL's path.
std::optional<std::pair<std::string_view, std::string_view>> accountAndName(std::string_view url) {
    while (!url.empty() && url.back() == '/') url.remove_suffix(1);
    const std::size_t last = url.rfind('/');
    if (last == std::string_view::npos || last == 0) return std::nullopt;
    const std::size_t before = url.rfind('/', last - 1);
    if (before == std::string_view::npos) return std::nullopt;
    const auto account = url.substr(before + 1, last - before - 1), name = url.substr(last + 1);
    if (account.size() != 12 || account.find_first_not_of("0123456789") != std::string_view::npos || name.empty())
        return std::nullopt;
    return std::pair(account, name);
}

}  // namespace

void applyAttributes(Queue& queue) {
    const Attributes& attributes = queue.attributes;
    queue.visibilityTimeout = std::chrono::seconds(numberOr(attributes, "VisibilityTimeout", 30));
    queue.delay = std::chrono::seconds(numberOr(attributes, "DelaySeconds", 0));
    queue.retention = std::chrono::seconds(numberOr(attributes, "MessageRetentionPeriod", 345'600));
    queue.receiveWait = std::chrono::seconds(numberOr(attributes, "ReceiveMessageWaitTimeSeconds", 0));
    queue.maximumMessageSizeBytes = numberOr(attributes, "MaximumMessageSize", 1'048'576);
    queue.fifo = attributes.contains("FifoQueue");
    const auto contentBased = attributes.find("ContentBasedDeduplication");
    queue.contentBasedDeduplication = contentBased != attributes.end() && contentBased->second == "true";
    queue.redrivePolicy.reset();
    if (const auto policy = attributes.find("RedrivePolicy"); policy != attributes.end()) {
        const Json json = parseJson(policy->second);
        const Json* count = find(json, "maxReceiveCount");
        const std::int64_t maximum = count && count->IsString() ? std::strtoll(count->GetString(), nullptr, 10)
                                                                : intOr(json, "maxReceiveCount", 0);
        queue.redrivePolicy = RedrivePolicy{textOr(json, "deadLetterTargetArn"), maximum};
    }
    queue.arn = backlot::arn("sqs", queue.region, queue.account, queue.name);
    queue.topic = "sqs:visible:" + queue.arn;
}

bool Queue::deduplicatesByGroup(Time now) const {
    const auto scope = attributes.find("DeduplicationScope");
    const std::string_view current = scope == attributes.end() ? std::string_view("queue") : scope->second;
    const bool changing = !scopeBefore.empty() && now < scopeChangedAt + kScopeChangeDelay;
    return (changing ? std::string_view(scopeBefore) : current) == "messageGroup";
}

std::string urlOf(const Sqs& sqs, const Queue& queue) { return sqs.endpoint + "/" + queue.account + "/" + queue.name; }

std::string queueKey(std::string_view account, std::string_view region, std::string_view name) {
    return queuesKey(account, region).text(name).bytes();
}

QueuePtr findQueue(Call& call, Sqs& sqs, std::string_view account, std::string_view region, std::string_view name) {
    std::string key = queueKey(account, region, name);
    const auto row = call.get(key);
    if (!row) return nullptr;
    if (const auto cached = sqs.queues.find(key); cached != sqs.queues.end() && cached->second.row == *row)
        return cached->second.queue;
    if (sqs.queues.size() > kCachedQueues) sqs.queues.clear();
    auto queue = std::make_shared<const Queue>(queueOf(account, region, name, *row));
    sqs.queues[std::move(key)] = {std::string(*row), queue};
    return queue;
}

QueuePtr findQueueByArn(Call& call, Sqs& sqs, std::string_view arn) {
    const auto parsed = parseArn(arn);
    if (!parsed || parsed->service != "sqs") return nullptr;
    return findQueue(call, sqs, parsed->account, parsed->region, parsed->resource);
}

QueuePtr requireQueue(Call& call, Sqs& sqs, const Fields& request) {
    const Json& url = request.value("QueueUrl");
    const std::string_view text = view(url);
    QueuePtr queue;
    if (text.starts_with("arn:")) {
        queue = findQueueByArn(call, sqs, text);
    } else if (const auto place = accountAndName(text)) {
        queue = findQueue(call, sqs, place->first, call.region, place->second);
    } else {
        throw invalidAddress(text);
    }
    if (!queue) throw queueDoesNotExist();
    call.about(queue->name);
    return queue;
}

void saveQueue(Call& call, const Queue& queue) {
    Json row = object({{"id", queue.id},
                       {"attributes", textMap(queue.attributes)},
                       {"tags", textMap(queue.tags)},
                       {"createdAt", epochMillis(queue.createdAt)},
                       {"modifiedAt", epochMillis(queue.modifiedAt)}});
    if (queue.messages != queue.id) set(row, "messages", queue.messages);
    if (queue.purgedAt) set(row, "purgedAt", epochMillis(*queue.purgedAt));
    if (!queue.scopeBefore.empty()) {
        set(row, "scopeBefore", queue.scopeBefore);
        set(row, "scopeChangedAt", epochMillis(queue.scopeChangedAt));
    }
    call.putJson(queueKey(queue.account, queue.region, queue.name), row);
}

void scanQueues(Call& call, std::string_view namePrefix, std::string_view after,
                const std::function<bool(const Queue&)>& each) {
    const Key all = queuesKey(call.account, call.region);
    const std::string from = after.empty() ? std::string() : queueKey(call.account, call.region, after);
    call.scan(
        all,
        [&](std::string_view key, std::string_view row) {
            KeyReader reader(key);
            reader.text();
            const std::string account = reader.text(), region = reader.text(), name = reader.text();
            if (name == after || !name.starts_with(namePrefix)) return true;
            return each(queueOf(account, region, name, row));
        },
        from);
}

}  // namespace backlot::sqs
