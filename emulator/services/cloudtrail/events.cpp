#include "emulator/services/cloudtrail/events.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <functional>
#include <vector>

#include "emulator/base/base64.h"
#include "emulator/base/hash.h"
#include "emulator/world/operation.h"
#include "emulator/world/record.h"

namespace backlot::cloudtrail {

namespace {

struct Event {
    std::string id, name, source, resource, resourceType, trace, error;
    std::uint64_t sequence = 0;
    bool isReadOnly = false;
    Time time{};
};

/// A UUID that is always the same for the entry.
std::string eventId(const RecordView& entry) {
    std::string hex = md5Hex(std::string(entry.trace) + "/" + std::to_string(entry.sequence));
    hex[12] = '4';
    hex[16] = '8';
    return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" + hex.substr(16, 4) + "-" +
           hex.substr(20, 12);
}

/// The caller's management events, newest first, before the entry numbered `before`, until `each` returns false.
void scanEvents(const Call& call, std::uint64_t before,
                const std::function<bool(const RecordView&, bool reads)>& each) {
    call.scanRecordBack(before, [&](const RecordView& entry) {
        if (entry.kind != "call" || entry.account != call.account || entry.region != call.region) return true;
        const auto flags = call.flags(entry.service, entry.operation);
        if (!flags || (*flags & (internal | dataEvent))) return true;
        return each(entry, (*flags & readOnly) || entry.operation.starts_with("Get") ||
                               entry.operation.starts_with("List") || entry.operation.starts_with("Describe"));
    });
}

Event eventOf(const ServiceDirectory& services, const RecordView& entry, bool reads) {
    const ServiceDescription* service = services.find(entry.service);
    return {.id = eventId(entry),
            .name = std::string(entry.operation),
            .source = std::string(service ? service->signingName : entry.service) + ".amazonaws.com",
            .resource = std::string(entry.resource),
            .resourceType = std::string(service && !entry.resource.empty() ? service->resourceType : ""),
            .trace = std::string(entry.trace),
            .error = std::string(entry.error),
            .sequence = entry.sequence,
            .isReadOnly = reads,
            .time = entry.start};
}

bool matches(const Event& event, const std::string& key, const std::string& value) {
    if (key == "EventId") return event.id == value;
    if (key == "EventName") return event.name == value;
    if (key == "EventSource") return event.source == value;
    if (key == "ReadOnly") return value == (event.isReadOnly ? "true" : "false");
    if (key == "ResourceName") return event.resource == value;
    if (key == "ResourceType") return event.resourceType == value;
    if (key == "Username") return value == "root";
    return false;
}

Json describe(const Call& call, const Event& event) {
    Json document = object({{"eventVersion", "1.08"},
                            {"userIdentity", object({{"type", "Root"},
                                                     {"principalId", call.account},
                                                     {"arn", "arn:aws:iam::" + call.account + ":root"},
                                                     {"accountId", call.account}})},
                            {"eventTime", iso8601Seconds(event.time)},
                            {"eventSource", event.source},
                            {"eventName", event.name},
                            {"awsRegion", call.region},
                            {"sourceIPAddress", "127.0.0.1"},
                            {"requestParameters", nullptr},
                            {"responseElements", nullptr},
                            {"eventID", event.id},
                            {"readOnly", event.isReadOnly},
                            {"eventType", "AwsApiCall"},
                            {"managementEvent", true},
                            {"recipientAccountId", call.account},
                            {"eventCategory", "Management"},
                            {"additionalEventData", object({{"traceId", event.trace}})}});
    if (!event.error.empty()) set(document, "errorCode", event.error);
    Json resources(rapidjson::kArrayType);
    if (!event.resource.empty())
        push(resources, object({{"ResourceType", event.resourceType}, {"ResourceName", event.resource}}));
    return object({{"EventId", event.id},
                   {"EventName", event.name},
                   {"ReadOnly", event.isReadOnly ? "true" : "false"},
                   {"EventTime", epochSeconds(event.time)},
                   {"EventSource", event.source},
                   {"Username", "root"},
                   {"Resources", std::move(resources)},
                   {"CloudTrailEvent", writeJson(document)}});
}

}  // namespace

Json lookupEvents(const ServiceDirectory& services, Call& call, const Fields& request) {
    const auto attributes = request.items("LookupAttributes");
    if (attributes.size() > 1)
        throw AwsError("InvalidLookupAttributesException", "You can only specify one lookup attribute at a time.", 400);
    const auto most = request.valueOr("MaxResults", 50);
    if (most < 1 || most > 50)
        throw AwsError("InvalidMaxResultsException", "MaxResults must be between 1 and 50.", 400);
    const auto time = [&](const char* member) {
        return request.has(member) ? std::optional(fromSeconds(request.value(member).GetDouble())) : std::nullopt;
    };
    const auto from = time("StartTime"), to = time("EndTime");
    if (from && to && *from > *to)
        throw AwsError("InvalidTimeRangeException", "StartTime must be before EndTime.", 400);
    if (request.has("EventCategory")) return object({{"Events", list()}});  // "insight": nothing looks for such
    std::uint64_t before = UINT64_MAX;  // pages go on below the last event shown, whatever has happened since
    if (const auto token = request.optionalText("NextToken")) {
        const auto decoded = base64Decode(*token);
        if (!decoded || std::from_chars(decoded->data(), decoded->data() + decoded->size(), before).ec != std::errc()) {
            throw AwsError("InvalidNextTokenException", "The token is invalid.", 400);
        }
    }
    Json events(rapidjson::kArrayType);
    std::uint64_t last = 0;
    bool more = false;
    const auto key = attributes.empty() ? std::string() : textOr(*attributes[0], "AttributeKey"),
               value = attributes.empty() ? std::string() : textOr(*attributes[0], "AttributeValue");
    scanEvents(call, before, [&](const RecordView& entry, bool reads) {
        if ((from && entry.start < *from) || (to && entry.start > *to)) return true;
        if (key == "EventName" && entry.operation != value)
            return true;  // the usual one, before more is made of the entry
        const Event event = eventOf(services, entry, reads);
        if (!key.empty() && !matches(event, key, value)) return true;
        more = events.Size() == static_cast<rapidjson::SizeType>(most);
        if (more) return false;
        push(events, describe(call, event));
        last = event.sequence;
        return true;
    });
    Json result = object({{"Events", std::move(events)}});
    if (more) set(result, "NextToken", base64Encode(std::to_string(last)));
    return result;
}

}  // namespace backlot::cloudtrail
