#include "emulator/services/events/put_events.h"

#include <algorithm>

#include "emulator/services/events/archives.h"
#include "emulator/services/events/delivery.h"
#include "emulator/services/events/errors.h"
#include "emulator/world/record.h"
#include "emulator/world/trace_header.h"

namespace backlot::events {
namespace {

constexpr std::size_t kRequestLimitBytes = 1'048'576;
constexpr std::size_t kMismatchesNoted = 16;  // rules; on a larger bus the record names only those that matched

Json refused(const char* code, const std::string& message) {
    return object({{"ErrorCode", code}, {"ErrorMessage", message}});
}

Json missing(const std::string& name) {
    return refused("InvalidArgument",
                   "Parameter " + name + " is not valid. Reason: " + name + " is a required argument.");
}

/// Leaves out the space between the tokens of a JSON text, and nothing else: numbers stay as they were written.
std::string compact(std::string_view json) {
    std::string result;
    result.reserve(json.size());
    bool inside = false;
    for (std::size_t i = 0; i < json.size(); ++i) {
        const char c = json[i];
        if (inside && c == '\\') {
            result += c;
            result += json[++i];
            continue;
        }
        if (c == '"') inside = !inside;
        if (inside || (c != ' ' && c != '\t' && c != '\n' && c != '\r')) result += c;
    }
    return result;
}

Json entryAnswer(Events& events, Call& call, const Fields& entry) {
    const std::string source = entry.valueOr("Source", ""), type = entry.valueOr("DetailType", ""),
                      detailText = entry.valueOr("Detail", "");
    if (source.empty()) return missing("Source");
    if (type.empty()) return missing("DetailType");
    if (detailText.empty()) return missing("Detail");
    auto detail = tryParseJson(detailText);
    if (!detail || !detail->IsObject()) return refused("MalformedDetail", "Detail is malformed.");
    const BusName bus = busName(call, entry.valueOr("EventBusName", ""));
    call.about(bus.name);

    const Json* given = entry.find("Time");
    const Time time = given && given->IsNumber() ? fromSeconds(given->GetDouble()) : call.now;
    const std::string id = call.uuid("event");
    Json event = object({{"version", "0"},
                         {"id", id},
                         {"detail-type", type},
                         {"source", source},
                         {"account", call.account},
                         {"time", iso8601Seconds(time)},
                         {"region", call.region},
                         {"resources", array(entry.texts("Resources"))}});
    std::string eventText = writeJson(event);
    eventText.pop_back();
    eventText += ",\"detail\":" + compact(detailText) + "}";
    set(event, "detail", std::move(*detail));
    if (!busExists(call, bus)) return object({{"EventId", id}});  // AWS takes such an event, and drops it
    const std::string own = call.cause.trace;
    if (const auto cause = causeOf(entry.valueOr("TraceHeader", ""))) call.cause.trace = cause->trace;
    route(events, call, bus, event, eventText);
    call.cause.trace = own;
    return object({{"EventId", id}});
}

void noteMatches(Call& call, const BusName& bus, const Json& event, Json matched, Json mismatched) {
    RecordEntry entry{.kind = "delivery", .service = "events", .operation = "Match", .resource = bus.name};
    entry.detail = object({{"event", textOr(event, "id")},
                           {"detail-type", textOr(event, "detail-type")},
                           {"matched", std::move(matched)},
                           {"mismatched", std::move(mismatched)}});
    call.note(std::move(entry));
}

}  // namespace

void route(Events& events, Call& call, const BusName& name, const Json& event, const std::string& eventText,
           const std::vector<std::string>& onlyRules, bool replayed) {
    const auto bus = readyBus(call, events, name);
    if (!replayed) {
        for (const ReadyArchive& archive : bus->archives) {
            if (!archive.pattern || archive.pattern->matches(event)) archiveEvent(call, name, archive, eventText);
        }
    }
    Json matched = list(), mismatched = object();
    std::vector<const ReadyRule*> hits;
    for (const std::size_t index : bus->candidates(textOr(event, "source"))) {
        const ReadyRule& rule = bus->rules[index];
        if (!onlyRules.empty() && std::find(onlyRules.begin(), onlyRules.end(), rule.arn) == onlyRules.end()) continue;
        if (rule.pattern->matches(event)) {
            hits.push_back(&rule);
            push(matched, rule.name);
        } else if (bus->rules.size() <= kMismatchesNoted) {
            set(mismatched, rule.name, rule.pattern->mismatch(event));
        }
    }
    noteMatches(call, name, event, std::move(matched), std::move(mismatched));
    for (const ReadyRule* rule : hits) {
        for (const Target& target : rule->targets) deliver(call, *rule, target, event, eventText);
    }
}

Json putEvents(Events& events, Call& call, const Fields& request) {
    if (const auto endpoint = request.optionalText("EndpointId"))
        throw validation("Backlot has no global endpoints: " + *endpoint + ".");
    const auto entries = request.items("Entries");
    std::size_t bytes = 0;
    for (const Json* entry : entries) {
        bytes +=
            textOr(*entry, "Source").size() + textOr(*entry, "DetailType").size() + textOr(*entry, "Detail").size();
        if (find(*entry, "Time")) bytes += 14;
        for (const std::string& resource : Fields(*entry).texts("Resources")) bytes += resource.size();
    }
    if (bytes > kRequestLimitBytes) throw validation("Total size of the entries in the request is over the limit.");
    Json answers = list();
    std::int64_t failures = 0;
    for (const Json* entry : entries) {
        Json answer = entryAnswer(events, call, Fields(*entry));
        if (find(answer, "ErrorCode")) ++failures;
        push(answers, std::move(answer));
    }
    return object({{"FailedEntryCount", failures}, {"Entries", std::move(answers)}});
}

Json isHeard(Events& events, Call& call, const Fields&) {
    const auto bus = readyBus(call, events, busName(call, ""));
    return object({{"heard", !bus->rules.empty() || !bus->archives.empty()}});
}

Json relayEvent(Events& events, Call& call, const Fields& request) {
    const BusName bus = busName(call, request.text("bus"));
    call.about(bus.name);
    if (!busExists(call, bus)) throw busNotFound(bus.name);
    const std::string eventText = request.text("event");
    route(events, call, bus, parseJson(eventText), eventText);
    return object();
}

}  // namespace backlot::events
