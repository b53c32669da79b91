// record, traces, inbox, executions.

#include <map>

#include "emulator/harness/control_routes.h"

namespace backlot::harness {
namespace {

Json entryJson(const RecordEntry& entry) {
    Json result = describe(entry);
    set(result, "start", iso8601Millis(entry.start));
    set(result, "end", iso8601Millis(entry.end));
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
        if ((!trace || entry.trace == *trace) && (!service || entry.service == *service)) push(events, entryJson(entry));
        return events.Size() < limit;
    });
    call.answer(200, object({{"events", std::move(events)}, {"next", last}}));
}

/// What clients began, newest last: one row a trace.
void traces(ControlCall call) {
    struct Row {
        Json first;
        std::size_t entries = 0, errors = 0;
        Time end;
    };
    std::vector<std::string> order;
    std::map<std::string, Row> rows;
    call.context.world.scanRecord(0, [&](const RecordEntry& entry) {
        if (entry.trace.empty()) return true;
        auto& row = rows[entry.trace];
        if (row.entries++ == 0) {
            row.first = entryJson(entry);
            order.push_back(entry.trace);
        }
        row.errors += !entry.error.empty();
        row.end = std::max(row.end, entry.end);
        return true;
    });
    const auto limit = numberOr(call.query("limit"), 100);
    if (order.size() > limit) order.erase(order.begin(), order.end() - static_cast<std::ptrdiff_t>(limit));
    call.answer(200, object({{"traces", array(order, [&](const std::string& id) {
                                  auto& row = rows[id];
                                  return object({{"id", id}, {"service", textOr(row.first, "service")}, {"operation", textOr(row.first, "operation")},
                                                 {"resource", textOr(row.first, "resource")}, {"start", textOr(row.first, "start")}, {"end", iso8601Millis(row.end)},
                                                 {"entries", row.entries}, {"errors", row.errors}});
                              })}}));
}

void oneTrace(ControlCall call) {
    const std::string id = call.segments.front();
    Json events(rapidjson::kArrayType);
    call.context.world.scanRecord(0, [&](const RecordEntry& entry) {
        if (entry.trace == id) push(events, entryJson(entry));
        return true;
    });
    if (events.Empty()) return call.fail(404, "NotFound", "The record holds no trace " + id);
    call.answer(200, object({{"id", id}, {"events", std::move(events)}}));
}

void inbox(ControlCall call) {
    call.ask("ses", "ListInbox", object(), [](Json result) { return result; });
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
