#include <algorithm>
#include <charconv>

#include "emulator/base/base64.h"
#include "emulator/services/kit/bind.h"
#include "emulator/services/xray/filter.h"
#include "emulator/services/xray/service.h"

namespace backlot::xray {

namespace {

constexpr Ignored kNoPages{"NextToken", "all is answered at once: there are no tokens"};

constexpr std::size_t kSummariesAPage = 100, kTracesAtOnce = 5;

AwsError invalid(std::string message) { return {"InvalidRequestException", std::move(message), 400}; }

Json serviceId(const Call& call, const Segment& segment) {
    return object(
        {{"Name", segment.name}, {"Names", list({segment.name})}, {"AccountId", call.account}, {"Type", segment.type}});
}

/// Throws: the document's problem, as an UnprocessedTraceSegment.
Json requireSegment(const std::string& text) {
    auto document = tryParseJson(text);
    if (!document || !document->IsObject()) throw AwsError("ParseError", "Invalid segment. ErrorCode: ParseError", 400);
    for (const auto& [member, code] :
         {std::pair{"id", "MissingId"}, {"trace_id", "MissingTraceId"}, {"name", "MissingName"}}) {
        if (textOr(*document, member).empty())
            throw AwsError(code, std::string("Invalid segment. ErrorCode: ") + code, 400);
    }
    const auto* start = find(*document, "start_time");
    if (!start || !start->IsNumber())
        throw AwsError("MissingStartTime", "Invalid segment. ErrorCode: MissingStartTime", 400);
    return std::move(*document);
}

Json putTraceSegments(Call& call, const Fields& request) {
    Json unprocessed(rapidjson::kArrayType);
    for (const auto& text : request.texts("TraceSegmentDocuments")) {
        try {
            const Json document = requireSegment(text);
            call.putJson(Key("segment")
                             .text(call.account)
                             .text(call.region)
                             .text(textOr(document, "trace_id"))
                             .text(textOr(document, "id")),
                         document);
        } catch (const AwsError& error) {
            const auto document = tryParseJson(text);
            push(unprocessed, object({{"Id", document ? optionalText(*document, "id") : std::nullopt},
                                      {"ErrorCode", error.code()},
                                      {"Message", error.message()}}));
        }
    }
    return object({{"UnprocessedTraceSegments", std::move(unprocessed)}});
}

std::vector<const Trace*> within(const std::map<std::string, Trace>& traces, const Fields& request) {
    const double from = request.value("StartTime").GetDouble(), to = request.value("EndTime").GetDouble();
    if (to < from) throw invalid("EndTime must be after StartTime");
    std::vector<const Trace*> result;
    for (const auto& [id, trace] : traces) {
        if (trace.start() >= from && trace.start() <= to) result.push_back(&trace);
    }
    std::sort(result.begin(), result.end(), [](const Trace* a, const Trace* b) {
        return a->start() != b->start() ? a->start() < b->start() : a->id < b->id;
    });
    return result;
}

Json summaryOf(const Call& call, const Trace& trace) {
    const auto any = [&](bool Segment::*flag) {
        return std::any_of(trace.segments.begin(), trace.segments.end(),
                           [&](const Segment& segment) { return segment.*flag; });
    };
    const double duration = trace.end() - trace.start();
    Json services(rapidjson::kArrayType), annotations = object(), resources(rapidjson::kArrayType);
    std::vector<std::string> named;
    for (const auto& segment : trace.segments) {
        if (std::find(named.begin(), named.end(), segment.name) == named.end()) {
            named.push_back(segment.name);
            push(services, serviceId(call, segment));
        }
        if (segment.resource.starts_with("arn:")) push(resources, object({{"ARN", segment.resource}}));
        if (!segment.annotations.IsObject()) continue;
        for (const auto& annotation : segment.annotations.GetObject()) {
            Json value = object();
            if (annotation.value.IsBool())
                set(value, "BooleanValue", annotation.value.GetBool());
            else if (annotation.value.IsNumber())
                set(value, "NumberValue", annotation.value.GetDouble());
            else
                set(value, "StringValue",
                    annotation.value.IsString() ? text(annotation.value) : writeJson(annotation.value));
            Json entry =
                object({{"AnnotationValue", std::move(value)}, {"ServiceIds", list({serviceId(call, segment)})}});
            const std::string key = text(annotation.name);
            if (!find(annotations, key)) set(annotations, key, list());
            push(*find(annotations, key), std::move(entry));
        }
    }
    Json summary = object({{"Id", trace.id},
                           {"StartTime", trace.start()},
                           {"Duration", duration},
                           {"ResponseTime", duration},
                           {"HasFault", any(&Segment::fault)},
                           {"HasError", any(&Segment::error)},
                           {"HasThrottle", any(&Segment::throttle)},
                           {"IsPartial", false},
                           {"Revision", 1}});
    if (const auto* root = trace.root()) {
        set(summary, "EntryPoint", serviceId(call, *root));
        Json http = object();
        const auto text = [&](std::initializer_list<std::string_view> path) -> std::optional<std::string> {
            const auto* value = at(root->http, path);
            return value && value->IsString() ? std::optional(backlot::text(*value)) : std::nullopt;
        };
        if (const auto url = text({"request", "url"})) set(http, "HttpURL", *url);
        if (const auto method = text({"request", "method"})) set(http, "HttpMethod", *method);
        if (const auto* status = at(root->http, {"response", "status"}); status && status->IsInt())
            set(http, "HttpStatus", status->GetInt());
        if (root->operation == "HandleRequest") {  // "api/stage GET /cart"
            const auto blank = root->resource.find(' '), second = root->resource.find(' ', blank + 1);
            if (second != std::string::npos) {
                set(http, "HttpMethod", root->resource.substr(blank + 1, second - blank - 1));
                set(http, "HttpURL", root->resource.substr(second + 1));
            }
        }
        set(summary, "Http", std::move(http));
    }
    set(summary, "Annotations", std::move(annotations));
    set(summary, "ServiceIds", std::move(services));
    set(summary, "ResourceARNs", std::move(resources));
    return summary;
}

std::size_t firstOf(const Fields& request) {
    std::size_t first = 0;
    if (const auto token = request.optionalText("NextToken")) {
        const auto decoded = base64Decode(*token);
        if (!decoded || std::from_chars(decoded->data(), decoded->data() + decoded->size(), first).ec != std::errc())
            throw invalid("Invalid NextToken");
    }
    return first;
}

Json getTraceSummaries(const ServiceDirectory& services, Call& call, const Fields& request) {
    const auto filter = parseFilter(request.valueOr("FilterExpression", ""));
    const auto traces = allTraces(services, call);
    const auto found = within(traces, request);
    std::vector<const Trace*> matching;
    std::copy_if(found.begin(), found.end(), std::back_inserter(matching),
                 [&](const Trace* trace) { return filter(*trace); });
    const std::size_t first = std::min(firstOf(request), matching.size()),
                      end = std::min(matching.size(), first + kSummariesAPage);
    Json summaries(rapidjson::kArrayType);
    for (std::size_t i = first; i < end; ++i) push(summaries, summaryOf(call, *matching[i]));
    Json result = object({{"TraceSummaries", std::move(summaries)},
                          {"ApproximateTime", epochSeconds(call.now)},
                          {"TracesProcessedCount", found.size()}});
    if (end < matching.size()) set(result, "NextToken", base64Encode(std::to_string(end)));
    return result;
}

Json batchGetTraces(const ServiceDirectory& services, Call& call, const Fields& request) {
    const auto ids = request.texts("TraceIds");
    if (ids.size() > kTracesAtOnce) throw invalid("TraceIds must have at most 5 members");
    const auto traces = allTraces(services, call);
    Json found(rapidjson::kArrayType), missing(rapidjson::kArrayType);
    for (const auto& id : ids) {
        const auto trace = traces.find(id);
        if (trace == traces.end()) {
            push(missing, id);
            continue;
        }
        push(found,
             object(
                 {{"Id", id},
                  {"Duration", trace->second.end() - trace->second.start()},
                  {"LimitExceeded", false},
                  {"Segments", array(trace->second.segments, [&](const Segment& segment) {
                       return object({{"Id", segment.id}, {"Document", writeJson(documentOf(trace->second, segment))}});
                   })}}));
    }
    return object({{"Traces", std::move(found)}, {"UnprocessedTraceIds", std::move(missing)}});
}

// --- service graph ---------------------------------------------------------------------------------------------------

struct Statistics {
    std::int64_t ok = 0, errors = 0, throttles = 0, faults = 0;
    double time = 0, first = 0, last = 0;

    void add(const Segment& segment) {
        if (segment.throttle)
            ++throttles;
        else if (segment.error)
            ++errors;
        else if (segment.fault)
            ++faults;
        else
            ++ok;
        time += segment.end - segment.start;
        first = first == 0 ? segment.start : std::min(first, segment.start);
        last = std::max(last, segment.end);
    }
    Json json() const {
        const auto total = ok + errors + throttles + faults;
        return object(
            {{"OkCount", ok},
             {"ErrorStatistics",
              object({{"ThrottleCount", throttles}, {"OtherCount", errors}, {"TotalCount", errors + throttles}})},
             {"FaultStatistics", object({{"OtherCount", faults}, {"TotalCount", faults}})},
             {"TotalCount", total},
             {"TotalResponseTime", time}});
    }
};

struct Node {
    std::string name, type;
    bool root = false;
    Statistics statistics;
    std::map<std::size_t, Statistics> edges;  // to other nodes, by number
};

Json serviceGraph(const Call& call, const std::vector<const Trace*>& traces) {
    std::vector<Node> nodes;
    std::map<std::string, std::size_t> numbers;
    const auto numberOf = [&](const Segment& segment) {
        const auto [found, made] = numbers.emplace(segment.type + "\n" + segment.name, nodes.size());
        if (made) nodes.push_back({.name = segment.name, .type = segment.type});
        return found->second;
    };
    for (const auto* trace : traces) {
        std::map<std::string, std::size_t> ofSegment;
        for (const auto& segment : trace->segments) {
            const auto number = numberOf(segment);
            ofSegment[segment.id] = number;
            nodes[number].statistics.add(segment);
            const auto parent = ofSegment.find(segment.parentId);
            if (parent == ofSegment.end())
                nodes[number].root = true;
            else if (parent->second != number)
                nodes[parent->second].edges[number].add(segment);
        }
    }
    Json services(rapidjson::kArrayType);
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        const Node& node = nodes[i];
        Json edges(rapidjson::kArrayType);
        for (const auto& [to, statistics] : node.edges) {
            push(edges, object({{"ReferenceId", to},
                                {"StartTime", statistics.first},
                                {"EndTime", statistics.last},
                                {"SummaryStatistics", statistics.json()},
                                {"Aliases", list()}}));
        }
        push(services, object({{"ReferenceId", i},
                               {"Name", node.name},
                               {"Names", list({node.name})},
                               {"Root", node.root},
                               {"AccountId", call.account},
                               {"Type", node.type},
                               {"State", "active"},
                               {"StartTime", node.statistics.first},
                               {"EndTime", node.statistics.last},
                               {"Edges", std::move(edges)},
                               {"SummaryStatistics", node.statistics.json()}}));
    }
    return services;
}

Json getServiceGraph(const ServiceDirectory& services, Call& call, const Fields& request) {
    const auto traces = allTraces(services, call);
    return object({{"StartTime", copy(request.value("StartTime"))},
                   {"EndTime", copy(request.value("EndTime"))},
                   {"Services", serviceGraph(call, within(traces, request))},
                   {"ContainsOldGroupVersions", false}});
}

Json getTraceGraph(const ServiceDirectory& services, Call& call, const Fields& request) {
    const auto traces = allTraces(services, call);
    std::vector<const Trace*> wanted;
    for (const auto& id : request.texts("TraceIds")) {
        if (const auto found = traces.find(id); found != traces.end()) wanted.push_back(&found->second);
    }
    return object({{"Services", serviceGraph(call, wanted)}});
}

}  // namespace

Service xrayService(const ServiceDirectory& services) {
    const auto with = kit::bind(&services);
    return {.name = "xray",
            .operations = {
                {"BatchGetTraces", with(batchGetTraces), readOnly | dataEvent, {kNoPages}},
                {"GetServiceGraph",
                 with(getServiceGraph),
                 readOnly | dataEvent,
                 {kNoPages,
                  {"GroupName", "there are no groups: the graph is of all"},
                  {"GroupARN", "there are no groups: the graph is of all"}}},
                {"GetTraceGraph", with(getTraceGraph), readOnly | dataEvent, {kNoPages}},
                {"GetTraceSummaries",
                 with(getTraceSummaries),
                 readOnly | dataEvent,
                 {{"TimeRangeType", "a trace is found by its event time"},
                  {"Sampling", "all that fits is answered"},
                  {"SamplingStrategy", "all that fits is answered"}}},
                {"PutTraceSegments", putTraceSegments, dataEvent},
            }};
}

}  // namespace backlot::xray
