#include "emulator/services/states/history.h"

#include <algorithm>

#include "asl/execution/bytes.h"
#include "emulator/base/hash.h"
#include "emulator/services/kit/pages.h"
#include "emulator/services/states/errors.h"
#include "emulator/services/states/runner.h"

namespace backlot::states {
namespace {

Key historyPrefix(const ExecutionRow& row) { return Key("history").number(row.number); }

/// Source: AWS Step Functions Developer Guide, "Log levels for Step Functions execution events".
bool isLogged(std::string_view level, std::string_view type) {
    const bool bad = type.ends_with("Failed") || type.ends_with("TimedOut") || type.ends_with("Aborted");
    if (level == "ALL") return true;
    if (level == "ERROR") return bad || type == "FailStateEntered";
    return level == "FATAL" && bad && type.starts_with("Execution");
}

/// The event as a line of the log: its details without the name that GetExecutionHistory gives them.
std::string logLine(const ExecutionRow& row, const asl::HistoryEvent& event, bool withData) {
    Json details = object();
    Json json = asl::toJson(event, withData);
    for (auto& member : json.GetObject())
        if (member.value.IsObject()) details = std::move(member.value);
    return writeJson(object({{"id", std::to_string(event.id)},
                             {"type", asl::nameOf(event.type)},
                             {"details", std::move(details)},
                             {"previous_event_id", std::to_string(event.previousEventId)},
                             {"event_timestamp", std::to_string(epochMillis(event.timestamp))},
                             {"execution_arn", row.arn},
                             {"redrive_count", std::to_string(row.redriveCount)}}));
}

/// "states/checkout/2026-01-05-09-00/1f3c…": a stream for each minute.
std::string streamName(const ExecutionRow& row) {
    std::string minute = iso8601Seconds(row.startedAt).substr(0, 16);
    std::replace(minute.begin(), minute.end(), 'T', '-');
    std::replace(minute.begin(), minute.end(), ':', '-');
    return "states/" + row.machineArn.substr(row.machineArn.rfind(':') + 1) + "/" + minute + "/" +
           md5Hex(row.machineArn + row.revision).substr(0, 8);
}

void writeLogs(Call& call, const ExecutionRow& row, const Definition& definition,
               const std::vector<asl::HistoryEvent>& events) {
    if (definition.logLevel == "OFF" || !call.serves("logs", "AppendLogs")) return;
    Json lines = list();
    for (const auto& event : events)
        if (isLogged(definition.logLevel, asl::nameOf(event.type)))
            push(lines, object({{"timestamp", epochMillis(event.timestamp)},
                                {"message", logLine(row, event, definition.logsData)}}));
    if (lines.Empty()) return;
    call.invoke(
        "logs", "AppendLogs",
        object(
            {{"logGroupName", definition.logGroup}, {"logStreamName", streamName(row)}, {"events", std::move(lines)}}));
}

}  // namespace

void appendHistory(Call& call, const ExecutionRow& row, const Definition& definition,
                   const std::vector<asl::HistoryEvent>& events) {
    if (events.empty()) return;
    writeLogs(call, row, definition, events);
    if (row.express()) return;
    asl::BytesWriter chunk;
    chunk.number(events.size());
    for (const auto& event : events) chunk.text(asl::toBytes(event));
    call.put(historyPrefix(row).number(events.front().id), chunk.take());
}

void forgetHistory(Call& call, const ExecutionRow& row) { call.sweep(historyPrefix(row)); }

Json getExecutionHistory(Call& call, const Fields& request) {
    const ExecutionRow row = requireExecution(call, request.text("executionArn"));
    if (row.express()) throw stateMachineTypeNotSupported();
    const auto asked = request.valueOr("maxResults", 0);
    const auto limit = static_cast<std::size_t>(asked ? asked : 100);
    const bool reverse = request.valueOr("reverseOrder", false),
               withData = request.valueOr("includeExecutionData", true);
    std::vector<asl::HistoryEvent> all;
    call.scan(historyPrefix(row), [&](std::string_view, std::string_view value) {
        asl::BytesReader chunk(value);
        for (auto n = chunk.number(); n > 0; --n) all.push_back(asl::historyEventFromBytes(chunk.text()));
        return true;
    });
    if (reverse) std::reverse(all.begin(), all.end());
    const auto page = kit::pageOf(request.optionalText("nextToken"), limit, all.size(), invalidToken("Invalid token"));
    return object(
        {{"events",
          kit::elements(page, all, [&](const asl::HistoryEvent& event) { return asl::toJson(event, withData); })},
         {"nextToken", page.next}});
}

}  // namespace backlot::states
