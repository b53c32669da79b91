#include "emulator/harness/stand_ins.h"


#include "emulator/base/base64.h"
#include "emulator/base/hash.h"
#include "emulator/base/log.h"
#include "emulator/base/plain_file.h"
#include "emulator/harness/lua_values.h"
#include "emulator/world/record.h"
#include "emulator/world/trace_header.h"

namespace backlot::harness {
namespace {

constexpr auto kWebhookLimit = std::chrono::seconds(10);

/// What one run of a script works with. Lua reaches it through the registry.
struct Run {
    Call* call = nullptr;
    Outside* outside = nullptr;
    const std::map<std::string, std::string>* settings = nullptr;
    std::string script;
};

Run& runOf(lua_State* lua) {
    lua_getfield(lua, LUA_REGISTRYINDEX, "backlot.run");
    auto* run = static_cast<Run*>(lua_touserdata(lua, -1));
    lua_pop(lua, 1);
    return *run;
}

/// Runs `body`; a C++ exception becomes a Lua error, once every C++ value of the frame is gone.
template <typename Body>
int guarded(lua_State* lua, Body body) {
    try {
        return body();
    } catch (const std::exception& error) {
        lua_pushstring(lua, error.what());
    }
    return lua_error(lua);
}

void pushText(lua_State* lua, std::string_view text) { lua_pushlstring(lua, text.data(), text.size()); }

int now(lua_State* lua) {
    lua_pushnumber(lua, static_cast<double>(epochMillis(runOf(lua).call->now)) / 1000.0);
    return 1;
}

int wall(lua_State* lua) {
    lua_pushnumber(lua, static_cast<double>(epochMillis(wallClock())) / 1000.0);
    return 1;
}

int uuid(lua_State* lua) {
    return guarded(lua, [&] {
        pushText(lua, runOf(lua).call->uuid(lua_isstring(lua, 1) ? textAt(lua, 1) : "lua"));
        return 1;
    });
}

int encode(lua_State* lua) {
    return guarded(lua, [&] {
        pushText(lua, writeJson(jsonAt(lua, 1)));
        return 1;
    });
}

int decode(lua_State* lua) {
    return guarded(lua, [&] {
        pushJson(lua, parseJson(textAt(lua, 1)));
        return 1;
    });
}

int hmac(lua_State* lua) {
    return guarded(lua, [&] {
        const Sha256 out = hmacSha256(textAt(lua, 1), textAt(lua, 2));
        pushText(lua, hex({reinterpret_cast<const char*>(out.data()), out.size()}));
        return 1;
    });
}

int toBase64(lua_State* lua) {
    return guarded(lua, [&] {
        pushText(lua, base64Encode(textAt(lua, 1)));
        return 1;
    });
}

int fromBase64(lua_State* lua) {
    return guarded(lua, [&] {
        const auto bytes = base64Decode(textAt(lua, 1));
        if (!bytes) return 0;
        pushText(lua, *bytes);
        return 1;
    });
}

int environment(lua_State* lua) {
    return guarded(lua, [&] {
        const auto& settings = *runOf(lua).settings;
        const auto found = settings.find(textAt(lua, 1));
        if (found == settings.end()) return 0;
        pushText(lua, found->second);
        return 1;
    });
}

int later(lua_State* lua) {
    return guarded(lua, [&] {
        Run& run = runOf(lua);
        const double seconds = lua_tonumber(lua, 1);
        if (!(seconds >= 0) || seconds > 1e9) throw LuaError("later() takes seconds");
        run.call->later(run.call->now + Duration(static_cast<std::int64_t>(seconds * 1e6)),
                        {.service = "standin", .operation = "Later", .request = object({{"name", run.script}, {"function", textAt(lua, 2)}, {"argument", jsonAt(lua, 3)}}),
                         .label = run.script + ": " + textAt(lua, 2)});
        return 0;
    });
}

int post(lua_State* lua) {
    return guarded(lua, [&] {
        Run& run = runOf(lua);
        Request request{.method = "POST", .target = "/", .body = textAt(lua, 3)};
        const Json headers = lua_istable(lua, 2) ? jsonAt(lua, 2) : object();
        for (const auto& header : headers.GetObject())
            if (header.value.IsString()) request.headers.add(view(header.name), view(header.value));
        const std::string url = textAt(lua, 1);
        World& world = run.call->world();
        run.call->note({.kind = "delivery", .service = "standin", .operation = "Webhook", .resource = run.script + " → " + url});
        run.call->afterCommit([&world, outside = run.outside, url, request = std::make_shared<Request>(std::move(request))] {
            auto busy = world.hold("webhook", url, "is on its way");
            outside->fetch(url, std::move(*request), kWebhookLimit, [busy, url](std::optional<Response> response) {
                if (!response || response->status >= 400) log::warning("the webhook to " + url + " was not taken" + (response ? ": " + std::to_string(response->status) : ""));
            });
        });
        return 0;
    });
}

void setFunction(lua_State* lua, const char* name, lua_CFunction function) {
    lua_pushcfunction(lua, function);
    lua_setfield(lua, -2, name);
}

/// The table `world`, its state from the row.
void pushWorld(lua_State* lua, const Json& state) {
    lua_newtable(lua);
    static constexpr luaL_Reg kFunctions[] = {{"now", now},   {"wall", wall},       {"uuid", uuid},           {"later", later},
                                              {"post", post}, {"env", environment}, {"hmac_sha256_hex", hmac}};
    for (const auto& function : kFunctions) setFunction(lua, function.name, function.func);
    lua_newtable(lua);
    setFunction(lua, "encode", encode);
    setFunction(lua, "decode", decode);
    lua_setfield(lua, -2, "json");
    lua_newtable(lua);
    setFunction(lua, "encode", toBase64);
    setFunction(lua, "decode", fromBase64);
    lua_setfield(lua, -2, "base64");
    pushJson(lua, state);
    lua_setfield(lua, -2, "state");
}

Json requestJson(const Request& request) {
    Json query(rapidjson::kObjectType), headers(rapidjson::kObjectType), form(rapidjson::kObjectType);
    for (const auto& [name, value] : parseQuery(request.query())) set(query, name, value);
    for (const auto& [name, value] : request.headers) {
        std::string lower = name;
        for (auto& c : lower)
            if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
        set(headers, lower, value);
    }
    if (request.headers.get("Content-Type").starts_with("application/x-www-form-urlencoded"))
        for (const auto& [name, value] : parseQuery(request.body)) set(form, name, value);
    return object({{"method", request.method}, {"path", percentDecode(request.path())}, {"query", std::move(query)}, {"headers", std::move(headers)},
                   {"body", request.body}, {"form", std::move(form)}});
}

}  // namespace

struct StandIns::Script {
    std::string name, file, source;
    std::uint16_t port = 0;
    Held listener;

    /// A fresh Lua with the file run in it; the file's table is on the stack. Fresh each time: state lies in the world alone.
    LuaState open() const {
        LuaState lua = sandboxedLua();
        if (luaL_loadbuffer(lua.get(), source.data(), source.size(), ("@" + file).c_str()) != LUA_OK) throw LuaError(textAt(lua.get(), -1));
        callLua(lua.get(), 0, 1);
        if (!lua_istable(lua.get(), -1)) throw LuaError(file + ": the file must return a table {name, port, handle}");
        return lua;
    }
};

StandIns::StandIns(World& world, Outside& outside, const std::vector<std::filesystem::path>& files, std::map<std::string, std::string> settings)
    : world_(world), outside_(outside), settings_(std::move(settings)) {
    for (const auto& file : files) {
        auto script = std::make_unique<Script>();
        script->file = file.string();
        script->source = readPlainFile(file);
        const LuaState lua = script->open();
        lua_getfield(lua.get(), -1, "name");
        script->name = textAt(lua.get(), -1);
        lua_getfield(lua.get(), -2, "port");
        script->port = static_cast<std::uint16_t>(lua_tointeger(lua.get(), -1));
        lua_getfield(lua.get(), -3, "handle");
        if (script->name.empty() || !lua_isfunction(lua.get(), -1)) throw LuaError(file.string() + ": name and handle are missing");
        scripts_[script->name] = std::move(script);
    }
}

StandIns::~StandIns() = default;

StandIns::Script& StandIns::scriptOf(const std::string& name) {
    const auto found = scripts_.find(name);
    if (found == scripts_.end()) throw AwsError("ResourceNotFoundException", "There is no stand-in " + name);
    return *found->second;
}

namespace {

Key stateKey(const std::string& name) { return Key("state").text(name); }

Json stateOf(Call& call, const std::string& name) {
    auto state = call.getJson(stateKey(name));
    return state ? std::move(*state) : object();
}

/// Calls the function on the stack with (argument, world) and stores the state it leaves.
void runWith(lua_State* lua, Run& run, const Json& argument, int results) {
    lua_pushlightuserdata(lua, &run);
    lua_setfield(lua, LUA_REGISTRYINDEX, "backlot.run");
    pushJson(lua, argument);
    pushWorld(lua, stateOf(*run.call, run.script));
    lua_pushvalue(lua, -1);
    lua_setfield(lua, LUA_REGISTRYINDEX, "backlot.world");
    try {
        callLua(lua, 2, results);
    } catch (const LuaError& error) {   // the script's author sees it in the answer
        throw AwsError("StandInError", error.what(), 500);
    }
    lua_getfield(lua, LUA_REGISTRYINDEX, "backlot.world");
    lua_getfield(lua, -1, "state");
    run.call->put(stateKey(run.script), writeJson(jsonAt(lua, -1)));
    lua_pop(lua, 2);
}

}  // namespace

Json StandIns::handle(Call& call, const Fields& request) {
    const Script& script = scriptOf(request.text("name"));
    call.about(script.name + " " + textOr(request.value("request"), "method") + " " + textOr(request.value("request"), "path"));
    const LuaState lua = script.open();
    Run run{&call, &outside_, &settings_, script.name};
    lua_getfield(lua.get(), -1, "handle");
    runWith(lua.get(), run, request.value("request"), 1);
    if (!lua_istable(lua.get(), -1)) throw LuaError(script.file + ": handle() must return a table {status, headers, body}");
    lua_getfield(lua.get(), -1, "status");
    lua_getfield(lua.get(), -2, "headers");
    lua_getfield(lua.get(), -3, "body");
    Json headers = lua_istable(lua.get(), -2) ? jsonAt(lua.get(), -2) : object();
    return object({{"status", static_cast<int>(lua_tointeger(lua.get(), -3))}, {"headers", std::move(headers)}, {"body", textAt(lua.get(), -1)}});
}

Json StandIns::later(Call& call, const Fields& request) {
    const Script& script = scriptOf(request.text("name"));
    const LuaState lua = script.open();
    Run run{&call, &outside_, &settings_, script.name};
    lua_getglobal(lua.get(), request.text("function").c_str());
    if (!lua_isfunction(lua.get(), -1)) throw LuaError(script.file + ": there is no global function " + request.text("function"));
    const Json* argument = request.find("argument");
    static const Json nothing;
    runWith(lua.get(), run, argument ? *argument : nothing, 0);
    return object();
}

Service StandIns::service() {
    return {.name = "standin",
            .operations = {{"Handle", [this](Call& call, const Fields& request) -> Reply { return handle(call, request); }, internal | dataEvent},
                           {"Later", [this](Call& call, const Fields& request) -> Reply { return later(call, request); }, internal | dataEvent}}};
}

std::map<std::string, std::string> StandIns::listen(bool freePorts) {
    std::map<std::string, std::string> urls;
    for (auto& [name, script] : scripts_) {
        const RequestHandler serve = [this, name = name](Request request, Respond respond) {
            world_.submit({.service = "standin",
                           .operation = "Handle",
                           .request = object({{"name", name}, {"request", requestJson(request)}}),
                           .cause = causeOf(request.headers.get("X-Amzn-Trace-Id")),
                           .done =
                               [respond](Outcome outcome) {
                                   if (const auto* error = std::get_if<AwsError>(&outcome))
                                       return respond({.status = 500, .headers = {{"Content-Type", "text/plain"}}, .body = error->message()});
                                   const Json& answer = std::get<Json>(outcome);
                                   Response response{.status = static_cast<int>(intOr(answer, "status", 200)), .body = textOr(answer, "body")};
                                   for (const auto& header : find(answer, "headers")->GetObject())
                                       response.headers.add(view(header.name), header.value.IsString() ? std::string(view(header.value)) : writeJson(header.value));
                                   respond(std::move(response));
                               },
                           .fromClient = false});
        };
        Listening listening;
        try {
            listening = outside_.listen(freePorts ? 0 : script->port, serve);
        } catch (const std::runtime_error&) {
            listening = outside_.listen(0, serve);
        }
        script->listener = std::move(listening.listener);
        urls[name] = "http://127.0.0.1:" + std::to_string(listening.port);
    }
    return urls;
}

}  // namespace backlot::harness
