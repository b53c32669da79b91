// trace and record.

#include <algorithm>

#include "emulator/cli/client.h"
#include "emulator/cli/trace_tree.h"

namespace backlot::cli {
namespace {

std::string titleOf(const Json& trace) {
    const std::string resource = textOr(trace, "resource");
    if (textOr(trace, "operation") == "HandleRequest")
        return resource.substr(std::min(resource.find(' '), resource.size() - 1) + 1);
    return textOr(trace, "service") + " " + textOr(trace, "operation") + (resource.empty() ? "" : " " + resource);
}

/// The newest request that led to anything else; a lone read is hardly what somebody asks about.
std::string lastTrace(const Json& traces) {
    const auto list = traces.GetArray();
    for (auto i = list.Size(); i-- > 0;)
        if (intOr(list[i], "entries", 0) > 1 || textOr(list[i], "operation") == "HandleRequest")
            return textOr(list[i], "id");
    return list.Empty() ? "" : textOr(list[list.Size() - 1], "id");
}

std::string traceId(const Client& client, const std::string& which) {
    if (which.starts_with("1-")) return which;
    const std::string query =
        which == "last" ? "traces?limit=10000" : "traces?limit=10000&about=" + percentEncode(which);
    const auto answer = client.get(query);
    const std::string id = lastTrace(*find(answer.body, "traces"));
    if (id.empty())
        throw CommandError(kFailed, "NotFound",
                           which == "last" ? "nothing has happened yet" : "no trace touched anything named " + which);
    return id;
}

/// A request that led to nothing and changed nothing is listed only with --all: `backlot logs` makes many.
std::vector<Json> listed(const Json& traces, bool all) {
    static constexpr std::string_view kReads[] = {"Get", "List", "Describe", "Filter", "BatchGet", "Query", "Scan"};
    std::vector<Json> result;
    for (const auto& trace : traces.GetArray()) {
        const std::string operation = textOr(trace, "operation");
        const bool read = std::any_of(std::begin(kReads), std::end(kReads),
                                      [&](std::string_view start) { return operation.starts_with(start); });
        if (all || !read || intOr(trace, "entries", 0) > 1) result.push_back(copy(trace));
    }
    return result;
}

void sayTraces(Report& report, const std::vector<Json>& traces) {
    Columns table;
    for (const auto& trace : traces) {
        const auto errors = intOr(trace, "errors", 0);
        table.row({textOr(trace, "id"), report.style().dim(textOr(trace, "start").substr(0, 23)), titleOf(trace),
                   std::to_string(intOr(trace, "entries", 0)),
                   errors ? report.style().red(std::to_string(errors) + (errors == 1 ? " error" : " errors")) : ""});
    }
    for (auto& line : table.lines()) report.say(std::move(line));
    if (table.empty()) report.note("Nothing has happened yet.");
}

}  // namespace

int trace(const Common& common, const TraceOptions& options) {
    return report("trace", common, [&](Report& report) {
        const Client client(common);
        if (options.list) {
            const std::string about = options.which == "last" ? "" : "&about=" + percentEncode(options.which);
            auto traces = listed(*find(client.get("traces?limit=10000" + about).body, "traces"), options.all);
            if (const auto limit = static_cast<std::size_t>(std::max(options.limit, 0)); traces.size() > limit)
                traces.erase(traces.begin(), traces.end() - static_cast<std::ptrdiff_t>(limit));
            sayTraces(report, traces);
            report.data = object({{"traces", array(traces, [](Json& trace) { return std::move(trace); })}});
            return kOk;
        }
        const std::string id = traceId(client, options.which);
        Json answer = client.get("traces/" + percentEncode(id)).body;
        const Json& events = *find(answer, "events");
        const auto hops = hopsOf(events, options.all);
        report.note(report.style().dim("trace " + id + "  " + textOr(events[0], "start")));
        for (auto& line : drawHops(hops, report.style())) report.say(std::move(line));
        report.data = object({{"id", id},
                              {"tree", array(hops, [](const Hop& hop) { return describe(hop); })},
                              {"events", copy(events)}});
        return kOk;
    });
}

int record(const Common& common, const RecordOptions& options) {
    return report("record", common, [&](Report& report) {
        std::string query = "record?since=" + std::to_string(options.since) + "&limit=" + std::to_string(options.limit);
        if (!options.service.empty()) query += "&service=" + percentEncode(options.service);
        if (!options.trace.empty()) query += "&trace=" + percentEncode(options.trace);
        report.data = Client(common).get(query).body;
        Columns table;
        for (const auto& entry : find(report.data, "events")->GetArray()) {
            const auto parent = intOr(entry, "parent", 0);
            table.row({std::to_string(intOr(entry, "sequence", 0)),
                       report.style().dim(parent ? "← " + std::to_string(parent) : ""),
                       report.style().dim(textOr(entry, "start").substr(11, 12)), textOr(entry, "kind"),
                       textOr(entry, "service") + " " + textOr(entry, "operation"), textOr(entry, "resource"),
                       report.style().red(textOr(entry, "error"))});
        }
        for (auto& line : table.lines()) report.say(std::move(line));
        return kOk;
    });
}

}  // namespace backlot::cli
