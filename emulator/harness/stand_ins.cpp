#include "emulator/harness/stand_ins.h"

#include <algorithm>
#include <cctype>

#include "emulator/base/base64.h"
#include "emulator/base/hash.h"
#include "emulator/base/log.h"
#include "emulator/base/plain_file.h"
#include "emulator/base/text.h"
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

// What a call from a script costs in steps, beside a step for each few bytes it is given.
constexpr std::int64_t kCallCost = 10, kRowCost = 10'000;  // a job, a webhook
constexpr std::int64_t kBytesAStep = 4;

/// Runs `body`, a function of `world`, after counting it; a C++ exception becomes a Lua error.
template <typename Body>
int guarded(lua_State* lua, Body body, std::int64_t cost = kCallCost) {
    for (int i = lua_gettop(lua); i > 0; --i)
        if (lua_type(lua, i) == LUA_TSTRING) cost += static_cast<std::int64_t>(lua_rawlen(lua, i)) / kBytesAStep;
    charge(lua, cost);
    try {
        return body();
    } catch (const std::exception& error) {
        lua_pushstring(lua, error.what());
    }
    return lua_error(lua);
}

void pushText(lua_State* lua, std::string_view text) { lua_pushlstring(lua, text.data(), text.size()); }

/// Names are tokens, values have no control characters: nothing that a script says becomes another header or another
/// answer.
std::string headerName(const Json& name) {
    const auto text = view(name);
    const bool token = !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
        return std::isalnum(c) ||
               std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(c)) != std::string_view::npos;
    });
    if (!token) throw LuaError("\"" + std::string(text.substr(0, 40)) + "\" is no name for a header");
    return std::string(text);
}

std::string headerValue(const rapidjson::GenericMember<rapidjson::UTF8<>, rapidjson::CrtAllocator>& header) {
    const bool known = header.value.IsString() || header.value.IsNumber() || header.value.IsBool();
    const std::string text = header.value.IsString() ? std::string(view(header.value)) : writeJson(header.value);
    const bool plain =
        std::none_of(text.begin(), text.end(), [](unsigned char c) { return (c < ' ' && c != '\t') || c == 0x7f; });
    if (!known || !plain)
        throw LuaError("the header " + std::string(view(header.name)) + " has a value that cannot be sent");
    return text;
}

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
    return guarded(
        lua,
        [&] {
            Run& run = runOf(lua);
            const double seconds = lua_tonumber(lua, 1);
            if (!(seconds >= 0) || seconds > 1e9) throw LuaError("later() takes seconds");
            run.call->later(
                run.call->now + Duration(static_cast<std::int64_t>(seconds * 1e6)),
                {.service = "standin",
                 .operation = "Later",
                 .request = object({{"name", run.script}, {"function", textAt(lua, 2)}, {"argument", jsonAt(lua, 3)}}),
                 .label = run.script + ": " + textAt(lua, 2)});
            return 0;
        },
        kRowCost);
}

int post(lua_State* lua) {
    return guarded(
        lua,
        [&] {
            Run& run = runOf(lua);
            Request request{.method = "POST", .target = "/", .body = textAt(lua, 3)};
            const Json headers = lua_istable(lua, 2) ? jsonAt(lua, 2) : object();
            if (headers.IsObject())
                for (const auto& header : headers.GetObject())
                    request.headers.add(headerName(header.name), headerValue(header));
            const std::string url = textAt(lua, 1);
            run.call->note({.kind = "delivery",
                            .service = "standin",
                            .operation = "Webhook",
                            .resource = run.script + " → " + url});
            run.call->afterCommit([outlet = run.call->outlet(), outside = run.outside, url,
                                   request = std::make_shared<Request>(std::move(request))] {
                auto busy = outlet.hold("webhook", url, "is on its way");
                outside->fetch(url, std::move(*request), kWebhookLimit, [busy, url](std::optional<Response> response) {
                    if (!response || response->status >= 400)
                        log::warning("the webhook to " + url + " was not taken" +
                                     (response ? ": " + std::to_string(response->status) : ""));
                });
            });
            return 0;
        },
        kRowCost);
}

void setFunction(lua_State* lua, const char* name, lua_CFunction function) {
    lua_pushcfunction(lua, function);
    lua_setfield(lua, -2, name);
}

/// The table `world`, its state from the row.
void pushWorld(lua_State* lua, const Json& state) {
    lua_newtable(lua);
    static constexpr luaL_Reg kFunctions[] = {
        {"now", now},   {"wall", wall},       {"uuid", uuid},           {"later", later},
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
    for (const auto& [name, value] : request.headers) set(headers, lowered(name), value);
    if (request.headers.get("Content-Type").starts_with("application/x-www-form-urlencoded"))
        for (const auto& [name, value] : parseQuery(request.body)) set(form, name, value);
    return object({{"method", request.method},
                   {"path", percentDecode(request.path())},
                   {"query", std::move(query)},
                   {"headers", std::move(headers)},
                   {"body", request.body},
                   {"form", std::move(form)}});
}

}  // namespace

namespace {

/// Says where an answer ends: the server's own affair.
bool isFraming(std::string_view name) {
    return equalIgnoringCase(name, "Content-Length") || equalIgnoringCase(name, "Transfer-Encoding") ||
           equalIgnoringCase(name, "Connection");
}

}  // namespace

struct StandIns::Script {
    std::string name, file, source;
    std::uint16_t port = 0;
    Held listener;

    /// Runs the file in a fresh Lua, protected; its table is left on the stack. Fresh each time: state lies in the
    /// world alone.
    void run(lua_State* lua) const {
        const std::string chunk = "@" + file;
        if (luaL_loadbufferx(lua, source.data(), source.size(), chunk.c_str(), "t") != LUA_OK) lua_error(lua);
        lua_call(lua, 0, 1);
        if (!lua_istable(lua, -1)) throw LuaError(file + ": the file must return a table {name, port, handle}");
    }
};

StandIns::StandIns(World& world, Outside& outside, const std::vector<std::filesystem::path>& files,
                   std::map<std::string, std::string> settings)
    : world_(world), outside_(outside), settings_(std::move(settings)) {
    for (const auto& file : files) {
        auto script = std::make_unique<Script>();
        script->file = file.string();
        script->source = readPlainFile(file);
        LuaState state;
        lua_State* const lua = state.get();
        protect(lua, [&] {
            script->run(lua);
            pushMember(lua, 1, "name");
            script->name = textAt(lua, -1);
            pushMember(lua, 1, "port");
            const lua_Integer port = lua_tointeger(lua, -1);
            if (port < 0 || port > 65535) throw LuaError(file.string() + ": port must be from 0 to 65535");
            script->port = static_cast<std::uint16_t>(port);
            pushMember(lua, 1, "handle");
            if (script->name.empty() || !lua_isfunction(lua, -1))
                throw LuaError(file.string() + ": name and handle are missing");
        });
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

/// Runs a script's function (pushed by `choose`) with (argument, world), protected, hands what it returns to `take`,
/// and stores the state it leaves.
void runWith(Run& run, const Json& argument, const std::function<void(lua_State*)>& choose,
             const std::function<void(lua_State*)>& take) {
    LuaState state;
    lua_State* const lua = state.get();
    try {
        protect(lua, [&] {
            lua_pushlightuserdata(lua, &run);
            lua_setfield(lua, LUA_REGISTRYINDEX, "backlot.run");
            choose(lua);
            pushJson(lua, argument);
            pushWorld(lua, stateOf(*run.call, run.script));
            lua_pushvalue(lua, -1);
            lua_setfield(lua, LUA_REGISTRYINDEX, "backlot.world");
            state.refill();  // a large state is not the script's doing
            lua_call(lua, 2, 1);
            take(lua);
            lua_getfield(lua, LUA_REGISTRYINDEX, "backlot.world");
            pushMember(lua, -1, "state");
            if (!lua_istable(lua, -1)) throw LuaError("world.state must stay a table");
            run.call->put(stateKey(run.script), writeJson(jsonAt(lua, -1)));
        });
    } catch (const LuaError& error) {  // the script's author sees it in the answer
        log::warning("stand-in " + run.script + ": " + error.what());
        throw AwsError("StandInError", error.what(), 500);
    }
}

/// An answer that HTTP could not carry is the script's mistake: 502, and what is wrong with it.
AwsError badAnswer(const std::string& script, const std::string& problem) {
    log::warning("stand-in " + script + ": " + problem);
    return AwsError("BadAnswer", script + ": " + problem, 502);
}

/// What handle() returned, checked. A 1xx is no answer: the client would wait for another.
Json answerAt(lua_State* lua, const std::string& script) try {
    if (!lua_istable(lua, -1)) throw LuaError("handle() must return a table {status, headers, body}");
    const int table = lua_absindex(lua, -1);
    pushMember(lua, table, "status");
    int whole = 0;
    const lua_Integer status = lua_isnil(lua, -1) ? 200 : lua_tointegerx(lua, -1, &whole);
    if ((!lua_isnil(lua, -1) && !whole) || status < 200 || status > 599)
        throw LuaError("status must be a whole number from 200 to 599");
    pushMember(lua, table, "headers");
    Json headers = lua_istable(lua, -1) ? jsonAt(lua, -1) : object();
    Json sent = object();
    if (headers.IsObject())
        for (const auto& header : headers.GetObject()) set(sent, headerName(header.name), headerValue(header));
    pushMember(lua, table, "body");
    if (!lua_isnil(lua, -1) && !lua_isstring(lua, -1))
        throw LuaError(std::string("body must be text, not a ") + luaL_typename(lua, -1));
    return object({{"status", static_cast<int>(status)}, {"headers", std::move(sent)}, {"body", textAt(lua, -1)}});
} catch (const LuaError& error) {
    throw badAnswer(script, error.what());
}

}  // namespace

Json StandIns::handle(Call& call, const Fields& request) {
    const Script& script = scriptOf(request.text("name"));
    call.about(script.name + " " + textOr(request.value("request"), "method") + " " +
               textOr(request.value("request"), "path"));
    Run run{&call, &outside_, &settings_, script.name};
    Json answer;
    runWith(
        run, request.value("request"),
        [&](lua_State* lua) {
            script.run(lua);
            pushMember(lua, -1, "handle");
        },
        [&](lua_State* lua) { answer = answerAt(lua, script.name); });
    return answer;
}

Json StandIns::later(Call& call, const Fields& request) {
    const Script& script = scriptOf(request.text("name"));
    Run run{&call, &outside_, &settings_, script.name};
    const Json* argument = request.find("argument");
    static const Json nothing;
    runWith(
        run, argument ? *argument : nothing,
        [&](lua_State* lua) {
            script.run(lua);
            lua_pushglobaltable(lua);
            pushMember(lua, -1, request.text("function").c_str());
            if (!lua_isfunction(lua, -1))
                throw LuaError(script.file + ": there is no global function " + request.text("function"));
        },
        [](lua_State*) {});
    return object();
}

Service StandIns::service() {
    return {
        .name = "standin",
        .operations = {{"Handle", [this](Call& call, const Fields& request) -> Reply { return handle(call, request); },
                        internal | dataEvent},
                       {"Later", [this](Call& call, const Fields& request) -> Reply { return later(call, request); },
                        internal | dataEvent}}};
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
                                       return respond({.status = error->httpStatus() == 502 ? 502 : 500,
                                                       .headers = {{"Content-Type", "text/plain"}},
                                                       .body = error->message()});
                                   const Json& answer = std::get<Json>(outcome);
                                   Response response{.status = static_cast<int>(intOr(answer, "status", 200)),
                                                     .body = textOr(answer, "body")};
                                   for (const auto& header : find(answer, "headers")->GetObject())
                                       if (!isFraming(view(header.name)))
                                           response.headers.add(view(header.name), view(header.value));
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
