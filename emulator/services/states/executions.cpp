#include "emulator/services/states/executions.h"

#include <algorithm>

#include "asl/execution/bytes.h"
#include "emulator/base/arn.h"
#include "emulator/services/states/errors.h"
#include "emulator/services/states/history.h"
#include "emulator/services/states/pages.h"
#include "emulator/services/states/runner.h"

namespace backlot::states {
namespace {

constexpr std::size_t kPayloadLimitBytes = 262'144;

Key keyOf(std::string_view arn) { return Key("execution").text(arn); }
/// Newest first under what it is an execution of.
Key listKey(std::string_view owner, const ExecutionRow& row) {
    return Key("of").text(owner).integer(-row.startedAt.time_since_epoch().count()).number(~row.number);
}

/// In whose lists it appears.
std::vector<std::string> ownersOf(const ExecutionRow& row) {
    if (row.mapRunArn) return {*row.mapRunArn};
    std::vector<std::string> owners{row.machineArn};
    if (row.versionArn) owners.push_back(*row.versionArn);
    if (row.aliasArn) owners.push_back(*row.aliasArn);
    return owners;
}

std::optional<std::string> unlessEmpty(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional(text);
}
std::optional<Json> stopDate(const ExecutionRow& row) {
    return row.running() ? std::nullopt : std::optional(epochSeconds(row.stoppedAt));
}

std::string toBytes(const ExecutionRow& row) {
    asl::BytesWriter out;
    out.number(row.number);
    for (const auto* text : {&row.arn, &row.name, &row.machineArn, &row.revision, &row.type, &row.status, &row.input,
                             &row.output, &row.parent})
        out.text(*text);
    for (const auto* text :
         {&row.error, &row.cause, &row.traceHeader, &row.versionArn, &row.aliasArn, &row.mapRunArn, &row.mockCase})
        out.optionalText(*text);
    out.time(row.startedAt);
    out.time(row.stoppedAt);
    out.optional(row.redrivenAt, [&](Time time) { out.time(time); });
    out.signedNumber(row.redriveCount);
    out.number(row.entry);
    out.number(row.mapIndex);
    out.number(row.items);
    out.flag(row.sync);
    return out.take();
}

ExecutionRow fromBytes(std::string_view bytes) {
    asl::BytesReader in(bytes);
    ExecutionRow row;
    row.number = in.number();
    for (auto* text : {&row.arn, &row.name, &row.machineArn, &row.revision, &row.type, &row.status, &row.input,
                       &row.output, &row.parent})
        *text = in.text();
    for (auto* text :
         {&row.error, &row.cause, &row.traceHeader, &row.versionArn, &row.aliasArn, &row.mapRunArn, &row.mockCase})
        *text = in.optionalText();
    row.startedAt = in.time();
    row.stoppedAt = in.time();
    row.redrivenAt = in.optional([&] { return in.time(); });
    row.redriveCount = in.signedNumber();
    row.entry = in.number();
    row.mapIndex = in.number();
    row.items = in.number();
    row.sync = in.flag();
    return row;
}

std::string executionName(Call& call, const Fields& request) {
    const auto given = request.optionalText("name");
    if (given) requireName(*given);
    return given ? *given : call.uuid("execution");
}

std::string checkedInput(const Fields& request) {
    std::string input = request.valueOr("input", "{}");
    if (input.size() > kPayloadLimitBytes)
        throw validation(
            "1 validation error detected: Value at 'input' failed to satisfy constraint: Member must have length less "
            "than or equal to 262144");
    try {
        parseJson(input);
    } catch (const JsonError& error) {
        throw invalidExecutionInput(error.what());
    }
    return input;
}

ExecutionRow newRow(Runner& runner, Call& call, const MachineTarget& target, std::string name, std::string arn,
                    std::string input, const Fields& request) {
    ExecutionRow row{.number = runner.nextExecution(call),
                     .arn = std::move(arn),
                     .name = std::move(name),
                     .machineArn = target.machineArn,
                     .revision = target.revision,
                     .type = target.type,
                     .input = std::move(input),
                     .output = {},
                     .error = {},
                     .cause = {},
                     .traceHeader = request.optionalText("traceHeader"),
                     .versionArn = target.versionArn,
                     .aliasArn = target.aliasArn,
                     .mapRunArn = {},
                     .mockCase = target.mockCase,
                     .startedAt = call.now,
                     .redrivenAt = {},
                     .entry = call.cause.entry,
                     .fresh = true,
                     .parent = {}};
    if (const Json* parent = request.find("backlotParent")) row.parent = writeJson(*parent);
    return row;
}

void requireExecutionArn(const std::string& text) {
    const auto parsed = parseArn(text);
    if (!parsed) throw invalidArn("Invalid ARN prefix: " + text);
    if (parsed->service != "states" ||
        !(parsed->resource.starts_with("execution:") || parsed->resource.starts_with("express:")))
        throw invalidArn("Resource type not valid in this context: " +
                         parsed->resource.substr(0, parsed->resource.find(':')));
}

Json summary(const ExecutionRow& row) {
    return object({{"executionArn", row.arn},
                   {"stateMachineArn", row.machineArn},
                   {"name", row.name},
                   {"status", row.status},
                   {"startDate", epochSeconds(row.startedAt)},
                   {"stopDate", stopDate(row)},
                   {"mapRunArn", row.mapRunArn},
                   {"itemCount", row.mapRunArn ? std::optional(row.items) : std::nullopt},
                   {"stateMachineVersionArn", row.versionArn},
                   {"stateMachineAliasArn", row.aliasArn},
                   {"redriveCount", row.redriveCount},
                   {"redriveDate", row.redrivenAt ? std::optional(epochSeconds(*row.redrivenAt)) : std::nullopt}});
}

Json included() { return object({{"included", true}}); }

Json syncAnswer(const ExecutionRow& row) {
    const auto millis = std::chrono::ceil<std::chrono::milliseconds>(row.stoppedAt - row.startedAt).count();
    return object({{"executionArn", row.arn},
                   {"stateMachineArn", row.machineArn},
                   {"name", row.name},
                   {"startDate", epochSeconds(row.startedAt)},
                   {"stopDate", epochSeconds(row.stoppedAt)},
                   {"status", row.status},
                   {"error", row.error},
                   {"cause", row.cause},
                   {"input", row.input},
                   {"inputDetails", included()},
                   {"output", unlessEmpty(row.output)},
                   {"outputDetails", included()},
                   {"traceHeader", row.traceHeader},
                   {"billingDetails", object({{"billedMemoryUsedInMB", 64},
                                              {"billedDurationInMilliseconds",
                                               std::max<std::int64_t>(100, (millis + 99) / 100 * 100)}})}});
}

}  // namespace

std::string endedTopic(const std::string& executionArn) { return "states:ended:" + executionArn; }

std::optional<ExecutionRow> findExecution(Call& call, const std::string& arn) {
    const auto row = call.get(keyOf(arn));
    return row ? std::optional(fromBytes(*row)) : std::nullopt;
}

ExecutionRow requireExecution(Call& call, const std::string& arn) {
    requireExecutionArn(arn);
    auto row = findExecution(call, arn);
    if (!row || !row->keeps()) throw executionDoesNotExist(arn);
    return std::move(*row);
}

void save(Call& call, const ExecutionRow& row) { call.put(keyOf(row.arn), toBytes(row)); }

void enlist(Call& call, const ExecutionRow& row) {
    for (const auto& owner : ownersOf(row)) call.put(listKey(owner, row), row.arn);
}

void delist(Call& call, const ExecutionRow& row) {
    for (const auto& owner : ownersOf(row)) call.erase(listKey(owner, row));
}

void removeExecution(Call& call, const ExecutionRow& row) { call.erase(keyOf(row.arn)); }

RedriveStatus redriveStatus(const ExecutionRow& row) {
    if (row.running() || row.status == "SUCCEEDED")
        return {"NOT_REDRIVABLE", "Execution is " + row.status + " and cannot be redriven"};
    return {row.mapRunArn ? "REDRIVABLE_BY_MAP_RUN" : "REDRIVABLE", std::nullopt};
}

Json describe(const ExecutionRow& row) {
    const auto redrive = redriveStatus(row);
    return object({{"executionArn", row.arn},
                   {"stateMachineArn", row.machineArn},
                   {"name", row.name},
                   {"status", row.status},
                   {"startDate", epochSeconds(row.startedAt)},
                   {"stopDate", stopDate(row)},
                   {"input", row.input},
                   {"inputDetails", included()},
                   {"output", unlessEmpty(row.output)},
                   {"outputDetails", row.output.empty() ? std::nullopt : std::optional(included())},
                   {"traceHeader", row.traceHeader},
                   {"mapRunArn", row.mapRunArn},
                   {"error", row.error},
                   {"cause", row.cause},
                   {"stateMachineVersionArn", row.versionArn},
                   {"stateMachineAliasArn", row.aliasArn},
                   {"redriveCount", row.redriveCount},
                   {"redriveDate", row.redrivenAt ? std::optional(epochSeconds(*row.redrivenAt)) : std::nullopt},
                   {"redriveStatus", redrive.status},
                   {"redriveStatusReason", redrive.reason}});
}

Json startExecution(Runner& runner, Call& call, const Fields& request) {
    const MachineTarget target = runner.machines().target(call, request.text("stateMachineArn"));
    std::string input = checkedInput(request), name = executionName(call, request);
    const bool express = target.type == "EXPRESS";
    std::string arn = backlot::arn("states", call.region, call.account,
                                   (express ? "express:" : "execution:") + target.name + ":" + name);
    if (express) arn += ":" + call.uuid("express");
    call.about(arn);
    if (const auto existing = request.has("name") ? findExecution(call, arn) : std::nullopt) {
        if (!existing->running() || existing->input != input) throw executionAlreadyExists(arn);
        return object({{"executionArn", arn}, {"startDate", epochSeconds(existing->startedAt)}});
    }
    ExecutionRow row = newRow(runner, call, target, std::move(name), std::move(arn), std::move(input), request);
    if (!express) enlist(call, row);
    runner.start(call, row);
    return object({{"executionArn", row.arn}, {"startDate", epochSeconds(row.startedAt)}});
}

Reply startSyncExecution(Runner& runner, Call& call, const Fields& request) {
    const MachineTarget target = runner.machines().target(call, request.text("stateMachineArn"));
    if (target.type != "EXPRESS") throw stateMachineTypeNotSupported();
    std::string input = checkedInput(request), name = executionName(call, request);
    std::string arn = backlot::arn("states", call.region, call.account,
                                   "express:" + target.name + ":" + name + ":" + call.uuid("express"));
    call.about(arn);
    ExecutionRow row = newRow(runner, call, target, std::move(name), std::move(arn), std::move(input), request);
    row.sync = true;
    runner.start(call, row);
    if (!row.running()) return syncAnswer(row);
    const auto ended = [arn = row.arn](Call& later, bool) -> std::optional<Json> {
        const auto present = findExecution(later, arn);
        if (!present) throw AwsError("InternalFailure", "The execution " + arn + " is missing.", 500);
        if (present->running()) return std::nullopt;
        removeExecution(later, *present);
        return syncAnswer(*present);
    };
    return Wait{.topic = endedTopic(row.arn), .ask = ended};
}

Json stopExecution(Runner& runner, Call& call, const Fields& request) {
    const std::string arn = request.text("executionArn");
    requireExecutionArn(arn);
    auto row = findExecution(call, arn);
    if (!row) throw executionDoesNotExist(arn);
    if (!row->keeps()) throw stateMachineTypeNotSupported();
    call.about(row->arn);
    if (row->running())
        runner.step(call, *row, asl::Stop{request.optionalText("error"), request.optionalText("cause")});
    return object({{"stopDate", epochSeconds(row->stoppedAt)}});
}

Json redriveExecution(Runner& runner, Call& call, const Fields& request) {
    ExecutionRow row = requireExecution(call, request.text("executionArn"));
    call.about(row.arn);
    const auto status = redriveStatus(row);
    if (status.reason) throw executionNotRedrivable(*status.reason);
    if (row.mapRunArn)
        throw executionNotRedrivable(
            "Execution was started by a Map Run and can only be redriven by redriving its parent execution");
    if (row.express()) throw stateMachineTypeNotSupported();
    if (call.now - row.stoppedAt > std::chrono::days(14))
        throw executionNotRedrivable("Execution has exceeded the redrivable period of 14 days and cannot be redriven");
    row.status = "RUNNING";
    row.error.reset();
    row.cause.reset();
    row.redrivenAt = call.now;
    ++row.redriveCount;
    runner.redrive(call, row);
    return object({{"redriveDate", epochSeconds(call.now)}});
}

Json describeExecution(Call& call, const Fields& request) {
    return describe(requireExecution(call, request.text("executionArn")));
}

Json describeStateMachineForExecution(Runner& runner, Call& call, const Fields& request) {
    const ExecutionRow row = requireExecution(call, request.text("executionArn"));
    const auto definition = runner.machines().definition(call, row.revision);
    const Revision& revision = definition->revision;
    std::string machineArn = row.machineArn;
    std::optional<std::string> label;
    if (row.mapRunArn) {  // "…:stateMachine:orders/Label"
        const auto slash = machineArn.rfind('/');
        label = machineArn.substr(slash + 1);
    }
    std::string name = machineArn.substr(machineArn.rfind(':') + 1);
    if (label) name.resize(name.size() - label->size() - 1);
    Json result = object({{"stateMachineArn", machineArn},
                          {"name", name},
                          {"definition", revision.definition},
                          {"roleArn", revision.roleArn},
                          {"updateDate", epochSeconds(revision.createdAt)},
                          {"loggingConfiguration", copy(revision.logging)},
                          {"tracingConfiguration", copy(revision.tracing)},
                          {"mapRunArn", row.mapRunArn},
                          {"label", label},
                          {"revisionId", revision.shownId()},
                          {"encryptionConfiguration", object({{"type", "AWS_OWNED_KEY"}})}});
    if (auto references = variableReferences(call, runner.machines(), row.revision))
        set(result, "variableReferences", std::move(*references));
    return result;
}

Json listExecutions(Call& call, const Fields& request) {
    const auto machineArn = request.optionalText("stateMachineArn"), mapRunArn = request.optionalText("mapRunArn");
    if (machineArn && mapRunArn) throw validation("Only one of stateMachineArn or mapRunArn can be specified");
    if (!machineArn && !mapRunArn) throw validation("Must provide a stateMachineArn or a mapRunArn");
    if (machineArn && requireTarget(call, *machineArn).type == "EXPRESS") throw stateMachineTypeNotSupported();
    const auto wanted = request.optionalText("statusFilter"), redriven = request.optionalText("redriveFilter");
    const std::string owner = machineArn ? *machineArn : *mapRunArn;
    return page(call, request, Key("of").text(owner), "executions",
                [&](std::string_view, std::string_view arn) -> std::optional<Json> {
                    const auto row = findExecution(call, std::string(arn));
                    if (!row || (wanted && row->status != *wanted)) return std::nullopt;
                    if (redriven && (*redriven == "REDRIVEN") != (row->redriveCount > 0)) return std::nullopt;
                    return summary(*row);
                });
}

Json listAllExecutions(Call& call, const Fields& request) {
    const auto machine = request.optionalText("stateMachineArn"), status = request.optionalText("statusFilter");
    Json executions(rapidjson::kArrayType);
    call.scan(Key("of"), [&](std::string_view key, std::string_view arn) {
        KeyReader parts(key);
        parts.text();
        const auto row = findExecution(call, std::string(arn));
        const bool once =
            row && parts.text() == row->mapRunArn.value_or(row->machineArn);  // not again under version and alias
        if (once && (!machine || row->machineArn == *machine) && (!status || row->status == *status)) {
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

}  // namespace backlot::states
