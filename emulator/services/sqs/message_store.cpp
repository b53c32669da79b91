#include "emulator/services/sqs/message_store.h"

#include <cstring>

#include "emulator/base/base64.h"
#include "emulator/services/sqs/rows.h"

namespace backlot::sqs {
namespace {

constexpr std::uint64_t kSentBetweenLooks = 64;
constexpr std::uint64_t kFirstSequenceNumber =
    49'496'460'467'696'128ull;  // behind "188": 20 digits do not fit in 64 bits

// Rows are read by the machine that wrote them: numbers lie in its own byte order.
void putNumber(std::string& out, std::uint64_t value) {
    out.append(reinterpret_cast<const char*>(&value), sizeof value);
}
void putTime(std::string& out, Time value) {
    putNumber(out, static_cast<std::uint64_t>(value.time_since_epoch().count()));
}
void putText(std::string& out, std::string_view text) {
    const auto size = static_cast<std::uint32_t>(text.size());
    out.append(reinterpret_cast<const char*>(&size), sizeof size);
    out += text;
}

class RowReader {
public:
    explicit RowReader(std::string_view row) : rest_(row) {}
    std::uint64_t number() {
        std::uint64_t value;
        std::memcpy(&value, take(sizeof value).data(), sizeof value);
        return value;
    }
    Time time() { return Time(Duration(static_cast<std::int64_t>(number()))); }
    std::string text() {
        std::uint32_t size;
        std::memcpy(&size, take(sizeof size).data(), sizeof size);
        return std::string(take(size));
    }

private:
    std::string_view take(std::size_t size) {
        if (rest_.size() < size) throw std::out_of_range("a message's row ends too early");
        const auto part = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return part;
    }
    std::string_view rest_;
};

std::string rowOf(const Message& message) {
    std::string row;
    row.reserve(160 + message.body.size() + message.attributes.size());
    putTime(row, message.sentAt);
    putTime(row, message.visibleAt);
    putTime(row, message.firstReceivedAt.value_or(Time{}));
    putNumber(row, message.receiveCount);
    putNumber(row, message.receipt);
    for (const std::string* text : {&message.id, &message.body, &message.md5OfBody, &message.attributes,
                                    &message.md5OfAttributes, &message.traceHeader, &message.groupId,
                                    &message.deduplicationId, &message.senderId, &message.deadLetterSourceArn}) {
        putText(row, *text);
    }
    return row;
}

Message messageOf(std::uint64_t sequence, std::string_view row) {
    RowReader reader(row);
    Message message{.sequence = sequence};
    message.sentAt = reader.time();
    message.visibleAt = reader.time();
    if (const Time first = reader.time(); first != Time{}) message.firstReceivedAt = first;
    message.receiveCount = static_cast<std::uint32_t>(reader.number());
    message.receipt = reader.number();
    for (std::string* text : {&message.id, &message.body, &message.md5OfBody, &message.attributes,
                              &message.md5OfAttributes, &message.traceHeader, &message.groupId,
                              &message.deduplicationId, &message.senderId, &message.deadLetterSourceArn}) {
        *text = reader.text();
    }
    return message;
}

/// Behind the prefix: the moment and the sequence.
std::pair<Time, std::uint64_t> placeOf(std::string_view key, const Key& prefix) {
    KeyReader reader(key.substr(prefix.bytes().size()));
    const Time at = reader.time();
    return {at, reader.number()};
}

}  // namespace

std::string sequenceNumber(const Message& message) {
    return "188" + std::to_string(kFirstSequenceNumber + message.sequence * 256);
}

std::string ReceiptHandle::text() const {
    std::string bytes = "AQEB";  // as AWS's begin; what follows is ours
    bytes += base64Encode(Key().number(queue).number(sequence).number(receipt).bytes());
    return bytes;
}

std::optional<ReceiptHandle> ReceiptHandle::parse(std::string_view text) {
    if (!text.starts_with("AQEB")) return std::nullopt;
    const auto bytes = base64Decode(text.substr(4));
    if (!bytes || bytes->size() != 24) return std::nullopt;
    KeyReader reader(*bytes);
    ReceiptHandle handle;
    handle.queue = reader.number();
    handle.sequence = reader.number();
    handle.receipt = reader.number();
    return handle;
}

MessageStore::Counter MessageStore::counter() const {
    Counter counter;
    if (const auto row = call_.get(counterKey(queue_)); row && row->size() == sizeof counter)
        std::memcpy(&counter, row->data(), sizeof counter);
    return counter;
}

void MessageStore::saveCounter(const Counter& counter) {
    call_.put(counterKey(queue_), {reinterpret_cast<const char*>(&counter), sizeof counter});
}

void MessageStore::add(Message& message) {
    Counter counter = this->counter();
    ++counter.total;
    message.sequence = ++counter.last;
    saveCounter(counter);
    const auto head = queue_.fifo ? headOf(message.groupId) : std::nullopt;
    call_.put(messageKey(queue_, message.sequence), rowOf(message));
    index(message);
    if (queue_.fifo && !head) moveHead(message.groupId, head);
    if (message.sequence % kSentBetweenLooks == 0)
        dropExpired(2 * kSentBetweenLooks);  // also where nobody ever receives
}

std::optional<Message> MessageStore::get(std::uint64_t sequence) const {
    const auto row = call_.get(messageKey(queue_, sequence));
    return row ? std::optional(messageOf(sequence, *row)) : std::nullopt;
}

void MessageStore::update(const Message& before, const Message& after) {
    const auto head = queue_.fifo ? headOf(before.groupId) : std::nullopt;
    call_.erase(visibleKey(queue_, before.visibleAt, before.sequence));
    call_.put(messageKey(queue_, after.sequence), rowOf(after));
    index(after);
    if (queue_.fifo) moveHead(after.groupId, head);
}

void MessageStore::remove(const Message& message) {
    const auto head = queue_.fifo ? headOf(message.groupId) : std::nullopt;
    call_.erase(messageKey(queue_, message.sequence));
    unindex(message);
    if (queue_.fifo) moveHead(message.groupId, head);
    Counter counter = this->counter();
    --counter.total;
    saveCounter(counter);
}

void MessageStore::abandon() {
    call_.sweep(ofMessagesKey(queue_));
    Counter counter = this->counter();
    counter.total = 0;
    saveCounter(counter);
}

void MessageStore::index(const Message& message) {
    call_.put(visibleKey(queue_, message.visibleAt, message.sequence), message.receiveCount ? "r" : "n");
    if (!queue_.fifo) return;
    std::string at;
    putTime(at, message.visibleAt);
    call_.put(groupKey(queue_, message.groupId).number(message.sequence), at);
}

void MessageStore::unindex(const Message& message) {
    call_.erase(visibleKey(queue_, message.visibleAt, message.sequence));
    if (queue_.fifo) call_.erase(groupKey(queue_, message.groupId).number(message.sequence));
}

std::optional<MessageStore::Head> MessageStore::headOf(const std::string& group) const {
    const Key prefix = groupKey(queue_, group);
    Cursor rows = call_.cursor();
    if (!rows.seek(prefix) || !rows.key().starts_with(prefix.bytes())) return std::nullopt;
    const std::uint64_t sequence = KeyReader(rows.key().substr(prefix.bytes().size())).number();
    return Head{RowReader(rows.value()).time(), sequence};
}

void MessageStore::moveHead(const std::string& group, const std::optional<Head>& before) {
    const auto after = headOf(group);
    if (before == after) return;
    if (before) call_.erase(headKey(queue_, before->visibleAt, before->sequence));
    if (after) call_.put(headKey(queue_, after->visibleAt, after->sequence), group);
}

std::vector<std::uint64_t> MessageStore::visible(std::size_t limit, const std::set<std::uint64_t>& without) const {
    if (queue_.fifo) return visibleOfGroups(limit, without);
    std::vector<std::uint64_t> found;
    const Key prefix = visibilityKey(queue_);
    call_.scan(prefix, [&](std::string_view key, std::string_view) {
        const auto [visibleAt, sequence] = placeOf(key, prefix);
        if (visibleAt > call_.now) return false;
        if (!without.contains(sequence)) found.push_back(sequence);
        return found.size() < limit;
    });
    return found;
}

std::vector<std::uint64_t> MessageStore::visibleOfGroups(std::size_t limit,
                                                         const std::set<std::uint64_t>& without) const {
    std::vector<std::string> groups;
    const Key heads = headsKey(queue_);
    call_.scan(heads, [&](std::string_view key, std::string_view group) {
        if (placeOf(key, heads).first > call_.now) return false;
        groups.emplace_back(group);
        return groups.size() < limit + without.size();
    });
    std::vector<std::uint64_t> found;
    for (const std::string& group : groups) {
        const Key prefix = groupKey(queue_, group);
        call_.scan(prefix, [&](std::string_view key, std::string_view visibleAt) {
            if (found.size() >= limit || RowReader(visibleAt).time() > call_.now) return false;
            const std::uint64_t sequence = KeyReader(key.substr(prefix.bytes().size())).number();
            if (!without.contains(sequence)) found.push_back(sequence);
            return true;
        });
        if (found.size() >= limit) break;
    }
    return found;
}

std::optional<Time> MessageStore::nextVisible() const {
    Cursor rows = call_.cursor();
    const Key prefix = queue_.fifo ? headsKey(queue_) : visibilityKey(queue_);
    const Key from = Key(prefix).time(call_.now + Duration(1));
    if (!rows.seek(from) || !rows.key().starts_with(prefix.bytes())) return std::nullopt;
    return placeOf(rows.key(), prefix).first;
}

void MessageStore::dropExpired(std::size_t most) {
    std::vector<std::uint64_t> expired;
    scan(0, [&](const Message& message) {
        if (expired.size() == most || message.sentAt + queue_.retention > call_.now) return false;
        expired.push_back(message.sequence);
        return true;
    });
    for (const std::uint64_t sequence : expired) {
        if (const auto message = get(sequence)) remove(*message);
    }
}

MessageStore::Counts MessageStore::counts() const {
    Counts counts;
    const Key prefix = visibilityKey(queue_);
    call_.scan(
        prefix,
        [&](std::string_view, std::string_view state) {
            ++(state == "r" ? counts.inFlight : counts.delayed);
            return true;
        },
        Key(prefix).time(call_.now + Duration(1)).bytes());
    counts.visible = total() - counts.inFlight - counts.delayed;
    return counts;
}

void MessageStore::scan(std::uint64_t after, const std::function<bool(const Message&)>& each) const {
    const Key prefix = messagesKey(queue_);
    call_.scan(
        prefix,
        [&](std::string_view key, std::string_view row) {
            return each(messageOf(KeyReader(key.substr(prefix.bytes().size())).number(), row));
        },
        messageKey(queue_, after + 1).bytes());
}

}  // namespace backlot::sqs
