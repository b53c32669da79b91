#include "emulator/services/xray/traces.h"

#include <algorithm>
#include <cstdio>
#include <limits>
#include <set>
#include <unordered_map>

#include "emulator/world/world.h"

namespace backlot::xray {

namespace {

std::string segmentId(std::uint64_t sequence) {
    char text[17];
    std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(sequence));
    return text;
}

/// "checkout" of arn:aws:states:…:stateMachine:checkout and of an execution's arn:aws:states:…:execution:checkout:ORDER-1.
std::string stateMachineOf(std::string_view resource) {
    for (const std::string_view kind : {":execution:", ":express:", ":stateMachine:"}) {
        const auto place = resource.find(kind);
        if (place == std::string_view::npos) continue;
        resource.remove_prefix(place + kind.size());
        return std::string(resource.substr(0, resource.find_first_of(":/")));
    }
    return std::string(resource);
}

/// What the service graph calls a service without a resource's name, and the type of its nodes.
std::pair<std::string, std::string> nameAndType(const RecordEntry& entry) {
    static const std::map<std::string, std::pair<const char*, const char*>, std::less<>> known = {
        {"apigateway", {"API Gateway", "AWS::ApiGateway::Stage"}}, {"dynamodb", {"DynamoDB", "AWS::DynamoDB::Table"}}, {"lambda", {"Lambda", "AWS::Lambda::Function"}},
        {"sqs", {"SQS", "AWS::SQS::Queue"}},                       {"sns", {"SNS", "AWS::SNS"}},                       {"events", {"Events", "AWS::Events"}},
        {"states", {"Step Functions", "AWS::StepFunctions::StateMachine"}}, {"ses", {"SES", "AWS::SES"}},             {"sesv2", {"SES", "AWS::SES"}},
        {"logs", {"CloudWatch Logs", "AWS::Logs"}},                {"ssm", {"SSM", "AWS::SSM"}}};
    const auto found = known.find(entry.service);
    if (found == known.end()) return {entry.service, "AWS::" + entry.service};
    std::string name = found->second.first;
    if (!entry.resource.empty() && (entry.service == "dynamodb" || entry.service == "lambda" || entry.service == "sqs")) {
        name = entry.resource.substr(entry.resource.find_last_of(":/") + 1);
    }
    if (!entry.resource.empty() && entry.service == "states") name = stateMachineOf(entry.resource);
    if (entry.service == "apigateway" && entry.operation == "HandleRequest") name = entry.resource.substr(0, entry.resource.find(' '));
    return {name.empty() ? found->second.first : name, found->second.second};
}

bool isShown(const World& world, const RecordEntry& entry) {
    if (entry.kind == "fault") return false;
    if (entry.service == "apigateway" && entry.operation == "HandleRequest") return true;
    if (entry.kind != "call" && entry.kind != "job") return entry.kind == "invocation";
    const auto* operation = world.find(entry.service, entry.operation);
    return operation && !(operation->flags & internal);
}

/// A client's plain `aws dynamodb get-item` is in no trace on AWS either.
bool beginsTrace(const RecordEntry& entry) {
    return (entry.service == "apigateway" && entry.operation == "HandleRequest") || (entry.service == "lambda" && entry.operation == "Invoke") ||
           (entry.service == "states" && (entry.operation == "StartExecution" || entry.operation == "StartSyncExecution"));
}

Segment segmentOf(const RecordEntry& entry) {
    Segment segment{.id = segmentId(entry.sequence), .operation = entry.operation, .resource = entry.resource};
    std::tie(segment.name, segment.type) = nameAndType(entry);
    const auto seconds = [](Time time) { return static_cast<double>(time.time_since_epoch().count()) / 1e6; };
    segment.start = seconds(entry.start);
    // Under a clock that stands still a call has taken no time: what it cost the machine is shown.
    segment.end = entry.end > entry.start ? seconds(entry.end) : segment.start + static_cast<double>(entry.wallMicros) / 1e6;
    if (!entry.error.empty()) {
        segment.throttle = entry.error.find("Throttl") != std::string::npos || entry.error == "TooManyRequestsException" || entry.error == "ProvisionedThroughputExceededException";
        segment.fault = entry.error == "InternalFailure" || entry.error == "InternalServerError";
        segment.error = !segment.fault;
    }
    return segment;
}

Segment segmentOf(const Json& document) {
    Segment segment{.id = textOr(document, "id"), .parentId = textOr(document, "parent_id"), .name = textOr(document, "name"), .type = textOr(document, "origin", "client")};
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

std::map<std::string, Trace> allTraces(const Call& call) {
    struct Seen {
        std::uint64_t parent = 0;
        bool shown = false;
    };
    struct Found {
        std::string trace;
        Segment segment;
    };
    // An entry is put down when it ends, so children come before the one that caused them.
    std::unordered_map<std::uint64_t, Seen> seen;
    std::map<std::uint64_t, Found> found;
    std::set<std::string> begun;
    call.world().scanRecord(0, [&](const RecordEntry& entry) {
        if (entry.account != call.account || entry.region != call.region || entry.trace.empty()) return true;
        const bool shown = isShown(call.world(), entry);
        seen[entry.sequence] = {entry.parent, shown};
        if (!shown) return true;
        if (beginsTrace(entry)) begun.insert(entry.trace);
        found.emplace(entry.sequence, Found{entry.trace, segmentOf(entry)});
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
    std::erase_if(traces, [&](const auto& one) { return !begun.contains(one.first); });
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
    Json document = object({{"id", segment.id}, {"trace_id", trace.id}, {"name", segment.name}, {"start_time", segment.start}, {"end_time", segment.end}, {"origin", segment.type}});
    if (!segment.parentId.empty()) set(document, "parent_id", segment.parentId);
    for (const auto& [name, value] : {std::pair{"error", segment.error}, {"fault", segment.fault}, {"throttle", segment.throttle}}) {
        if (value) set(document, name, true);
    }
    Json aws = object({{"operation", segment.operation}});
    if (!segment.resource.empty()) set(aws, "resource_names", list({segment.resource}));
    set(document, "aws", std::move(aws));
    return document;
}

}  // namespace backlot::xray
