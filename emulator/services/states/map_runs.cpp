#include "emulator/services/states/map_runs.h"

#include "asl/execution/bytes.h"
#include "emulator/base/arn.h"
#include "emulator/services/states/errors.h"
#include "emulator/services/states/history.h"
#include "emulator/services/states/item_reader.h"
#include "emulator/services/states/pages.h"
#include "emulator/services/states/result_writer.h"
#include "emulator/services/states/runner.h"

namespace backlot::states {
namespace {

constexpr std::size_t kChildrenATurn = 64;  // then other work has its turn

Key keyOf(std::string_view arn) { return Key("maprun").text(arn); }
Key commandKey(std::string_view arn) { return Key("mapcommand").text(arn); }
Key childrenOf(std::string_view arn) { return Key("mapchild").text(arn); }
Key changesKey(std::string_view arn) { return Key("mapchanges").text(arn); }
Key pendingKey(std::string_view arn) { return Key("mappending").text(arn); }
Key listOf(std::string_view executionArn) { return Key("mapsof").text(executionArn); }
/// The map run that an attempt waits for.
Key attemptKey(std::uint64_t execution, asl::AttemptId attempt) {
    return Key("mapof").number(execution).number(attempt);
}

asl::ChildStatus statusOf(const std::string& status) {
    if (status == "SUCCEEDED") return asl::ChildStatus::succeeded;
    if (status == "FAILED") return asl::ChildStatus::failed;
    if (status == "TIMED_OUT") return asl::ChildStatus::timedOut;
    return status == "ABORTED" ? asl::ChildStatus::aborted : asl::ChildStatus::running;
}

/// "…:mapRun:orders/Label:UUID" → "orders/Label".
std::string labelledName(const std::string& mapRunArn) {
    const auto arn = parseArn(mapRunArn);
    const std::string rest = arn->resource.substr(std::string_view("mapRun:").size());
    return rest.substr(0, rest.rfind(':'));
}

std::string requireMapRunArn(const std::string& text) {
    const auto parsed = parseArn(text);
    if (!parsed) throw invalidArn("Invalid ARN prefix: " + text);
    if (parsed->service != "states" || !parsed->resource.starts_with("mapRun:"))
        throw invalidArn("Resource type not valid in this context: " +
                         parsed->resource.substr(0, parsed->resource.find(':')));
    return text;
}

Json requireMapRun(Call& call, const std::string& arn) {
    auto row = call.getJson(keyOf(requireMapRunArn(arn)));
    if (!row) throw resourceNotFound(arn);
    return std::move(*row);
}

Json countsJson(const asl::MapRun::Counts& counts, bool over) {
    return object({{"pending", counts.pending},
                   {"running", counts.running},
                   {"succeeded", counts.succeeded},
                   {"failed", counts.failed},
                   {"timedOut", counts.timedOut},
                   {"aborted", counts.aborted},
                   {"total", counts.total},
                   {"resultsWritten", over ? counts.succeeded + counts.failed + counts.timedOut : 0}});
}

}  // namespace

void MapRuns::readLater(Call& call, const ExecutionRow& row, const asl::ReadItems& read) {
    call.soon({.service = "states",
               .operation = "ReadMapItems",
               .request = object({{"execution", row.arn},
                                  {"attempt", read.attempt},
                                  {"action", read.resource.action},
                                  {"parameters", read.parameters.text()},
                                  {"config", read.readerConfig.text()}}),
               .label = "execution " + row.name + ": items of " + read.stateName});
}

Json MapRuns::readMapItems(Call& call, const Fields& request) {
    auto row = findExecution(call, request.text("execution"));
    if (!row) return object();
    const auto attempt = static_cast<asl::AttemptId>(request.integer("attempt"));
    asl::Event answer = asl::TaskFailed{attempt, {}, {}};
    try {
        const Json config = parseJson(request.text("config"));
        answer = asl::ItemsRead{attempt, asl::Payload(readItems(call, request.text("action"),
                                                                parseJson(request.text("parameters")), config))};
    } catch (const ItemReaderError& error) {
        answer = asl::TaskFailed{attempt, "States.ItemReaderFailed", error.what()};
    }
    runner_.step(call, *row, answer);
    return object();
}

void MapRuns::start(Call& call, const ExecutionRow& row, const asl::StartMapRun& run) {
    call.putJson(keyOf(run.mapRunArn), object({{"executionArn", row.arn},
                                               {"attempt", run.attempt},
                                               {"revision", row.revision},
                                               {"stateMachineArn", row.machineArn},
                                               {"startedAt", epochMillis(call.now)},
                                               {"status", "RUNNING"},
                                               {"maxConcurrency", run.maxConcurrency},
                                               {"toleratedFailureCount", run.toleratedFailureCount},
                                               {"toleratedFailurePercentage", run.toleratedFailurePercentage}}));
    call.put(commandKey(run.mapRunArn), asl::toBytes(asl::Command(run)));
    call.put(attemptKey(row.number, run.attempt), run.mapRunArn);
    call.put(listOf(row.arn).time(call.now).text(run.mapRunArn), run.mapRunArn);
    schedule(call, run.mapRunArn);
}

void MapRuns::schedule(Call& call, const std::string& arn) {
    if (call.has(pendingKey(arn))) return;
    call.put(pendingKey(arn), "1");
    call.soon({.service = "states",
               .operation = "RunMapChildren",
               .request = object({{"mapRunArn", arn}}),
               .label = "map run " + labelledName(arn)});
}

MapRuns::Live& MapRuns::live(Call& call, const std::string& arn, const Json& row) {
    const auto stored = call.get(changesKey(arn));
    const std::uint64_t changes = stored ? std::stoull(std::string(*stored)) : 0;
    if (const auto found = live_.find(arn); found != live_.end() && found->second.changes == changes)
        return found->second;
    live_.erase(arn);
    auto command = asl::commandFromBytes(*call.get(commandKey(arn)));
    auto& start = std::get<asl::StartMapRun>(command);
    start.maxConcurrency = intOr(row, "maxConcurrency", 0);
    start.toleratedFailureCount = intOr(row, "toleratedFailureCount", 0);
    start.toleratedFailurePercentage = find(row, "toleratedFailurePercentage")->GetDouble();
    std::vector<std::string> arns(start.inputs.size());
    std::vector<asl::MapRun::Child> children;
    const Key prefix = childrenOf(arn);
    call.scan(prefix, [&](std::string_view key, std::string_view childArn) {
        const auto index = static_cast<std::size_t>(KeyReader(key.substr(prefix.bytes().size())).number());
        arns.at(index) = childArn;
        return true;
    });
    for (std::size_t i = 0; i < arns.size(); ++i) {
        if (arns[i].empty()) continue;
        const auto child = findExecution(call, arns[i]);
        if (child)
            children.push_back(
                {i, statusOf(child->status), child->output.empty() ? asl::Payload() : asl::Payload(child->output)});
    }
    return live_
        .emplace(arn, Live{.run = asl::MapRun(std::move(start), std::move(children)),
                           .childArns = std::move(arns),
                           .changes = changes})
        .first->second;
}

/// Before each change of what is kept in memory: where the transaction is undone, the numbers differ, and rows are read
/// again.
void MapRuns::changed(Call& call, const std::string& arn, Live& live) {
    call.put(changesKey(arn), std::to_string(++live.changes));
}

void MapRuns::startChild(Call& call, const std::string& arn, const Json& row, Live& live, std::size_t index) {
    const auto& command = live.run.command();
    const bool express = command.childType == asl::ChildType::express;
    const std::string labelled = labelledName(arn), name = call.uuid("child");
    ExecutionRow child;
    child.number = runner_.nextExecution(call);
    child.name = name;
    child.arn = backlot::arn(
        "states", call.region, call.account,
        (express ? "express:" : "execution:") + labelled + ":" + name + (express ? ":" + call.uuid("express") : ""));
    child.machineArn = backlot::arn("states", call.region, call.account, "stateMachine:" + labelled);
    child.revision = textOr(row, "revision");
    child.type = express ? "EXPRESS" : "STANDARD";
    child.input = command.inputs[index].text();
    child.mapRunArn = arn;
    child.mapIndex = index;
    child.items = command.itemCounts[index];
    child.startedAt = call.now;
    child.entry = call.cause.entry;
    child.fresh = true;
    live.childArns[index] = child.arn;
    call.put(childrenOf(arn).number(index), child.arn);
    enlist(call, child);
    runner_.start(call, child, command.scope,
                  asl::Payload(object({{"Index", index}, {"Value", copy(command.inputs[index].json())}})));
}

Json MapRuns::runMapChildren(Call& call, const Fields& request) {
    const std::string arn = request.text("mapRunArn");
    call.erase(pendingKey(arn));
    Json row = requireMapRun(call, arn);
    if (textOr(row, "status") != "RUNNING") return object();
    Live& run = live(call, arn, row);
    changed(call, arn, run);
    run.busy = true;
    std::size_t started = 0;
    for (; started < kChildrenATurn; ++started) {
        const auto index = run.run.startNext();
        if (!index) break;
        startChild(call, arn, row, run, *index);
    }
    run.busy = false;
    if (run.run.isOver())
        finish(call, arn, std::move(row), run, false);
    else if (started == kChildrenATurn)
        schedule(call, arn);
    return object();
}

void MapRuns::childEnded(Call& call, const ExecutionRow& child) {
    const std::string& arn = *child.mapRunArn;
    const auto row = call.getJson(keyOf(arn));
    if (!row || textOr(*row, "status") != "RUNNING") return;
    Live& run = live(call, arn, *row);
    if (!run.busy) changed(call, arn, run);
    run.run.childEnded(child.mapIndex, statusOf(child.status),
                       child.output.empty() ? asl::Payload() : asl::Payload(child.output));
    if (!run.busy) schedule(call, arn);
}

asl::MapRunEnded MapRuns::resultOf(Call& call, const std::string& arn, Live& live) {
    auto result = live.run.result();
    const auto& writer = live.run.command().resultWriter;
    if (result.error || !writer) return result;
    std::vector<ExecutionRow> children;
    for (const auto& childArn : live.childArns)
        if (auto child = findExecution(call, childArn)) children.push_back(std::move(*child));
    try {
        result.output = writeResults(call, arn, writer->json(), children);
    } catch (const AwsError& error) {
        result.error = "States.ResultWriterFailed";
        result.cause = error.message();
    }
    return result;
}

void MapRuns::finish(Call& call, const std::string& arn, Json row, Live& run, bool aborted) {
    run.busy = true;
    const auto running = run.run.running();
    for (const auto index : running)
        if (auto child = findExecution(call, run.childArns[index]); child && child->running())
            runner_.step(call, *child, asl::Stop{});
    const auto result = resultOf(call, arn, run);
    set(row, "status", aborted ? "ABORTED" : result.error ? "FAILED" : "SUCCEEDED");
    set(row, "stoppedAt", epochMillis(call.now));
    set(row, "executionCounts", countsJson(run.run.executionCounts(), true));
    set(row, "itemCounts", countsJson(run.run.itemCounts(), true));
    call.putJson(keyOf(arn), row);
    call.erase(commandKey(arn));
    call.erase(changesKey(arn));
    call.sweep(childrenOf(arn));
    live_.erase(arn);
    if (aborted) return;
    if (auto parent = findExecution(call, textOr(row, "executionArn"))) {
        call.erase(attemptKey(parent->number, result.attempt));
        runner_.step(call, *parent, result);
    }
}

void MapRuns::abortOf(Call& call, const ExecutionRow& row, asl::AttemptId attempt) {
    const Key key = attemptKey(row.number, attempt);
    const auto stored = call.get(key);
    if (!stored) return;
    const std::string arn(*stored);
    call.erase(key);
    auto mapRun = call.getJson(keyOf(arn));
    if (!mapRun || textOr(*mapRun, "status") != "RUNNING") return;
    Live& run = live(call, arn, *mapRun);
    changed(call, arn, run);
    run.run.abort();
    finish(call, arn, std::move(*mapRun), run, true);
}

void MapRuns::forgetOf(Call& call, const std::string& executionArn) {
    std::vector<std::string> arns;
    call.scan(listOf(executionArn), [&](std::string_view, std::string_view arn) {
        arns.emplace_back(arn);
        return true;
    });
    for (const auto& arn : arns) {
        call.erase(keyOf(arn));
        call.soon({.service = "states",
                   .operation = "ForgetMapRun",
                   .request = object({{"mapRunArn", arn}}),
                   .background = true,
                   .label = "forget the children of map run " + labelledName(arn)});
    }
    call.erasePrefix(listOf(executionArn));
}

Json MapRuns::forgetMapRun(Call& call, const Fields& request) {
    const std::string arn = request.text("mapRunArn");
    std::vector<ExecutionRow> children;
    std::size_t listed = 0;
    call.scan(Key("of").text(arn), [&](std::string_view, std::string_view child) {
        if (auto row = findExecution(call, std::string(child))) children.push_back(std::move(*row));
        return ++listed < kChildrenATurn;
    });
    for (const auto& child : children) {
        delist(call, child);
        removeExecution(call, child);
        Runner::forgetValue(call, child);
        forgetHistory(call, child);
        forgetOf(call, child.arn);
    }
    if (listed == kChildrenATurn && !children.empty())
        call.soon({.service = "states",
                   .operation = "ForgetMapRun",
                   .request = object({{"mapRunArn", arn}}),
                   .background = true,
                   .label = "forget the children of map run " + labelledName(arn)});
    return object();
}

Json MapRuns::describeMapRun(Call& call, const Fields& request) {
    const std::string arn = request.text("mapRunArn");
    const Json row = requireMapRun(call, arn);
    const bool over = find(row, "stoppedAt") != nullptr;
    Json executions, items;
    if (over) {
        executions = copy(*find(row, "executionCounts"));
        items = copy(*find(row, "itemCounts"));
    } else {
        const auto& run = live(call, arn, row).run;
        executions = countsJson(run.executionCounts(), false);
        items = countsJson(run.itemCounts(), false);
    }
    return object(
        {{"mapRunArn", arn},
         {"executionArn", textOr(row, "executionArn")},
         {"status", textOr(row, "status")},
         {"startDate", epochSeconds(fromMillis(intOr(row, "startedAt", 0)))},
         {"stopDate", over ? std::optional(epochSeconds(fromMillis(intOr(row, "stoppedAt", 0)))) : std::nullopt},
         {"maxConcurrency", intOr(row, "maxConcurrency", 0)},
         {"toleratedFailurePercentage", find(row, "toleratedFailurePercentage")->GetDouble()},
         {"toleratedFailureCount", intOr(row, "toleratedFailureCount", 0)},
         {"itemCounts", std::move(items)},
         {"executionCounts", std::move(executions)}});
}

Json MapRuns::listMapRuns(Call& call, const Fields& request) {
    const ExecutionRow execution = requireExecution(call, request.text("executionArn"));
    return page(call, request, listOf(execution.arn), "mapRuns",
                [&](std::string_view, std::string_view value) -> std::optional<Json> {
                    const std::string arn(value);
                    const auto row = call.getJson(keyOf(arn));
                    if (!row) return std::nullopt;
                    const auto parsed = parseArn(arn);
                    return object(
                        {{"executionArn", execution.arn},
                         {"mapRunArn", arn},
                         {"stateMachineArn",
                          backlot::arn("states", parsed->region, parsed->account, "stateMachine:" + labelledName(arn))},
                         {"startDate", epochSeconds(fromMillis(intOr(*row, "startedAt", 0)))},
                         {"stopDate", find(*row, "stoppedAt")
                                          ? std::optional(epochSeconds(fromMillis(intOr(*row, "stoppedAt", 0))))
                                          : std::nullopt}});
                });
}

Json MapRuns::updateMapRun(Call& call, const Fields& request) {
    const std::string arn = request.text("mapRunArn");
    Json row = requireMapRun(call, arn);
    call.about(arn);
    if (textOr(row, "status") != "RUNNING") throw validation("Map Run is not running and cannot be updated");
    const auto concurrency = request.optionalInteger("maxConcurrency"),
               count = request.optionalInteger("toleratedFailureCount");
    std::optional<double> percentage;
    if (const Json* given = request.find("toleratedFailurePercentage")) percentage = given->GetDouble();
    if (concurrency) set(row, "maxConcurrency", *concurrency);
    if (count) set(row, "toleratedFailureCount", *count);
    if (percentage) set(row, "toleratedFailurePercentage", *percentage);
    Live& run = live(call, arn, row);
    changed(call, arn, run);
    run.run.setLimits(concurrency, count, percentage);
    call.putJson(keyOf(arn), row);
    schedule(call, arn);
    return object();
}

}  // namespace backlot::states
