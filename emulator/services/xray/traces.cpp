#include "emulator/services/xray/traces.h"

#include <algorithm>
#include <cstdio>
#include <limits>
#include <unordered_map>
#include <unordered_set>

#include "emulator/world/operation.h"
#include "emulator/world/record.h"

namespace backlot::xray {

namespace {

std::string segmentId(std::uint64_t sequence) {
    char text[17];
    std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(sequence));
    return text;
}

/// What the service graph calls a call's node, and the node's type.
std::pair<std::string, std::string> nameAndType(const ServiceDescription* service, const RecordView& entry) {
    const TraceManners none, &manners = service ? service->trace : none;
    std::string name;
    if (manners.node && !entry.resource.empty()) name = manners.node(entry.operation, entry.resource);
    if (name.empty()) name = manners.name.empty() ? entry.service : manners.name;
    return {std::move(name), manners.type.empty() ? "AWS::" + std::string(entry.service) : std::string(manners.type)};
}

/// A client's plain `aws dynamodb get-item` is in no trace on AWS either.
bool beginsTrace(const ServiceDescription* service, const RecordView& entry) {
    if (!service) return false;
    const auto& begins = service->trace.begins;
    return std::find(begins.begin(), begins.end(), entry.operation) != begins.end();
}

bool isShown(const Call& call, const ServiceDescription* service, const RecordView& entry) {
    if (entry.kind != "call" && entry.kind != "job") return entry.kind == "invocation";
    if (beginsTrace(service, entry)) return true;
    const auto flags = call.flags(entry.service, entry.operation);
    return flags && !(*flags & internal);
}

Segment segmentOf(const ServiceDescription* service, const RecordView& entry) {
    Segment segment{.id = segmentId(entry.sequence),
                    .operation = std::string(entry.operation),
                    .resource = std::string(entry.resource)};
    std::tie(segment.name, segment.type) = nameAndType(service, entry);
    const auto seconds = [](Time time) { return static_cast<double>(time.time_since_epoch().count()) / 1e6; };
    segment.start = seconds(entry.start);
    // Under a clock that stands still a call has taken no time: what it cost the machine is shown.
    segment.end =
        entry.end > entry.start ? seconds(entry.end) : segment.start + static_cast<double>(entry.wallMicros) / 1e6;
    if (!entry.error.empty()) {
        segment.throttle = entry.error.find("Throttl") != std::string::npos ||
                           entry.error == "TooManyRequestsException" ||
                           entry.error == "ProvisionedThroughputExceededException";
        segment.fault = entry.error == "InternalFailure" || entry.error == "InternalServerError";
        segment.error = !segment.fault;
    }
    return segment;
}

Segment segmentOf(const Json& document) {
    Segment segment{.id = textOr(document, "id"),
                    .parentId = textOr(document, "parent_id"),
                    .name = textOr(document, "name"),
                    .type = textOr(document, "origin", "client")};
    const auto number = [&](const char* name) {
        const auto* value = find(document, name);
        return value && value->IsNumber() ? value->GetDouble() : 0.0;
    };
    segment.start = number("start_time");
    segment.end = std::max(number("end_time"), segment.start);
    segment.error = boolOr(document, "error", false);
    segment.fault = boolOr(document, "fault", false);
    segment.throttle = boolOr(document, "throttle", false);
    if (const auto* annotations = find(document, "annotations")) segment.annotations = copy(*annotations);
    if (const auto* http = find(document, "http")) segment.http = copy(*http);
    segment.document = copy(document);
    return segment;
}

}  // namespace

double Trace::start() const {
    double earliest = std::numeric_limits<double>::max();
    for (const auto& segment : segments) earliest = std::min(earliest, segment.start);
    return segments.empty() ? 0 : earliest;
}

double Trace::end() const {
    double latest = 0;
    for (const auto& segment : segments) latest = std::max(latest, segment.end);
    return latest;
}

const Segment* Trace::root() const {
    for (const auto& segment : segments) {
        if (segment.parentId.empty()) return &segment;
    }
    return segments.empty() ? nullptr : &segments.front();
}

std::map<std::string, Trace> allTraces(const ServiceDirectory& services, const Call& call) {
    struct Seen {
        std::uint64_t parent = 0;
        bool shown = false;
    };
    struct Found {
        std::string trace;
        Segment segment;
    };
    // Most calls of a busy world are in no trace: those that begin one are looked for first, and only what is in those
    // is read.
    std::unordered_set<std::string> begun;
    const auto isMine = [&](const RecordView& entry) {
        return entry.account == call.account && entry.region == call.region && !entry.trace.empty();
    };
    call.scanRecord(0, [&](const RecordView& entry) {
        if (!isMine(entry)) return true;
        const ServiceDescription* service = services.find(entry.service);
        if (beginsTrace(service, entry) && isShown(call, service, entry)) begun.emplace(entry.trace);
        return true;
    });
    // An entry is put down when it ends, so children come before the one that caused them.
    std::unordered_map<std::uint64_t, Seen> seen;
    std::map<std::uint64_t, Found> found;
    std::string trace;
    if (!begun.empty())
        call.scanRecord(0, [&](const RecordView& entry) {
            if (!isMine(entry) || !begun.contains(trace.assign(entry.trace))) return true;
            const ServiceDescription* service = services.find(entry.service);
            const bool shown = isShown(call, service, entry);
            seen[entry.sequence] = {entry.parent, shown};
            if (shown) found.emplace(entry.sequence, Found{trace, segmentOf(service, entry)});
            return true;
        });
    const auto shownAbove = [&](std::uint64_t sequence) {
        auto at = seen.find(seen.at(sequence).parent);
        while (at != seen.end() && !at->second.shown) at = seen.find(at->second.parent);
        return at == seen.end() ? std::string() : segmentId(at->first);
    };
    std::map<std::string, Trace> traces;
    for (auto& [sequence, one] : found) {
        one.segment.parentId = shownAbove(sequence);
        Trace& trace = traces[one.trace];
        trace.id = one.trace;
        trace.segments.push_back(std::move(one.segment));
    }
    call.scan(Key("segment").text(call.account).text(call.region), [&](std::string_view, std::string_view value) {
        const Json document = parseJson(value);
        const std::string id = textOr(document, "trace_id");
        Trace& trace = traces[id];
        trace.id = id;
        trace.segments.push_back(segmentOf(document));
        return true;
    });
    return traces;
}

Json documentOf(const Trace& trace, const Segment& segment) {
    if (!segment.document.IsNull()) return copy(segment.document);
    Json document = object({{"id", segment.id},
                            {"trace_id", trace.id},
                            {"name", segment.name},
                            {"start_time", segment.start},
                            {"end_time", segment.end},
                            {"origin", segment.type}});
    if (!segment.parentId.empty()) set(document, "parent_id", segment.parentId);
    for (const auto& [name, value] :
         {std::pair{"error", segment.error}, {"fault", segment.fault}, {"throttle", segment.throttle}}) {
        if (value) set(document, name, true);
    }
    Json aws = object({{"operation", segment.operation}});
    if (!segment.resource.empty()) set(aws, "resource_names", list({segment.resource}));
    set(document, "aws", std::move(aws));
    return document;
}

}  // namespace backlot::xray
