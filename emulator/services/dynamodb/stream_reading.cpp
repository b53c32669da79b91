#include "emulator/services/dynamodb/stream_reading.h"

#include "emulator/base/base64.h"
#include "emulator/services/dynamodb/errors.h"
#include "emulator/services/dynamodb/item_codec.h"
#include "emulator/services/dynamodb/rows.h"
#include "emulator/services/dynamodb/statistics.h"
#include "emulator/services/dynamodb/stream_records.h"

namespace backlot::dynamodb {
namespace {

constexpr std::int64_t kStreamsLimit = 100, kShardsLimit = 100, kRecordsLimit = 1000;
constexpr std::size_t kAnswerBytes = 1024 * 1024;
constexpr auto kIteratorLife = std::chrono::minutes(15);
constexpr auto kRetention = std::chrono::hours(24);
constexpr std::string_view kIteratorMark = "|";

AwsError streamNotFound(std::string_view arn) {
    return resourceNotFound("Requested resource not found: Stream: " + std::string(arn) + " not found");
}

Stream requireStream(Call& call, const std::string& arn) {
    call.about(arn);
    auto stream = findStream(call, arn);
    if (!stream) throw streamNotFound(arn);
    return std::move(*stream);
}

/// Where an iterator stands: the next sequence number to read.
struct Position {
    std::string streamArn;
    std::uint64_t next = kFirstSequence;
    Time made{};
};

// "<stream ARN>|1|<base64>", as AWS's own iterators look.
std::string iteratorText(const Position& position) {
    const auto content = std::to_string(position.next) + " " + std::to_string(position.made.time_since_epoch().count());
    return position.streamArn + "|1|" + base64Encode(content);
}

std::optional<Position> parseIterator(std::string_view text) {
    const auto first = text.find(kIteratorMark), last = text.rfind(kIteratorMark);
    if (first == std::string_view::npos || first == last) return std::nullopt;
    const auto content = base64Decode(text.substr(last + 1));
    if (!content) return std::nullopt;
    Position position{.streamArn = std::string(text.substr(0, first))};
    long long next = 0, micros = 0;
    if (std::sscanf(content->c_str(), "%lld %lld", &next, &micros) != 2 || next < 0) return std::nullopt;
    position.next = static_cast<std::uint64_t>(next);
    position.made = Time(Duration(micros));
    return position;
}

/// The last sequence number that the stream has used.
std::uint64_t lastSequence(Memory& memory, const Call& call, const Stream& stream) {
    if (stream.lastSequence) return *stream.lastSequence;
    const auto table = findTable(memory, call, backlot::dynamodb::tableNameIn(stream.arn()));
    return table ? loadStatistics(call, table->id).lastSequence : 0;
}

/// The first record that has not been trimmed; nothing where there is none.
std::optional<std::uint64_t> firstKept(const Call& call, const Stream& stream) {
    std::optional<std::uint64_t> first;
    call.scan(recordsPrefix(stream.id), [&](std::string_view key, std::string_view row) {
        first = decodeRecord(key, row).sequence;
        return false;
    });
    return first;
}

Json describeShard(const Stream& stream) {
    Json range = object({{"StartingSequenceNumber", sequenceText(kFirstSequence)}});
    if (stream.lastSequence) set(range, "EndingSequenceNumber", sequenceText(*stream.lastSequence));
    return object({{"ShardId", stream.shardId()}, {"SequenceNumberRange", std::move(range)}});
}

std::string_view eventName(char event) { return event == 'I' ? "INSERT" : event == 'M' ? "MODIFY" : "REMOVE"; }

Json describeRecord(const Stream& stream, const StreamRecord& record) {
    Json content = object({{"ApproximateCreationDateTime", wholeSeconds(record.time)},
                           {"Keys", itemToJson(record.keys)},
                           {"SequenceNumber", sequenceText(record.sequence)},
                           {"SizeBytes", record.size},
                           {"StreamViewType", stream.viewType}});
    if (!record.after.empty()) set(content, "NewImage", itemToJson(record.after));
    if (!record.before.empty()) set(content, "OldImage", itemToJson(record.before));
    char eventId[33];
    std::snprintf(eventId, sizeof eventId, "%016llx%016llx",
                  static_cast<unsigned long long>(stream.id * 0x9E3779B97F4A7C15ULL),
                  static_cast<unsigned long long>(record.sequence * 0xBF58476D1CE4E5B9ULL));
    Json result = object({{"eventID", eventId},
                          {"eventName", eventName(record.event)},
                          {"eventVersion", "1.1"},
                          {"eventSource", "aws:dynamodb"},
                          {"awsRegion", stream.region},
                          {"dynamodb", std::move(content)}});
    if (record.actor == Actor::timeToLive)
        set(result, "userIdentity", object({{"Type", "Service"}, {"PrincipalId", "dynamodb.amazonaws.com"}}));
    return result;
}

}  // namespace

Json listStreams(Memory&, Call& call, const Fields& request) {
    const auto limit = request.valueOr("Limit", kStreamsLimit);
    if (limit > kStreamsLimit)
        throw validation("1 validation error detected: Value '" + std::to_string(limit) +
                         "' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 100");
    const auto after = request.valueOr("ExclusiveStartStreamArn", "");
    if (!after.empty() && !findStream(call, after)) throw streamNotFound(after);
    auto streams =
        streamsAfter(call, tableNameIn(request.valueOr("TableName", "")), after, static_cast<std::size_t>(limit) + 1);
    const bool more = streams.size() > static_cast<std::size_t>(limit);
    if (more) streams.pop_back();
    Json result = object(
        {{"Streams", array(streams, [](const Stream& stream) {
              return object({{"StreamArn", stream.arn()}, {"TableName", stream.table}, {"StreamLabel", stream.label}});
          })}});
    if (more) set(result, "LastEvaluatedStreamArn", streams.back().arn());
    return result;
}

Json describeStream(Memory&, Call& call, const Fields& request) {
    const auto stream = requireStream(call, request.text("StreamArn"));
    const auto limit = request.valueOr("Limit", kShardsLimit);
    if (limit > kShardsLimit)
        throw validation("1 validation error detected: Value '" + std::to_string(limit) +
                         "' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 100");
    // A stream has one shard here, which has no children. Differs: AWS splits shards and replaces each every four
    // hours.
    Json shards = list();
    const auto after = request.valueOr("ExclusiveStartShardId", "");
    const bool children = request.child("ShardFilter").valueOr("Type", "") == "CHILD_SHARDS";
    if (!children && after < stream.shardId()) push(shards, describeShard(stream));
    return object({{"StreamDescription", object({{"StreamArn", stream.arn()},
                                                 {"StreamLabel", stream.label},
                                                 {"StreamStatus", stream.lastSequence ? "DISABLED" : "ENABLED"},
                                                 {"StreamViewType", stream.viewType},
                                                 {"CreationRequestDateTime", epochSeconds(stream.created)},
                                                 {"TableName", stream.table},
                                                 {"KeySchema", describe(stream.key)},
                                                 {"Shards", std::move(shards)}})}});
}

Json getShardIterator(Memory& memory, Call& call, const Fields& request) {
    const auto stream = requireStream(call, request.text("StreamArn"));
    const auto type = request.text("ShardIteratorType");
    const auto given = request.optionalText("SequenceNumber");
    const bool bySequence = type == "AT_SEQUENCE_NUMBER" || type == "AFTER_SEQUENCE_NUMBER";
    if (request.text("ShardId") != stream.shardId())
        throw resourceNotFound("Requested resource not found: Shard: " + request.text("ShardId") +
                               " in stream: " + stream.arn() + " not found");
    if (bySequence && !given) throw validation("Must specify SequenceNumber for ShardIteratorType " + type);
    if (!bySequence && given) throw validation("SequenceNumber cannot be specified for ShardIteratorType " + type);
    Position position{.streamArn = stream.arn(), .made = call.now};
    const auto last = lastSequence(memory, call, stream);
    if (type == "LATEST") position.next = last + 1;
    if (bySequence) {
        const auto sequence = parseSequence(*given);
        if (!sequence || *sequence > std::max(last, kFirstSequence))
            throw validation("Invalid SequenceNumber: " + *given + " is not in the range of shard " + stream.shardId());
        const auto first = firstKept(call, stream);
        if (first ? *sequence<*first&& * first> kFirstSequence : *sequence <= last && last >= kFirstSequence)
            throw AwsError("TrimmedDataAccessException",
                           "The operation attempted to read past the oldest stream record in a shard.");
        position.next = *sequence + (type == "AFTER_SEQUENCE_NUMBER" ? 1 : 0);
    }
    return object({{"ShardIterator", iteratorText(position)}});
}

Json getRecords(Memory&, Call& call, const Fields& request) {
    auto position = parseIterator(request.text("ShardIterator"));
    if (!position) throw validation("Invalid ShardIterator");
    const auto stream = requireStream(call, position->streamArn);
    if (position->made + kIteratorLife < call.now)
        throw AwsError("ExpiredIteratorException", "The provided iterator exceeds the maximum age");
    const auto limit = request.valueOr("Limit", kRecordsLimit);
    if (limit > kRecordsLimit)
        throw validation(
            "1 validation error detected: Value '" + std::to_string(limit) +
            "' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 1000");
    Json records = list();
    std::size_t bytes = 0;
    call.scan(
        recordsPrefix(stream.id),
        [&](std::string_view key, std::string_view row) {
            const auto record = decodeRecord(key, row);
            if (records.Size() == static_cast<std::size_t>(limit) || (bytes > 0 && bytes + record.size > kAnswerBytes))
                return false;
            bytes += record.size;
            position->next = record.sequence + 1;
            push(records, describeRecord(stream, record));
            return true;
        },
        recordKey(stream.id, position->next));
    Json result = object({{"Records", std::move(records)}});
    position->made = call.now;
    const bool ended = stream.lastSequence && position->next > *stream.lastSequence;
    const bool nothingLeft = stream.lastSequence && find(result, "Records")->Empty();
    if (!ended && !nothingLeft) set(result, "NextShardIterator", iteratorText(*position));
    return result;
}

Json trimStream(Memory&, Call& call, const Fields& request) {
    const auto id = static_cast<std::uint64_t>(request.integer("stream"));
    std::vector<std::string> old;
    std::optional<Time> next;
    call.scan(recordsPrefix(id), [&](std::string_view key, std::string_view row) {
        const auto record = decodeRecord(key, row);
        if (record.time + kRetention > call.now) {
            next = record.time + kRetention;
            return false;
        }
        old.emplace_back(key);
        if (old.size() < 1000) return true;
        next = call.now;
        return false;
    });
    for (const auto& key : old) call.erase(key);
    if (request.has("arn") && !next) forgetStream(call, request.text("arn"));
    scheduleTrim(call, id, next, request.optionalText("arn"));
    return object();
}

}  // namespace backlot::dynamodb
