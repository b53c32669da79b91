#include "emulator/services/lambda/event_source_mappings.h"

#include "emulator/base/arn.h"
#include "emulator/services/lambda/errors.h"
#include "emulator/services/lambda/event_filter.h"
#include "emulator/services/lambda/sqs_source.h"
#include "emulator/services/lambda/stream_source.h"

namespace backlot::lambda {
namespace {

enum class Source { sqs, dynamodbStream };

Source sourceOf(const Fields& request) {
    const auto text = request.optionalText("EventSourceArn");
    for (const char* member :
         {"SelfManagedEventSource", "AmazonManagedKafkaEventSourceConfig", "DocumentDBEventSourceConfig"})
        if (request.has(member))
            throw invalidParameter(std::string("Backlot does not support this kind of event source (") + member + ").");
    if (!text) throw invalidParameter("Unrecognized event source.");
    const auto arn = parseArn(*text);
    const bool stream = arn && arn->service == "dynamodb" && arn->resource.find("/stream/") != std::string::npos;
    const bool kinesis = arn && arn->service == "kinesis";
    if ((stream || kinesis) && !request.has("StartingPosition"))
        throw invalidParameter(
            "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: Member must "
            "not be null.");
    if (stream) return Source::dynamodbStream;
    if (arn && arn->service == "sqs") return Source::sqs;
    if (kinesis) throw invalidParameter("Backlot does not support Kinesis event sources.");
    throw invalidParameter(
        "Unrecognized event source, must be kinesis, dynamodb stream or sqs. Unsupported source arn " + *text);
}

Source sourceOf(const Json& mapping) {
    return parseArn(textOr(mapping, "EventSourceArn"))->service == "sqs" ? Source::sqs : Source::dynamodbStream;
}

const char* reasonOf(Source source) { return source == Source::sqs ? "USER_INITIATED" : "User action"; }

/// The function with the qualifier that the request gives it; it must be there.
FunctionName requireNamed(const Call& call, const Fields& request) {
    const FunctionName function = functionName(call, request, "FunctionName", false);
    if (!findFunction(call, function)) throw functionNotFound(function.qualifiedArn());
    requireConfig(call, function, versionOf(call, function));
    return function;
}

void requireUnique(Call& call, const std::string& source, const FunctionName& function) {
    call.scan(Key("mapping").text(call.account).text(call.region), [&](std::string_view, std::string_view value) {
        const Json other = parseJson(value);
        if (textOr(other, "EventSourceArn") == source &&
            functionName(call, textOr(other, "FunctionArn")).name == function.name)
            throw conflict(
                "The event source arn (\" " + source + " \") and function (\" " + function.name +
                " \") provided mapping already exists. Please update or delete the existing mapping with UUID " +
                textOr(other, "UUID"));
        return true;
    });
}

void requireQueue(Call& call, const std::string& queue, const FunctionName& function) {
    Json answer;
    try {
        answer = call.invoke("sqs", "GetQueueAttributes",
                             object({{"QueueUrl", queue}, {"AttributeNames", list({"VisibilityTimeout"})}}));
    } catch (const AwsError& error) {
        throw invalidParameter(
            "Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. SQS Error "
            "Message: " +
            error.message());
    }
    const Json* visibility = at(answer, {"Attributes", "VisibilityTimeout"});
    const Json config = requireConfig(call, function, versionOf(call, function));
    const auto timeout = intOr(*find(config, "public"), "Timeout", 3);
    if (visibility && std::stoll(text(*visibility)) < timeout)
        throw invalidParameter("Queue visibility timeout: " + text(*visibility) +
                               " seconds is less than Function timeout: " + std::to_string(timeout) + " seconds");
}

void requireBatching(const Json& mapping, Source source) {
    const auto size = intOr(mapping, "BatchSize", 0), window = intOr(mapping, "MaximumBatchingWindowInSeconds", 0);
    if (source == Source::sqs) {
        const bool fifo = textOr(mapping, "EventSourceArn").ends_with(".fifo");
        if (fifo && window > 0) throw invalidParameter("Batching window is not supported for FIFO queues.");
        if (fifo && size > 10) throw invalidParameter("Batch size must be less than or equal to 10 for FIFO queues.");
        if (size > 10 && window < 1)
            throw invalidParameter(
                "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10");
    } else if (intOr(mapping, "TumblingWindowInSeconds", 0) > 0) {
        throw invalidParameter("Backlot does not support tumbling windows (TumblingWindowInSeconds).");
    }
}

/// Members that create and update take alike, put over what is there.
void applyOptions(const Fields& request, Json& mapping, Source source) {
    for (const char* member :
         {"BatchSize", "MaximumBatchingWindowInSeconds", "FunctionResponseTypes", "ScalingConfig", "KMSKeyArn"})
        if (const Json* value = request.find(member)) set(mapping, member, copy(*value));
    if (const Json* scaling = find(mapping, "ScalingConfig"); scaling && scaling->ObjectEmpty())
        erase(mapping, "ScalingConfig");
    if (const Json* criteria = request.find("FilterCriteria")) {
        const Json* filters = find(*criteria, "Filters");
        if (!filters || filters->Empty())
            erase(mapping, "FilterCriteria");
        else
            set(mapping, "FilterCriteria", copy(*criteria));
        EventFilter{mapping};  // throws where a pattern is none
    }
    if (source == Source::dynamodbStream) {
        for (const char* member : {"BisectBatchOnFunctionError", "MaximumRecordAgeInSeconds", "MaximumRetryAttempts",
                                   "ParallelizationFactor", "TumblingWindowInSeconds"})
            if (const Json* value = request.find(member)) set(mapping, member, copy(*value));
        if (const Json* destinations = request.find("DestinationConfig")) {
            const Json* failure = find(*destinations, "OnFailure");
            set(mapping, "DestinationConfig", object({{"OnFailure", failure ? copy(*failure) : object()}}));
        }
    }
    requireBatching(mapping, source);
}

void connect(Call& call, const Json& mapping) {
    if (sourceOf(mapping) == Source::sqs)
        connectQueue(call, mapping);
    else
        connectStream(call, mapping);
}

void disconnect(Call& call, const Json& mapping) {
    if (sourceOf(mapping) == Source::sqs)
        disconnectQueue(call, mapping);
    else
        disconnectStream(call, mapping);
}

Json describe(const Json& mapping, const char* state = nullptr) {
    Json result = copy(mapping);
    erase(result, "tags");
    if (state) set(result, "State", state);
    return result;
}

}  // namespace

Key mappingKey(const Call& call, std::string_view uuid) {
    return Key("mapping").text(call.account).text(call.region).text(uuid);
}

Json requireMapping(const Call& call, const std::string& uuid) {
    auto mapping = call.getJson(mappingKey(call, uuid));
    if (!mapping) throw resourceNotFound();
    return std::move(*mapping);
}

void saveMapping(Call& call, const Json& mapping) { call.putJson(mappingKey(call, textOr(mapping, "UUID")), mapping); }

bool isEnabled(const Json& mapping) { return textOr(mapping, "State") == "Enabled"; }

bool reportsItemFailures(const Json& mapping) {
    for (const auto& type : Fields(mapping).texts("FunctionResponseTypes"))
        if (type == "ReportBatchItemFailures") return true;
    return false;
}

BatchOutcome batchOutcome(const Json& mapping, const Json& invokeOutput,
                          const std::function<bool(const std::string&)>& known) {
    if (find(invokeOutput, "FunctionError")) return {.all = true};
    if (!reportsItemFailures(mapping)) return {};
    const auto payload = tryParseJson(textOr(invokeOutput, "Payload", "null"));
    if (!payload) return {.all = true};
    if (payload->IsNull()) return {};
    if (!payload->IsObject()) return {.all = true};
    const Json* failures = find(*payload, "batchItemFailures");
    if (!failures || failures->IsNull()) return {};
    if (!failures->IsArray()) return {.all = true};
    BatchOutcome outcome;
    for (const auto& failure : failures->GetArray()) {
        const std::string id = failure.IsObject() ? textOr(failure, "itemIdentifier") : std::string();
        if (id.empty() || !known(id)) return {.all = true};
        outcome.failed.push_back(id);
    }
    return outcome;
}

Json createEventSourceMapping(Call& call, const Fields& request) {
    const Source source = sourceOf(request);
    const std::string sourceArn = request.text("EventSourceArn");
    const FunctionName function = requireNamed(call, request);
    call.about(function.name);
    requireUnique(call, sourceArn, function);

    const std::string uuid = call.uuid("mapping");
    Json mapping =
        object({{"UUID", uuid},
                {"EventSourceMappingArn", arn("lambda", call.region, call.account, "event-source-mapping:" + uuid)},
                {"EventSourceArn", sourceArn},
                {"FunctionArn", function.qualifiedArn()},
                {"BatchSize", source == Source::sqs ? 10 : 100},
                {"MaximumBatchingWindowInSeconds", 0},
                {"FunctionResponseTypes", Json(rapidjson::kArrayType)},
                {"LastModified", epochSeconds(call.now)},
                {"State", request.valueOr("Enabled", true) ? "Enabled" : "Disabled"},
                {"StateTransitionReason", reasonOf(source)},
                {"tags", copy(request.child("Tags").json())}});
    if (source == Source::dynamodbStream) {
        const auto position = request.text("StartingPosition");
        if (position == "AT_TIMESTAMP")
            throw invalidParameter("Unsupported starting position for stream type: AT_TIMESTAMP");
        for (auto& [member, value] : {std::pair{"MaximumRecordAgeInSeconds", -1},
                                      {"MaximumRetryAttempts", -1},
                                      {"ParallelizationFactor", 1},
                                      {"TumblingWindowInSeconds", 0}})
            set(mapping, member, value);
        set(mapping, "BisectBatchOnFunctionError", false);
        set(mapping, "DestinationConfig", object({{"OnFailure", object()}}));
        set(mapping, "LastProcessingResult", "No records processed");
        set(mapping, "StartingPosition", position);
    }
    applyOptions(request, mapping, source);
    if (source == Source::sqs)
        requireQueue(call, sourceArn, function);
    else
        beginStream(call, mapping);
    saveMapping(call, mapping);
    if (isEnabled(mapping)) connect(call, mapping);
    return describe(mapping, "Creating");
}

Json getEventSourceMapping(Call& call, const Fields& request) {
    return describe(requireMapping(call, request.text("UUID")));
}

Json listEventSourceMappings(Call& call, const Fields& request) {
    const auto source = request.optionalText("EventSourceArn");
    std::optional<FunctionName> function;
    if (request.has("FunctionName")) function = functionName(call, request, "FunctionName", false);
    const Page page = pageOf(request, 100);
    std::vector<Json> found;
    call.scan(Key("mapping").text(call.account).text(call.region), [&](std::string_view, std::string_view value) {
        const Json mapping = parseJson(value);
        if (source && textOr(mapping, "EventSourceArn") != *source) return true;
        if (function) {
            const FunctionName other = functionName(call, textOr(mapping, "FunctionArn"));
            if (other.name != function->name || (function->qualifier && other.qualifier != function->qualifier))
                return true;
        }
        found.push_back(describe(mapping));
        return true;
    });
    Json mappings(rapidjson::kArrayType);
    for (std::size_t i = page.first; i < found.size() && i < page.first + page.size; ++i)
        push(mappings, std::move(found[i]));
    return object({{"EventSourceMappings", std::move(mappings)}, {"NextMarker", nextMarker(page, found.size())}});
}

Json updateEventSourceMapping(Call& call, const Fields& request) {
    Json mapping = requireMapping(call, request.text("UUID"));
    const Source source = sourceOf(mapping);
    if (request.has("FunctionName")) set(mapping, "FunctionArn", requireNamed(call, request).qualifiedArn());
    applyOptions(request, mapping, source);
    if (request.has("Enabled")) set(mapping, "State", request.valueOr("Enabled", true) ? "Enabled" : "Disabled");
    set(mapping, "LastModified", epochSeconds(call.now));
    saveMapping(call, mapping);
    if (isEnabled(mapping))
        connect(call, mapping);
    else
        disconnect(call, mapping);
    return describe(mapping, "Updating");
}

Json deleteEventSourceMapping(Call& call, const Fields& request) {
    const std::string uuid = request.text("UUID");
    const Json mapping = requireMapping(call, uuid);
    disconnect(call, mapping);
    call.erase(mappingKey(call, uuid));
    call.erasePrefix(Key("source").text(call.account).text(call.region).text(uuid));
    return describe(mapping, "Deleting");
}

}  // namespace backlot::lambda
