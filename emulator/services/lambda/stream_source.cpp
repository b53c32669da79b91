#include "emulator/services/lambda/stream_source.h"

#include <algorithm>
#include <cmath>

#include "emulator/base/arn.h"
#include "emulator/base/log.h"
#include "emulator/services/lambda/async_invocations.h"
#include "emulator/services/lambda/errors.h"
#include "emulator/services/lambda/event_filter.h"
#include "emulator/services/lambda/event_source_mappings.h"
#include "emulator/services/lambda/invocation.h"

namespace backlot::lambda {
namespace {

using namespace std::chrono_literals;

constexpr auto kLongestRetryDelay = 60s;
constexpr std::size_t kReadLimit = 1000;  // of GetRecords

std::string streamOf(const Json& mapping) { return textOr(mapping, "EventSourceArn"); }
std::string topicOf(const Json& mapping) { return "dynamodb:stream:" + streamOf(mapping); }
std::string subscriptionOf(const Json& mapping) { return "lambda:" + textOr(mapping, "UUID"); }
Job pollJob(const std::string& uuid) {
    return Job{.service = "lambda",
               .operation = "PollStream",
               .request = object({{"UUID", uuid}}),
               .label = "event source mapping " + uuid};
}
Job continueJob(const std::string& uuid, const std::string& shard, const char* why) {
    return Job{.service = "lambda",
               .operation = "ContinueShard",
               .request = object({{"UUID", uuid}, {"shard", shard}}),
               .label = std::string(why) + " of " + uuid};
}

Key shardKey(const Call& call, std::string_view uuid, std::string_view shard) {
    return Key("source").text(call.account).text(call.region).text(uuid).text(shard);
}
Json shardState(const Call& call, std::string_view uuid, std::string_view shard) {
    auto state = call.getJson(shardKey(call, uuid, shard));
    return state ? std::move(*state) : object({{"busy", false}, {"attempts", 0}});
}

std::vector<std::string> shardsOf(Call& call, const std::string& stream) {
    std::vector<std::string> shards;
    std::optional<std::string> after;
    do {
        Json request = object({{"StreamArn", stream}, {"ExclusiveStartShardId", after}});
        const Json answer = call.invoke("dynamodbstreams", "DescribeStream", request);
        const Json* description = find(answer, "StreamDescription");
        for (const Json* shard : Fields(*description).items("Shards")) shards.push_back(textOr(*shard, "ShardId"));
        after = optionalText(*description, "LastEvaluatedShardId");
    } while (after);
    return shards;
}

std::string sequenceOf(const Json& record) {
    const Json* number = at(record, {"dynamodb", "SequenceNumber"});
    return number ? text(*number) : std::string();
}

/// Sequence numbers are decimal texts of differing lengths.
bool notAfter(const std::string& a, const std::string& b) {
    return a.size() != b.size() ? a.size() < b.size() : a <= b;
}

Time createdAt(const Json& record) {
    const Json* time = at(record, {"dynamodb", "ApproximateCreationDateTime"});
    return time && time->IsNumber() ? fromSeconds(time->GetDouble()) : Time{};
}

/// The shard's records after a sequence number (or from its beginning), at most `limit`.
std::vector<Json> read(Call& call, const std::string& stream, const std::string& shard,
                       const std::optional<std::string>& after, std::size_t limit) {
    std::vector<Json> records;
    Json request = object({{"StreamArn", stream},
                           {"ShardId", shard},
                           {"ShardIteratorType", after ? "AFTER_SEQUENCE_NUMBER" : "TRIM_HORIZON"},
                           {"SequenceNumber", after}});
    Json position;
    try {
        position = call.invoke("dynamodbstreams", "GetShardIterator", request);
    } catch (const AwsError& error) {
        if (error.code() != "TrimmedDataAccessException") throw;
        set(request, "ShardIteratorType", "TRIM_HORIZON");  // what comes next after it has expired, too
        erase(request, "SequenceNumber");
        position = call.invoke("dynamodbstreams", "GetShardIterator", request);
    }
    auto iterator = optionalText(position, "ShardIterator");
    while (iterator && records.size() < limit) {
        Json answer = call.invoke("dynamodbstreams", "GetRecords",
                                  object({{"ShardIterator", *iterator},
                                          {"Limit", static_cast<int>(std::min(kReadLimit, limit - records.size()))}}));
        Json* found = find(answer, "Records");
        if (!found || found->Empty()) break;
        for (auto& record : found->GetArray()) records.push_back(std::move(record));
        iterator = optionalText(answer, "NextShardIterator");
    }
    return records;
}

void cancel(Call& call, Json& state, const char* member) {
    if (const auto job = JobId::parse(textOr(state, member))) call.cancel(*job);
    erase(state, member);
}

/// Done with everything up to `sequence`.
void checkpoint(Json& state, const std::string& sequence) {
    set(state, "after", sequence);
    set(state, "attempts", 0);
    erase(state, "limit");
    if (const auto until = optionalText(state, "until"); until && notAfter(*until, sequence)) erase(state, "until");
}

/// AWS's record of a batch that is given up. Source: AWS Lambda Developer Guide, "Retain discarded batches for a
/// DynamoDB Streams event source".
void discard(Call& call, const Json& mapping, const std::string& shard, const char* condition,
             const std::vector<std::string>& sequences, Time first, Time last, std::int64_t attempts,
             const Json* output) {
    const Json* target = at(mapping, {"DestinationConfig", "OnFailure", "Destination"});
    if (!target) return;
    const std::string function = textOr(mapping, "FunctionArn");
    Json record = object({{"requestContext", object({{"requestId", call.uuid("discarded")},
                                                     {"functionArn", function},
                                                     {"condition", condition},
                                                     {"approximateInvokeCount", attempts}})},
                          {"version", "1.0"},
                          {"timestamp", iso8601Millis(call.now)},
                          {"DDBStreamBatchInfo", object({{"shardId", shard},
                                                         {"startSequenceNumber", sequences.front()},
                                                         {"endSequenceNumber", sequences.back()},
                                                         {"approximateArrivalOfFirstRecord", iso8601Seconds(first)},
                                                         {"approximateArrivalOfLastRecord", iso8601Seconds(last)},
                                                         {"batchSize", sequences.size()},
                                                         {"streamArn", streamOf(mapping)}})}});
    if (output)
        set(record, "responseContext",
            object({{"statusCode", 200},
                    {"executedVersion", textOr(*output, "ExecutedVersion", "$LATEST")},
                    {"functionError", optionalText(*output, "FunctionError")}}));
    sendToDestination(call, text(*target), record, false, function);
}

/// What a shard offers next.
struct Batch {
    std::vector<Json> records;  // those that the filter wants
    std::optional<std::string> readUntil;
    bool full = false;  // as large as it may be, or bounded by what is being retried
};

Batch nextBatch(Call& call, const Json& mapping, const std::string& shard, Json& state) {
    const EventFilter filter(mapping);
    const auto until = optionalText(state, "until");
    auto size = static_cast<std::size_t>(intOr(mapping, "BatchSize", 100));
    if (const auto limit = intOr(state, "limit", 0)) size = static_cast<std::size_t>(limit);
    const auto age = intOr(mapping, "MaximumRecordAgeInSeconds", -1);
    Batch batch;
    std::size_t bytes = 0;
    std::vector<std::string> tooOld;
    Time firstOld{}, lastOld{};
    std::optional<std::string> after = optionalText(state, "after");
    while (!batch.full) {
        auto records =
            read(call, streamOf(mapping), shard, after, std::max<std::size_t>(size - batch.records.size(), 1));
        if (records.empty()) break;
        for (Json& record : records) {
            const std::string sequence = sequenceOf(record);
            if (until && !notAfter(sequence, *until)) {
                batch.full = true;
                break;
            }
            after = sequence;
            if (age >= 0 && call.now - createdAt(record) > std::chrono::seconds(age)) {
                if (tooOld.empty()) firstOld = createdAt(record);
                lastOld = createdAt(record);
                tooOld.push_back(sequence);
                batch.readUntil = sequence;
                continue;
            }
            if (!filter.matches(record)) {
                batch.readUntil = sequence;
                continue;
            }
            const std::size_t length = writeJson(record).size() + 128;
            if (!batch.records.empty() && bytes + length > kPayloadLimitBytes) {
                batch.full = true;
                break;
            }
            bytes += length;
            batch.readUntil = sequence;
            batch.records.push_back(std::move(record));
            if (batch.records.size() >= size) {
                batch.full = true;
                break;
            }
        }
    }
    if (until) batch.full = true;
    if (!tooOld.empty())
        discard(call, mapping, shard, "RecordAgeExceeded", tooOld, firstOld, lastOld, intOr(state, "attempts", 0),
                nullptr);
    return batch;
}

void sendBatch(Call& call, const Json& mapping, const std::string& shard, Json& state, Batch batch) {
    const std::string uuid = textOr(mapping, "UUID");
    Json sequences(rapidjson::kArrayType);
    for (const Json& record : batch.records) push(sequences, sequenceOf(record));
    const double first = epochSeconds(createdAt(batch.records.front())).GetDouble(),
                 last = epochSeconds(createdAt(batch.records.back())).GetDouble();
    Json records(rapidjson::kArrayType);
    for (Json& record : batch.records) {
        set(record, "eventSourceARN", streamOf(mapping));
        push(records, std::move(record));
    }
    set(state, "busy", true);
    call.soon(Job{.service = "lambda",
                  .operation = "Invoke",
                  .request = object({{"FunctionName", textOr(mapping, "FunctionArn")},
                                     {"Payload", writeJson(object({{"Records", std::move(records)}}))}}),
                  .replyTo = ReplyTo{"lambda", "StreamBatchEnded",
                                     object({{"UUID", uuid},
                                             {"shard", shard},
                                             {"sequences", std::move(sequences)},
                                             {"readUntil", *batch.readUntil},
                                             {"first", first},
                                             {"last", last}})},
                  .label = "batch of " + streamOf(mapping)});
}

/// Sends the shard's next batch where it is free and there is one. `windowOver`: do not wait for more records.
void advance(Call& call, const Json& mapping, const std::string& shard, bool windowOver) {
    const std::string uuid = textOr(mapping, "UUID");
    Json state = shardState(call, uuid, shard);
    if (boolOr(state, "busy", false) || find(state, "retry")) return;
    Batch batch = nextBatch(call, mapping, shard, state);
    if (batch.records.empty()) {
        if (!batch.readUntil) return;
        checkpoint(state, *batch.readUntil);  // nothing the filter wants
        call.putJson(shardKey(call, uuid, shard), state);
        return;
    }
    const std::chrono::seconds window(intOr(mapping, "MaximumBatchingWindowInSeconds", 0));
    if (!batch.full && !windowOver && window.count() > 0) {
        if (!find(state, "window"))
            set(state, "window", call.later(call.now + window, continueJob(uuid, shard, "batching window")).text());
    } else {
        cancel(call, state, "window");
        sendBatch(call, mapping, shard, state, std::move(batch));
    }
    call.putJson(shardKey(call, uuid, shard), state);
}

/// The mapping, if it is there, is to run, and has a function to run.
std::optional<Json> workingMapping(const Call& call, const std::string& uuid) {
    auto mapping = call.getJson(mappingKey(call, uuid));
    if (!mapping || !isEnabled(*mapping)) return std::nullopt;
    const FunctionName function = functionName(call, textOr(*mapping, "FunctionArn"));
    if (!findFunction(call, function)) return std::nullopt;
    return mapping;
}

void failed(Call& call, Json& mapping, const std::string& shard, Json& state, const std::vector<std::string>& sequences,
            const Fields& context, const Json* output) {
    const auto attempts = intOr(state, "attempts", 0) + 1;
    set(state, "attempts", attempts);
    const auto most = intOr(mapping, "MaximumRetryAttempts", -1);
    const bool bisects = boolOr(mapping, "BisectBatchOnFunctionError", false) && sequences.size() > 1;
    if (!find(state, "until")) set(state, "until", context.text("readUntil"));
    if (bisects) {
        set(state, "limit", sequences.size() / 2);
        set(state, "attempts", attempts - 1);  // halving does not use up the retries
    } else if (most >= 0 && attempts > most) {
        discard(call, mapping, shard, "RetryAttemptsExhausted", sequences,
                fromSeconds(context.value("first").GetDouble()), fromSeconds(context.value("last").GetDouble()),
                attempts, output);
        checkpoint(state, sequences.back());
        return;
    }
    const auto delay = std::min<std::chrono::seconds>(
        kLongestRetryDelay, std::chrono::seconds(1) * (1 << std::min<std::int64_t>(attempts - 1, 6)));
    set(state, "retry",
        call.later(call.now + (bisects ? 0s : delay), continueJob(textOr(mapping, "UUID"), shard, "retry")).text());
}

}  // namespace

void beginStream(Call& call, const Json& mapping) {
    const std::string uuid = textOr(mapping, "UUID"), stream = streamOf(mapping);
    try {
        for (const auto& shard : shardsOf(call, stream)) {
            Json state = shardState(call, uuid, shard);
            if (textOr(mapping, "StartingPosition") == "LATEST")
                for (;;) {  // what is there now is not this mapping's
                    const auto records = read(call, stream, shard, optionalText(state, "after"), kReadLimit);
                    if (records.empty()) break;
                    set(state, "after", sequenceOf(records.back()));
                }
            call.putJson(shardKey(call, uuid, shard), state);
        }
    } catch (const AwsError& error) {
        throw invalidParameter("Stream not found: " + stream);
    }
}

void connectStream(Call& call, const Json& mapping) {
    call.subscribe(topicOf(mapping), subscriptionOf(mapping), pollJob(textOr(mapping, "UUID")));
    call.soon(pollJob(textOr(mapping, "UUID")));
}

void disconnectStream(Call& call, const Json& mapping) { call.unsubscribe(topicOf(mapping), subscriptionOf(mapping)); }

Json pollStream(Call& call, const Fields& request) {
    const std::string uuid = request.text("UUID");
    const auto mapping = workingMapping(call, uuid);
    if (!mapping) return object();
    call.about(streamOf(*mapping));
    try {
        for (const auto& shard : shardsOf(call, streamOf(*mapping))) advance(call, *mapping, shard, false);
    } catch (const AwsError& error) {  // the stream has gone
        log::info("event source mapping " + uuid + ": " + error.code() + ": " + error.message());
    }
    return object();
}

Json continueShard(Call& call, const Fields& request) {
    const std::string uuid = request.text("UUID"), shard = request.text("shard");
    Json state = shardState(call, uuid, shard);
    erase(state, "retry");
    erase(state, "window");
    call.putJson(shardKey(call, uuid, shard), state);
    if (const auto mapping = workingMapping(call, uuid)) advance(call, *mapping, shard, true);
    return object();
}

Json streamBatchEnded(Call& call, const Fields& request) {
    const Fields context = request.child("context");
    const std::string uuid = context.text("UUID"), shard = context.text("shard");
    auto mapping = call.getJson(mappingKey(call, uuid));
    if (!mapping) return object();
    call.about(streamOf(*mapping));
    const auto sequences = context.texts("sequences");
    Json state = shardState(call, uuid, shard);
    set(state, "busy", false);
    const Json* output = request.find("output");
    const auto known = [&](const std::string& id) {
        return std::find(sequences.begin(), sequences.end(), id) != sequences.end();
    };
    const BatchOutcome outcome = output ? batchOutcome(*mapping, *output, known) : BatchOutcome{.all = true};
    if (!outcome.all && outcome.failed.empty()) {
        checkpoint(state, context.text("readUntil"));
        set(*mapping, "LastProcessingResult", "OK");
    } else {
        auto rest = sequences;
        if (!outcome.all) {  // everything before the first failed record is done
            const auto first = std::find_if(rest.begin(), rest.end(), [&](const auto& id) {
                return std::find(outcome.failed.begin(), outcome.failed.end(), id) != outcome.failed.end();
            });
            if (first != rest.begin()) {
                const auto attempts = intOr(state, "attempts", 0);
                checkpoint(state, *std::prev(first));
                set(state, "attempts", attempts);
                if (!find(state, "until")) set(state, "until", context.text("readUntil"));
            }
            rest.erase(rest.begin(), first);
        }
        failed(call, *mapping, shard, state, rest, context, output);
        set(*mapping, "LastProcessingResult", "PROBLEM: Function call failed");
    }
    saveMapping(call, *mapping);
    call.putJson(shardKey(call, uuid, shard), state);
    if (isEnabled(*mapping)) call.soon(pollJob(uuid));
    return object();
}

}  // namespace backlot::lambda
