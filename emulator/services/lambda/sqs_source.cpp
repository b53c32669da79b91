#include "emulator/services/lambda/sqs_source.h"

#include <algorithm>

#include "emulator/base/arn.h"
#include "emulator/base/log.h"
#include "emulator/services/lambda/errors.h"
#include "emulator/services/lambda/event_filter.h"
#include "emulator/services/lambda/event_source_mappings.h"
#include "emulator/services/lambda/invocation.h"

namespace backlot::lambda {
namespace {

/// Source: AWS Lambda Developer Guide, "Using Lambda with Amazon SQS": five batches at once to begin with.
/// Differs: AWS adds up to 300 a minute while messages keep waiting; here it stays at what ScalingConfig says, or five.
constexpr std::int64_t kBatchesAtOnce = 5;
constexpr std::size_t kReceiveLimit = 10;

Key stateKey(const Call& call, std::string_view uuid) {
    return Key("source").text(call.account).text(call.region).text(uuid);
}
Json stateOf(const Call& call, std::string_view uuid) {
    auto state = call.getJson(stateKey(call, uuid));
    return state ? std::move(*state) : object({{"inFlight", 0}});
}
std::string topicOf(const Json& mapping) { return "sqs:visible:" + textOr(mapping, "EventSourceArn"); }
std::string subscriptionOf(const Json& mapping) { return "lambda:" + textOr(mapping, "UUID"); }
Job pollJob(const std::string& uuid) {
    return Job{.service = "lambda",
               .operation = "PollQueue",
               .request = object({{"UUID", uuid}}),
               .label = "event source mapping " + uuid};
}

Json attributeOf(const Json& attribute) {
    Json result = object();
    if (const Json* value = find(attribute, "StringValue")) set(result, "stringValue", copy(*value));
    if (const Json* value = find(attribute, "BinaryValue")) set(result, "binaryValue", copy(*value));
    set(result, "stringListValues", Json(rapidjson::kArrayType));
    set(result, "binaryListValues", Json(rapidjson::kArrayType));
    set(result, "dataType", textOr(attribute, "DataType"));
    return result;
}

/// A received message as the function sees it. Source: recorded events.
Json recordOf(const Json& message, const std::string& queue) {
    Json attributes = object(), messageAttributes = object();
    if (const Json* given = find(message, "Attributes")) attributes = copy(*given);
    if (const Json* given = find(message, "MessageAttributes"))
        for (const auto& attribute : given->GetObject())
            set(messageAttributes, view(attribute.name), attributeOf(attribute.value));
    return object({{"messageId", textOr(message, "MessageId")},
                   {"receiptHandle", textOr(message, "ReceiptHandle")},
                   {"body", textOr(message, "Body")},
                   {"attributes", std::move(attributes)},
                   {"messageAttributes", std::move(messageAttributes)},
                   {"md5OfMessageAttributes", optionalText(message, "MD5OfMessageAttributes")},
                   {"md5OfBody", textOr(message, "MD5OfBody")},
                   {"eventSource", "aws:sqs"},
                   {"eventSourceARN", queue},
                   {"awsRegion", parseArn(queue)->region}});
}

/// Filters see a body that is JSON as JSON.
bool wanted(const EventFilter& filter, const Json& record) {
    if (filter.wantsAll()) return true;
    Json seen = copy(record);
    if (auto body = tryParseJson(textOr(record, "body")); body && body->IsObject()) set(seen, "body", std::move(*body));
    return filter.matches(seen);
}

void deleteMessages(Call& call, const std::string& queue, const std::vector<std::string>& handles) {
    for (std::size_t first = 0; first < handles.size(); first += kReceiveLimit) {
        Json entries(rapidjson::kArrayType);
        for (std::size_t i = first; i < std::min(first + kReceiveLimit, handles.size()); ++i)
            push(entries, object({{"Id", std::to_string(i)}, {"ReceiptHandle", handles[i]}}));
        try {
            call.invoke("sqs", "DeleteMessageBatch", object({{"QueueUrl", queue}, {"Entries", std::move(entries)}}));
        } catch (const AwsError& error) {  // the queue has gone
            log::info("event source mapping: " + error.message());
        }
    }
}

/// Receives up to `count` messages that the filter wants; those it does not want are deleted. False where the queue has
/// no more.
bool receive(Call& call, const Json& mapping, const EventFilter& filter, std::size_t count, Json& records) {
    const std::string queue = textOr(mapping, "EventSourceArn");
    while (records.Size() < count) {
        const Json answer = call.invoke(
            "sqs", "ReceiveMessage",
            object({{"QueueUrl", queue},
                    {"MaxNumberOfMessages", static_cast<int>(std::min(kReceiveLimit, count - records.Size()))},
                    {"WaitTimeSeconds", 0},
                    {"AttributeNames", list({"All"})},
                    {"MessageAttributeNames", list({"All"})}}));
        const Json* messages = find(answer, "Messages");
        if (!messages || messages->Empty()) return false;
        std::vector<std::string> unwanted;
        for (const auto& message : messages->GetArray()) {
            Json record = recordOf(message, queue);
            if (wanted(filter, record))
                push(records, std::move(record));
            else
                unwanted.push_back(textOr(message, "ReceiptHandle"));
        }
        deleteMessages(call, queue, unwanted);
    }
    return true;
}

/// Sends records to the function, in as many batches as their size asks for.
void dispatch(Call& call, const Json& mapping, Json& state, Json records) {
    if (records.Empty()) return;
    const std::string uuid = textOr(mapping, "UUID"), queue = textOr(mapping, "EventSourceArn");
    const auto send = [&](Json batch) {
        Json messages = array(batch.GetArray(), [](const Json& record) {
            return object({{"id", textOr(record, "messageId")}, {"handle", textOr(record, "receiptHandle")}});
        });
        call.soon(Job{.service = "lambda",
                      .operation = "Invoke",
                      .request = object({{"FunctionName", textOr(mapping, "FunctionArn")},
                                         {"Payload", writeJson(object({{"Records", std::move(batch)}}))}}),
                      .replyTo = ReplyTo{"lambda", "QueueBatchEnded",
                                         object({{"UUID", uuid}, {"queue", queue}, {"messages", std::move(messages)}})},
                      .label = "batch of " + queue.substr(queue.rfind(':') + 1)});
        set(state, "inFlight", intOr(state, "inFlight", 0) + 1);
    };
    Json batch(rapidjson::kArrayType);
    std::size_t bytes = 0;
    for (auto& record : records.GetArray()) {
        const std::size_t size = writeJson(record).size() + 1;
        if (!batch.Empty() && bytes + size > kPayloadLimitBytes - 64) {
            send(std::exchange(batch, Json(rapidjson::kArrayType)));
            bytes = 0;
        }
        bytes += size;
        push(batch, std::move(record));
    }
    send(std::move(batch));
}

std::int64_t roomOf(const Json& mapping) {
    const Json* most = at(mapping, {"ScalingConfig", "MaximumConcurrency"});
    return most ? most->GetInt64() : kBatchesAtOnce;
}

bool functionIsThere(const Call& call, const Json& mapping) {
    const FunctionName function = functionName(call, textOr(mapping, "FunctionArn"));
    return findFunction(call, function) && call.has(configKey(function, versionOf(call, function)));
}

void cancelFlush(Call& call, Json& state) {
    if (const auto job = JobId::parse(textOr(state, "flush"))) call.cancel(*job);
    erase(state, "flush");
}

/// Gathers until the batch is full or its window is over.
void gather(Call& call, const Json& mapping, const EventFilter& filter, Json& state) {
    const auto size = static_cast<std::size_t>(intOr(mapping, "BatchSize", 10));
    const std::chrono::seconds window(intOr(mapping, "MaximumBatchingWindowInSeconds", 0));
    while (intOr(state, "inFlight", 0) < roomOf(mapping)) {
        Json records(rapidjson::kArrayType);
        if (const Json* gathered = find(state, "gathered")) records = copy(*gathered);
        const bool first = records.Empty();
        const bool more = receive(call, mapping, filter, size, records);
        if (records.Empty()) return;
        if (records.Size() >= size || window.count() == 0) {
            cancelFlush(call, state);
            erase(state, "gathered");
            dispatch(call, mapping, state, std::move(records));
        } else {
            set(state, "gathered", std::move(records));
            if (first)
                set(state, "flush",
                    call.later(call.now + window, Job{.service = "lambda",
                                                      .operation = "FlushQueueBatch",
                                                      .request = object({{"UUID", textOr(mapping, "UUID")}}),
                                                      .label = "batching window of " + textOr(mapping, "UUID")})
                        .text());
        }
        if (!more) return;
    }
}

}  // namespace

void connectQueue(Call& call, const Json& mapping) {
    call.subscribe(topicOf(mapping), subscriptionOf(mapping), pollJob(textOr(mapping, "UUID")));
    call.soon(pollJob(textOr(mapping, "UUID")));  // what is there already
}

void disconnectQueue(Call& call, const Json& mapping) { call.unsubscribe(topicOf(mapping), subscriptionOf(mapping)); }

Json pollQueue(Call& call, const Fields& request) {
    const std::string uuid = request.text("UUID");
    const auto mapping = call.getJson(mappingKey(call, uuid));
    if (!mapping || !isEnabled(*mapping) || !functionIsThere(call, *mapping)) return object();
    call.about(textOr(*mapping, "EventSourceArn"));
    Json state = stateOf(call, uuid);
    try {
        gather(call, *mapping, EventFilter(*mapping), state);
    } catch (const AwsError& error) {  // the queue has gone; what was gathered before stands
        log::info("event source mapping " + uuid + ": " + error.code() + ": " + error.message());
    }
    call.putJson(stateKey(call, uuid), state);
    return object();
}

Json flushQueueBatch(Call& call, const Fields& request) {
    const std::string uuid = request.text("UUID");
    const auto mapping = call.getJson(mappingKey(call, uuid));
    Json state = stateOf(call, uuid);
    const Json* gathered = find(state, "gathered");
    if (!mapping || !gathered) return object();
    Json records = copy(*gathered);
    erase(state, "gathered");
    erase(state, "flush");
    dispatch(call, *mapping, state, std::move(records));
    call.putJson(stateKey(call, uuid), state);
    return object();
}

Json queueBatchEnded(Call& call, const Fields& request) {
    const Fields context = request.child("context");
    const std::string uuid = context.text("UUID"), queue = context.text("queue");
    const auto messages = context.items("messages");
    call.about(queue);
    const auto mapping = call.getJson(mappingKey(call, uuid));
    // After an error (throttled, deleted) the messages come back by themselves, as after a failure.
    if (const Json* output = request.find("output")) {
        const auto known = [&](const std::string& id) {
            return std::any_of(messages.begin(), messages.end(),
                               [&](const Json* message) { return textOr(*message, "id") == id; });
        };
        const Json none = object();
        const BatchOutcome outcome = batchOutcome(mapping ? *mapping : none, *output, known);
        std::vector<std::string> handles;
        for (const Json* message : messages)
            if (!outcome.all &&
                std::find(outcome.failed.begin(), outcome.failed.end(), textOr(*message, "id")) == outcome.failed.end())
                handles.push_back(textOr(*message, "handle"));
        deleteMessages(call, queue, handles);
    }
    if (!mapping) return object();
    Json state = stateOf(call, uuid);
    set(state, "inFlight", std::max<std::int64_t>(0, intOr(state, "inFlight", 0) - 1));
    call.putJson(stateKey(call, uuid), state);
    if (isEnabled(*mapping)) call.soon(pollJob(uuid));
    return object();
}

}  // namespace backlot::lambda
