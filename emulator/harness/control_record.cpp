// record, traces, inbox, executions.

#include <algorithm>
#include <map>
#include <set>

#include "emulator/harness/control_routes.h"

namespace backlot::harness {
namespace {

Json entryJson(const World& world, const RecordEntry& entry) {
    Json result = describe(entry);
    set(result, "start", iso8601Millis(entry.start));
    set(result, "end", iso8601Millis(entry.end));
    if (const auto* operation = world.find(entry.service, entry.operation); operation && operation->flags & internal) set(result, "internal", true);
    return result;
}

std::uint64_t numberOr(const std::optional<std::string>& text, std::uint64_t otherwise) {
    return text ? std::strtoull(text->c_str(), nullptr, 10) : otherwise;
}

void record(ControlCall call) {
    const auto since = numberOr(call.query("since"), 0), limit = numberOr(call.query("limit"), 1000);
    const auto trace = call.query("trace"), service = call.query("service");
    Json events(rapidjson::kArrayType);
    std::uint64_t last = since;
    call.context.world.scanRecord(since, [&](const RecordEntry& entry) {
        last = entry.sequence;
        if ((!trace || entry.trace == *trace) && (!service || entry.service == *service)) push(events, entryJson(call.context.world, entry));
        return events.Size() < limit;
    });
    call.answer(200, object({{"events", std::move(events)}, {"next", last}}));
}

/// What clients began, newest last: one row a trace. With ?about= only those that touched such a resource.
void traces(ControlCall call) {
    struct Row {
        Json first;
        std::size_t entries = 0, errors = 0;
        bool wanted = false;
        Time end;
    };
    const auto about = call.query("about");
    std::vector<std::string> order;
    std::map<std::string, Row> rows;
    call.context.world.scanRecord(0, [&](const RecordEntry& entry) {
        if (entry.trace.empty()) return true;
        auto& row = rows[entry.trace];
        if (row.entries++ == 0) {
            row.first = entryJson(call.context.world, entry);
            if (entry.parent == 0) order.push_back(entry.trace);   // others go on from somebody else's
        }
        row.errors += !entry.error.empty();
        row.wanted |= !about || entry.resource.find(*about) != std::string::npos;
        row.end = std::max(row.end, entry.end);
        return true;
    });
    if (about) std::erase_if(order, [&](const auto& id) { return !rows[id].wanted; });
    const auto limit = numberOr(call.query("limit"), 100);
    if (order.size() > limit) order.erase(order.begin(), order.end() - static_cast<std::ptrdiff_t>(limit));
    call.answer(200, object({{"traces", array(order, [&](const std::string& id) {
                                  auto& row = rows[id];
                                  return object({{"id", id}, {"service", textOr(row.first, "service")}, {"operation", textOr(row.first, "operation")},
                                                 {"resource", textOr(row.first, "resource")}, {"start", textOr(row.first, "start")}, {"end", iso8601Millis(row.end)},
                                                 {"entries", row.entries}, {"errors", row.errors}});
                              })}}));
}

/// The trace's entries and whatever followed from them: a poll of a queue or a stream goes on under no trace or one of its own.
void oneTrace(ControlCall call) {
    const std::string id = call.segments.front();
    struct Later {
        std::uint64_t sequence, parent;
        bool own;
        Json json;
    };
    std::vector<Later> later;   // from the trace's first entry on
    call.context.world.scanRecord(0, [&](const RecordEntry& entry) {
        const bool own = entry.trace == id;
        if (!later.empty() || own) later.push_back({entry.sequence, entry.parent, own, entryJson(call.context.world, entry)});
        return true;
    });
    if (later.empty()) return call.fail(404, "NotFound", "The record holds no trace " + id);
    std::sort(later.begin(), later.end(), [](const auto& a, const auto& b) { return a.sequence < b.sequence; });   // a cause before its effects
    std::set<std::uint64_t> inside;
    Json events(rapidjson::kArrayType);
    for (auto& entry : later) {
        if (!entry.own && !inside.contains(entry.parent)) continue;
        inside.insert(entry.sequence);
        push(events, std::move(entry.json));
    }
    call.answer(200, object({{"id", id}, {"events", std::move(events)}}));
}

/// ?limit= (100) ?after= (a message's sequence) ?to= (an address)
void inbox(ControlCall call) {
    Json request = object();
    for (const char* name : {"limit", "after"})
        if (const auto number = call.query(name)) set(request, name, std::max<std::int64_t>(0, std::strtoll(number->c_str(), nullptr, 10)));
    if (const auto address = call.query("to")) set(request, "to", *address);
    call.ask("ses", "ListInbox", std::move(request), [](Json result) { return result; });
}

void clearInbox(ControlCall call) {
    call.ask("ses", "ClearInbox", object(), [](Json result) { return result; });
}

void executions(ControlCall call) {
    Json request = object();
    if (const auto machine = call.query("stateMachineArn")) set(request, "stateMachineArn", *machine);
    if (const auto status = call.query("status")) set(request, "statusFilter", *status);
    call.ask("states", "ListAllExecutions", std::move(request), [](Json result) { return result; });
}

}  // namespace

const std::vector<ControlRoute>& recordRoutes() {
    static const std::vector<ControlRoute> routes = {
        {"GET", "/_backlot/record", record},      {"GET", "/_backlot/events", record},       {"GET", "/_backlot/traces", traces},
        {"GET", "/_backlot/traces/", oneTrace},   {"GET", "/_backlot/inbox", inbox},         {"DELETE", "/_backlot/inbox", clearInbox},
        {"GET", "/_backlot/executions", executions},
    };
    return routes;
}

}  // namespace backlot::harness
