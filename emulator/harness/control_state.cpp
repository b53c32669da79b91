// health, ready, info, reset, deploy, invoke, shutdown.

#include <algorithm>

#include "emulator/base/base64.h"
#include "emulator/harness/control_routes.h"
#include "emulator/store/usage.h"

namespace backlot::harness {
namespace {

void health(ControlCall call) { call.answer(200, object({{"status", "ok"}, {"version", call.context.version}})); }

void ready(ControlCall call) {
    const std::string stage = call.context.stage();
    call.answer(stage == "ready" ? 200 : 503, object({{"ready", stage == "ready"}, {"stage", stage}}));
}

void info(ControlCall call) {
    auto& world = call.context.world;
    Json services(rapidjson::kObjectType);
    for (const auto& [name, service] : world.services()) {
        std::vector<std::string> operations;
        for (const auto& operation : service.operations)
            if (!(operation.flags & internal)) operations.emplace_back(operation.name);
        std::sort(operations.begin(), operations.end());
        set(services, name, array(operations));
    }
    Json counts(rapidjson::kObjectType);
    for (const auto& [name, count] : world.counts())
        set(counts, name, object({{"calls", count.calls}, {"errors", count.errors}}));
    Json result = object({{"version", call.context.version},
                          {"endpoint", call.context.endpoint},
                          {"clock", nameOf(world.clock().mode())},
                          {"now", iso8601Millis(world.now())},
                          {"seed", world.seed()},
                          {"idle", world.idle()}});
    for (const auto& member : call.context.info.GetObject()) set(result, view(member.name), copy(member.value));
    set(result, "services", std::move(services));
    set(result, "counts", std::move(counts));
    call.answer(200, result);
}

/// Who holds what: rows and bytes of keys and values, by table and kind; and the data file's pages.
void status(ControlCall call) {
    auto& world = call.context.world;
    world.browse([call, &world, usage = std::make_shared<Usage>(world.store())] {
        if (usage->step()) return true;
        std::map<std::string, std::map<std::string, std::string>> names = {
            {"jobs", {{"d", "due"}, {"b", "house-keeping"}, {"r", "running"}}},
            {"record", {{"", "entries"}}},
            {"subscriptions", {{"s", "subscriptions"}, {"p", "pending"}}},
            {"sweeps", {{"", "sweeps"}}}};
        for (const auto& [name, service] : world.services())
            names[service.rows].insert(service.kinds.begin(), service.kinds.end());
        Json tables = list();
        for (const auto& [table, kinds] : usage->tables()) {
            Json held = list();
            for (const auto& [kind, rows] : kinds) {
                const auto& known = names[table];
                const auto name = known.find(kind);
                push(held, object({{"name", name == known.end() ? kind : name->second},
                                   {"rows", rows.rows},
                                   {"bytes", rows.bytes}}));
            }
            if (!held.Empty()) push(tables, object({{"name", table}, {"kinds", std::move(held)}}));
        }
        const auto space = spaceOf(world.store());
        call.answer(200, object({{"file", object({{"bytes", space.file}, {"freeBytes", space.free}})},
                                 {"tables", std::move(tables)}}));
        return false;
    });
}

void reset(ControlCall call) {
    call.context.world.reset();
    call.answer(200, object({{"reset", true}}));
}

void deploy(ControlCall call) {
    if (!call.context.deploy) return call.fail(501, "NotImplemented", "This instance cannot deploy.");
    auto respond = [call](int status, Json answer) { call.answer(status, answer); };
    call.context.deploy(copy(*call.body), respond);
}

void invoke(ControlCall call) {
    if (call.segments.size() != 1) return call.fail(400, "InvalidRequest", "POST /_backlot/invoke/FUNCTION");
    const std::string payload = call.request->body.empty() ? "{}" : call.request->body;
    call.ask("lambda", "Invoke",
             object({{"FunctionName", call.segments.front()},
                     {"InvocationType", "RequestResponse"},
                     {"LogType", "Tail"},
                     {"Payload", payload}}),
             [](Json result) { return result; });
}

/// The archive behind GetFunction's Code.Location: {account}/{region}/{name}/{version}/code.zip
void functionCode(ControlCall call) {
    const auto& part = call.segments;
    if (part.size() != 5 || part[4] != "code.zip")
        return call.fail(404, "NotFound", "GET /_backlot/functions/ACCOUNT/REGION/NAME/VERSION/code.zip");
    call.context.world.submit(
        {.service = "lambda",
         .operation = "GetFunctionCode",
         .request = object({{"FunctionName", part[2]}, {"Qualifier", part[3]}}),
         .account = part[0],
         .region = part[1],
         .done =
             [call](Outcome outcome) {
                 if (const auto* error = std::get_if<AwsError>(&outcome)) return call.fail(*error);
                 call.respond({.status = 200,
                               .headers = {{"Content-Type", "application/zip"}},
                               .body = base64Decode(textOr(std::get<Json>(outcome), "ZipFile")).value_or("")});
             },
         .fromClient = false});
}

void shutdown(ControlCall call) {
    call.answer(200, object({{"stopping", true}}));
    if (call.context.shutdown) call.context.shutdown();
}

}  // namespace

const std::vector<ControlRoute>& stateRoutes() {
    static const std::vector<ControlRoute> routes = {
        {"GET", "/_backlot/health", health},      {"GET", "/_backlot/ready", ready},
        {"GET", "/_backlot/info", info},          {"GET", "/_backlot/status", status},
        {"POST", "/_backlot/reset", reset},       {"POST", "/_backlot/deploy", deploy},
        {"POST", "/_backlot/invoke/", invoke},    {"GET", "/_backlot/functions/", functionCode},
        {"POST", "/_backlot/shutdown", shutdown},
    };
    return routes;
}

}  // namespace backlot::harness
