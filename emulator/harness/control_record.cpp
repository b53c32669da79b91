// record, traces, inbox, executions.

#include <algorithm>
#include <deque>
#include <unordered_map>
#include <unordered_set>

#include "emulator/harness/control_routes.h"

namespace backlot::harness {
namespace {

constexpr std::size_t kEntriesAtOnce = 5'000;  // looked at, then other work has its turn

Json entryJson(const World& world, const RecordView& entry) {
    Json result = describe(entry);
    set(result, "start", iso8601Millis(entry.start));
    set(result, "end", iso8601Millis(entry.end));
    if (const auto* operation = world.find(entry.service, entry.operation); operation && operation->flags & internal)
        set(result, "internal", true);
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
    call.context.world.scanRecord(since, [&](const RecordView& entry) {
        last = entry.sequence;
        if ((!trace || entry.trace == *trace) && (!service || entry.service == *service))
            push(events, entryJson(call.context.world, entry));
        return events.Size() < limit;
    });
    call.answer(200, object({{"events", std::move(events)}, {"next", last}}));
}

/// Goes over the record between other work; `done` at its end. `each` and `done` keep what they need alive.
void browseRecord(World& world, std::function<void(const RecordView&)> each, std::function<void()> done) {
    world.browse([&world, each = std::move(each), done = std::move(done), after = std::uint64_t(0),
                  last = world.record().last()]() mutable {
        std::size_t looked = 0;
        bool more = false;
        world.scanRecord(after, [&](const RecordView& entry) {
            more = entry.sequence <= last && ++looked > kEntriesAtOnce;
            if (more || entry.sequence > last) return !more;  // what waits to be written comes last, and is in no order
            after = std::max(after, entry.sequence);
            each(entry);
            return true;
        });
        if (!more) done();
        return more;
    });
}

/// What clients began, newest last: one row a trace. With ?about= only those that touched such a resource.
void traces(ControlCall call) {
    struct Row {
        std::string service, operation, resource;
        Time start, end;
        std::size_t entries = 0, errors = 0;
        bool wanted = false;
    };
    struct Looking {
        std::optional<std::string> about;
        std::size_t limit;
        std::deque<std::string> order;
        std::unordered_map<std::string, Row> rows;
    };
    auto looking = std::make_shared<Looking>(Looking{call.query("about"), numberOr(call.query("limit"), 100), {}, {}});
    const auto each = [looking](const RecordView& entry) {
        if (entry.trace.empty()) return;
        std::string trace(entry.trace);
        auto& row = looking->rows[trace];
        if (row.entries++ == 0) {
            row.service = entry.service;
            row.operation = entry.operation;
            row.resource = entry.resource;
            row.start = entry.start;
            if (entry.parent == 0) looking->order.push_back(std::move(trace));  // others go on from somebody else's
        }
        row.errors += !entry.error.empty();
        row.wanted |= !looking->about || entry.resource.find(*looking->about) != std::string::npos;
        row.end = std::max(row.end, entry.end);
        if (!looking->about && looking->order.size() > looking->limit) {
            looking->rows.erase(looking->order.front());
            looking->order.pop_front();
        }
    };
    browseRecord(call.context.world, each, [call, looking] {
        auto& [about, limit, order, rows] = *looking;
        if (about) std::erase_if(order, [&](const auto& id) { return !rows[id].wanted; });
        if (order.size() > limit) order.erase(order.begin(), order.end() - static_cast<std::ptrdiff_t>(limit));
        call.answer(200, object({{"traces", array(order, [&](const std::string& id) {
                                      const auto& row = rows[id];
                                      return object({{"id", id},
                                                     {"service", row.service},
                                                     {"operation", row.operation},
                                                     {"resource", row.resource},
                                                     {"start", iso8601Millis(row.start)},
                                                     {"end", iso8601Millis(row.end)},
                                                     {"entries", row.entries},
                                                     {"errors", row.errors}});
                                  })}}));
    });
}

/// The trace's entries and whatever followed from them: a poll of a queue or a stream goes on under no trace or one of
/// its own.
void oneTrace(ControlCall call) {
    struct Later {
        std::uint64_t sequence, parent;
        bool own;
    };
    struct Looking {
        std::string id;
        std::vector<Later> later;  // from the trace's first entry on
        std::unordered_set<std::uint64_t> inside;
        std::vector<std::pair<std::uint64_t, Json>> events;
    };
    auto looking = std::make_shared<Looking>();
    looking->id = call.segments.front();
    const auto each = [looking](const RecordView& entry) {
        const bool own = entry.trace == looking->id;
        if (!looking->later.empty() || own) looking->later.push_back({entry.sequence, entry.parent, own});
    };
    browseRecord(call.context.world, each, [call, looking] {
        auto& later = looking->later;
        if (later.empty()) return call.fail(404, "NotFound", "The record holds no trace " + looking->id);
        std::sort(later.begin(), later.end(),
                  [](const auto& a, const auto& b) { return a.sequence < b.sequence; });  // a cause before its effects
        for (const auto& entry : later)
            if (entry.own || looking->inside.contains(entry.parent)) looking->inside.insert(entry.sequence);
        const auto take = [call, looking](const RecordView& entry) {
            if (looking->inside.contains(entry.sequence))
                looking->events.emplace_back(entry.sequence, entryJson(call.context.world, entry));
        };
        browseRecord(call.context.world, take, [call, looking] {
            std::sort(looking->events.begin(), looking->events.end(),
                      [](const auto& a, const auto& b) { return a.first < b.first; });
            call.answer(
                200, object({{"id", looking->id},
                             {"events", array(looking->events, [](auto& event) { return std::move(event.second); })}}));
        });
    });
}

/// ?limit= (100) ?after= (a message's sequence) ?to= (an address)
void inbox(ControlCall call) {
    Json request = object();
    for (const char* name : {"limit", "after"})
        if (const auto number = call.query(name))
            set(request, name, std::max<std::int64_t>(0, std::strtoll(number->c_str(), nullptr, 10)));
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
        {"GET", "/_backlot/record", record},         {"GET", "/_backlot/events", record},
        {"GET", "/_backlot/traces", traces},         {"GET", "/_backlot/traces/", oneTrace},
        {"GET", "/_backlot/inbox", inbox},           {"DELETE", "/_backlot/inbox", clearInbox},
        {"GET", "/_backlot/executions", executions},
    };
    return routes;
}

}  // namespace backlot::harness
