#include "emulator/services/states/executions.h"

#include <algorithm>

#include "emulator/base/arn.h"
#include "asl/execution/bytes.h"
#include "emulator/base/base64.h"
#include "emulator/services/states/errors.h"
#include "emulator/services/states/runner.h"

namespace backlot::states {
namespace {

constexpr std::size_t kPayloadLimitBytes = 262'144;

Key keyOf(std::string_view arn) { return Key("execution").text(arn); }
/// Newest first within its machine.
Key listKey(const ExecutionRow& row) {
    return Key("of").text(row.machineArn).integer(-row.startedAt.time_since_epoch().count()).number(~row.number);
}
Key historyPrefix(const ExecutionRow& row) { return Key("history").number(row.number); }

std::optional<std::string> unlessEmpty(const std::string& text) { return text.empty() ? std::nullopt : std::optional(text); }

ExecutionRow fromRow(const Json& row) {
    ExecutionRow result;
    result.number = find(row, "number")->GetUint64();
    result.arn = textOr(row, "arn");
    result.name = textOr(row, "name");
    result.machineArn = textOr(row, "machineArn");
    result.machineName = textOr(row, "machineName");
    result.revision = textOr(row, "revision");
    result.type = textOr(row, "type");
    result.status = textOr(row, "status");
    result.input = textOr(row, "input");
    result.output = textOr(row, "output");
    result.error = optionalText(row, "error");
    result.cause = optionalText(row, "cause");
    result.traceHeader = optionalText(row, "traceHeader");
    result.startedAt = Time(Duration(intOr(row, "startedAt", 0)));
    result.stoppedAt = Time(Duration(intOr(row, "stoppedAt", 0)));
    result.entry = static_cast<std::uint64_t>(intOr(row, "entry", 0));
    if (const Json* parent = find(row, "parent")) result.parent = copy(*parent);
    return result;
}

std::string executionName(Call& call, const Fields& request) {
    const auto given = request.optionalText("name");
    if (given) requireName(*given);
    return given ? *given : call.uuid("execution");
}

std::string checkedInput(const Fields& request) {
    std::string input = request.valueOr("input", "{}");
    if (input.size() > kPayloadLimitBytes)
        throw AwsError("ValidationException", "1 validation error detected: Value at 'input' failed to satisfy constraint: Member must have length less than or equal to 262144");
    try {
        parseJson(input);
    } catch (const JsonError& error) {
        throw invalidExecutionInput(error.what());
    }
    return input;
}

/// Makes the rows and takes the first step.
ExecutionRow begin(Runner& runner, Call& call, const StateMachine& machine, const std::string& name, std::string arn, std::string input, const Fields& request) {
    ExecutionRow row{.number = nextNumber(call), .arn = std::move(arn), .name = name, .machineArn = machine.arn, .machineName = machine.name,
                     .revision = machine.revision, .type = machine.type, .input = std::move(input), .traceHeader = request.optionalText("traceHeader"), .startedAt = call.now, .entry = call.cause.entry};
    if (const Json* parent = request.find("backlotParent")) row.parent = copy(*parent);
    if (!row.express()) call.put(listKey(row), row.arn);
    runner.start(call, row, machine);
    return row;
}

void requireExecutionArn(const std::string& text) {
    const auto parsed = parseArn(text);
    if (!parsed) throw invalidArn("Invalid ARN prefix: " + text);
    if (parsed->service != "states" || !(parsed->resource.starts_with("execution:") || parsed->resource.starts_with("express:")))
        throw invalidArn("Resource type not valid in this context: " + parsed->resource.substr(0, parsed->resource.find(':')));
}

Json summary(const ExecutionRow& row) {
    return object({{"executionArn", row.arn}, {"stateMachineArn", row.machineArn}, {"name", row.name}, {"status", row.status},
                   {"startDate", epochSeconds(row.startedAt)}, {"stopDate", row.running() ? std::nullopt : std::optional(epochSeconds(row.stoppedAt))},
                   {"redriveCount", 0}});
}

Json included() { return object({{"included", true}}); }

Json syncAnswer(const ExecutionRow& row) {
    const auto millis = std::chrono::ceil<std::chrono::milliseconds>(row.stoppedAt - row.startedAt).count();
    return object({{"executionArn", row.arn}, {"stateMachineArn", row.machineArn}, {"name", row.name}, {"startDate", epochSeconds(row.startedAt)},
                   {"stopDate", epochSeconds(row.stoppedAt)}, {"status", row.status}, {"error", row.error}, {"cause", row.cause},
                   {"input", row.input}, {"inputDetails", included()}, {"output", unlessEmpty(row.output)},
                   {"outputDetails", row.output.empty() ? std::nullopt : std::optional(included())}, {"traceHeader", row.traceHeader},
                   {"billingDetails", object({{"billedMemoryUsedInMB", 64}, {"billedDurationInMilliseconds", std::max<std::int64_t>(100, (millis + 99) / 100 * 100)}})}});
}

}  // namespace

std::string endedTopic(const std::string& executionArn) { return "states:ended:" + executionArn; }

std::optional<ExecutionRow> findExecution(Call& call, const std::string& arn) {
    const auto row = call.getJson(keyOf(arn));
    return row ? std::optional(fromRow(*row)) : std::nullopt;
}

ExecutionRow requireExecution(Call& call, const std::string& arn) {
    requireExecutionArn(arn);
    auto row = findExecution(call, arn);
    if (!row) throw executionDoesNotExist(arn);
    return std::move(*row);
}

void save(Call& call, const ExecutionRow& row) {
    Json json = object({{"number", row.number}, {"arn", row.arn}, {"name", row.name}, {"machineArn", row.machineArn}, {"machineName", row.machineName},
                        {"revision", row.revision}, {"type", row.type}, {"status", row.status}, {"input", row.input}, {"output", unlessEmpty(row.output)},
                        {"error", row.error}, {"cause", row.cause}, {"traceHeader", row.traceHeader}, {"startedAt", row.startedAt.time_since_epoch().count()},
                        {"stoppedAt", row.running() ? std::nullopt : std::optional(row.stoppedAt.time_since_epoch().count())}, {"entry", row.entry}});
    if (!row.parent.IsNull()) set(json, "parent", copy(row.parent));
    call.putJson(keyOf(row.arn), json);
}

void removeExecution(Call& call, const ExecutionRow& row) {
    call.erase(keyOf(row.arn));
    call.erasePrefix(historyPrefix(row));
}

void appendHistory(Call& call, const ExecutionRow& row, const std::vector<asl::HistoryEvent>& events) {
    if (events.empty() || row.express()) return;
    asl::BytesWriter chunk;   // one row a step
    chunk.number(events.size());
    for (const auto& event : events) chunk.text(asl::toBytes(event));
    call.put(historyPrefix(row).number(events.front().id), chunk.take());
}

Json describe(const ExecutionRow& row) {
    return object({{"executionArn", row.arn}, {"stateMachineArn", row.machineArn}, {"name", row.name}, {"status", row.status},
                   {"startDate", epochSeconds(row.startedAt)}, {"stopDate", row.running() ? std::nullopt : std::optional(epochSeconds(row.stoppedAt))},
                   {"input", row.input}, {"inputDetails", included()}, {"output", unlessEmpty(row.output)},
                   {"outputDetails", row.output.empty() ? std::nullopt : std::optional(included())}, {"error", row.error}, {"cause", row.cause},
                   {"traceHeader", row.traceHeader}, {"redriveCount", 0},
                   {"redriveStatus", row.status == "FAILED" || row.status == "TIMED_OUT" || row.status == "ABORTED" ? "REDRIVABLE" : "NOT_REDRIVABLE"},
                   {"redriveStatusReason", row.running()                  ? std::optional("Execution is RUNNING and cannot be redriven")
                                           : row.status == "SUCCEEDED" ? std::optional("Execution is SUCCEEDED and cannot be redriven")
                                                                        : std::nullopt}});
}

Json startExecution(Runner& runner, Call& call, const Fields& request) {
    const StateMachine machine = requireMachine(call, request.text("stateMachineArn"));
    const std::string input = checkedInput(request), name = executionName(call, request);
    const bool express = machine.express();
    std::string arn = backlot::arn("states", call.region, call.account, (express ? "express:" : "execution:") + machine.name + ":" + name);
    if (express) arn += ":" + call.uuid("express");
    call.about(arn);
    if (const auto existing = findExecution(call, arn)) {
        if (!existing->running() || existing->input != input) throw executionAlreadyExists(arn);
        return object({{"executionArn", arn}, {"startDate", epochSeconds(existing->startedAt)}});
    }
    const ExecutionRow row = begin(runner, call, machine, name, arn, input, request);
    return object({{"executionArn", row.arn}, {"startDate", epochSeconds(row.startedAt)}});
}

Reply startSyncExecution(Runner& runner, Call& call, const Fields& request) {
    const StateMachine machine = requireMachine(call, request.text("stateMachineArn"));
    if (!machine.express()) throw stateMachineTypeNotSupported();
    const std::string input = checkedInput(request), name = executionName(call, request);
    const std::string arn = backlot::arn("states", call.region, call.account, "express:" + machine.name + ":" + name + ":" + call.uuid("express"));
    call.about(arn);
    const ExecutionRow row = begin(runner, call, machine, name, arn, input, request);
    const auto ended = [arn](Call& later, bool) -> std::optional<Json> {
        const auto present = findExecution(later, arn);
        if (!present) return syncAnswer({});
        if (present->running()) return std::nullopt;
        removeExecution(later, *present);
        return syncAnswer(*present);
    };
    if (!row.running()) {
        removeExecution(call, row);
        return syncAnswer(row);
    }
    return Wait{.topic = endedTopic(arn), .ask = ended};
}

Json stopExecution(Runner& runner, Call& call, const Fields& request) {
    ExecutionRow row = requireExecution(call, request.text("executionArn"));
    if (row.express()) throw stateMachineTypeNotSupported();
    call.about(row.arn);
    if (row.running()) runner.step(call, row, asl::Stop{request.optionalText("error"), request.optionalText("cause")});
    return object({{"stopDate", epochSeconds(row.stoppedAt)}});
}

Json describeExecution(Call& call, const Fields& request) { return describe(requireExecution(call, request.text("executionArn"))); }

Json describeStateMachineForExecution(Call& call, const Fields& request) {
    const ExecutionRow row = requireExecution(call, request.text("executionArn"));
    const Revision revision = revisionOf(call, row.revision);
    return object({{"stateMachineArn", row.machineArn}, {"name", row.machineName}, {"definition", revision.definition}, {"roleArn", revision.roleArn},
                   {"updateDate", epochSeconds(revision.createdAt)}, {"revisionId", row.revision},
                   {"loggingConfiguration", object({{"level", "OFF"}, {"includeExecutionData", false}})}, {"tracingConfiguration", object({{"enabled", false}})}});
}

Json listExecutions(Call& call, const Fields& request) {
    if (!request.has("stateMachineArn")) throw AwsError("ValidationException", "Must provide a stateMachineArn or a mapRunArn");
    const StateMachine machine = requireMachine(call, request.text("stateMachineArn"));
    if (machine.express()) throw stateMachineTypeNotSupported();
    const auto wanted = request.optionalText("statusFilter");
    const auto limit = request.valueOr("maxResults", 0) ? request.valueOr("maxResults", 0) : 100;
    const Key prefix = Key("of").text(machine.arn);
    std::string from = prefix.bytes();
    if (const auto token = request.optionalText("nextToken")) {
        const auto decoded = base64Decode(*token);
        if (!decoded || !decoded->starts_with(prefix.bytes())) throw invalidToken("Invalid token");
        from = *decoded;
    }
    Json executions(rapidjson::kArrayType);
    std::optional<std::string> next;
    call.scan(prefix, [&](std::string_view key, std::string_view arn) {
        if (executions.Size() == limit) {
            next = base64Encode(key);
            return false;
        }
        const auto row = findExecution(call, std::string(arn));
        if (row && (!wanted || row->status == *wanted)) push(executions, summary(*row));
        return true;
    }, from);
    return object({{"executions", std::move(executions)}, {"nextToken", next}});
}

/// Ours: the executions of all machines, for the control API and the console.
Json listAllExecutions(Call& call, const Fields& request) {
    const auto machine = request.optionalText("stateMachineArn"), status = request.optionalText("statusFilter");
    Json executions(rapidjson::kArrayType);
    call.scan(Key("of"), [&](std::string_view, std::string_view arn) {
        const auto row = findExecution(call, std::string(arn));
        if (row && (!machine || row->machineArn == *machine) && (!status || row->status == *status)) {
            Json entry = summary(*row);
            set(entry, "startDate", iso8601Millis(row->startedAt));
            if (!row->running()) set(entry, "stopDate", iso8601Millis(row->stoppedAt));
            set(entry, "error", row->error);
            set(entry, "cause", row->cause);
            push(executions, std::move(entry));
        }
        return executions.Size() < 1000;
    });
    return object({{"executions", std::move(executions)}});
}

Json getExecutionHistory(Call& call, const Fields& request) {
    const ExecutionRow row = requireExecution(call, request.text("executionArn"));
    if (row.express()) throw stateMachineTypeNotSupported();
    const auto limit = static_cast<std::size_t>(request.valueOr("maxResults", 0) ? request.valueOr("maxResults", 0) : 100);
    const bool reverse = request.valueOr("reverseOrder", false), withData = request.valueOr("includeExecutionData", true);
    std::vector<asl::HistoryEvent> all;
    call.scan(historyPrefix(row), [&](std::string_view, std::string_view value) {
        asl::BytesReader chunk(value);
        for (auto n = chunk.number(); n > 0; --n) all.push_back(asl::historyEventFromBytes(chunk.text()));
        return true;
    });
    if (reverse) std::reverse(all.begin(), all.end());
    std::size_t first = 0;
    if (const auto token = request.optionalText("nextToken")) {
        const auto decoded = base64Decode(*token);
        if (!decoded || decoded->empty() || decoded->find_first_not_of("0123456789") != std::string::npos) throw invalidToken("Invalid token");
        first = std::min<std::size_t>(std::stoull(*decoded), all.size());
    }
    const std::size_t last = std::min(all.size(), first + limit);
    Json events(rapidjson::kArrayType);
    for (std::size_t i = first; i < last; ++i) push(events, asl::toJson(all[i], withData));
    return object({{"events", std::move(events)}, {"nextToken", last < all.size() ? std::optional(base64Encode(std::to_string(last))) : std::nullopt}});
}

}  // namespace backlot::states
