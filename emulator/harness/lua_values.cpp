#include "emulator/harness/lua_values.h"

#include <algorithm>
#include <cmath>

namespace backlot::harness {
namespace {

constexpr int kDepthLimit = 60;

void tooManySteps(lua_State* lua, lua_Debug*) { luaL_error(lua, "the script takes too many steps"); }

Json tableAt(lua_State* lua, int index, int depth);

Json valueAt(lua_State* lua, int index, int depth) {
    if (depth > kDepthLimit) throw LuaError("a table is nested too deeply, or holds itself");
    switch (lua_type(lua, index)) {
        case LUA_TNIL: return Json();
        case LUA_TBOOLEAN: return Json(lua_toboolean(lua, index) != 0);
        case LUA_TNUMBER:
            if (lua_isinteger(lua, index)) return Json(static_cast<std::int64_t>(lua_tointeger(lua, index)));
            if (!std::isfinite(lua_tonumber(lua, index))) throw LuaError("a number that is not finite cannot be JSON");
            return Json(lua_tonumber(lua, index));
        case LUA_TSTRING: {
            std::size_t size = 0;
            const char* data = lua_tolstring(lua, index, &size);
            return str({data, size});
        }
        case LUA_TTABLE: return tableAt(lua, lua_absindex(lua, index), depth);
        default: throw LuaError(std::string("a ") + luaL_typename(lua, index) + " cannot be kept");
    }
}

Json tableAt(lua_State* lua, int index, int depth) {
    luaL_checkstack(lua, 4, "nesting");
    const auto length = static_cast<lua_Integer>(lua_rawlen(lua, index));
    lua_Integer members = 0;
    for (lua_pushnil(lua); lua_next(lua, index); lua_pop(lua, 1)) ++members;
    if (length > 0 && members == length) {
        Json result(rapidjson::kArrayType);
        for (lua_Integer i = 1; i <= length; ++i) {
            lua_rawgeti(lua, index, i);
            push(result, valueAt(lua, -1, depth + 1));
            lua_pop(lua, 1);
        }
        return result;
    }
    std::vector<std::pair<std::string, Json>> sorted;   // Lua's order differs from run to run
    for (lua_pushnil(lua); lua_next(lua, index); lua_pop(lua, 1)) {
        lua_pushvalue(lua, -2);   // lua_tolstring would change a number's key in place
        sorted.emplace_back(textAt(lua, -1), Json());
        lua_pop(lua, 1);
        sorted.back().second = valueAt(lua, -1, depth + 1);
    }
    std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    Json result(rapidjson::kObjectType);
    rapidjson::CrtAllocator allocator;
    for (auto& [name, value] : sorted) result.AddMember(str(name), value, allocator);
    return result;
}

}  // namespace

LuaState sandboxedLua(int instructions) {
    LuaState lua(luaL_newstate());
    static constexpr luaL_Reg kLibraries[] = {
        {"_G", luaopen_base}, {"string", luaopen_string}, {"table", luaopen_table}, {"math", luaopen_math}, {"utf8", luaopen_utf8}};
    for (const auto& library : kLibraries) {
        luaL_requiref(lua.get(), library.name, library.func, 1);
        lua_pop(lua.get(), 1);
    }
    for (const char* name : {"dofile", "loadfile", "load", "require", "collectgarbage", "print"}) {
        lua_pushnil(lua.get());
        lua_setglobal(lua.get(), name);
    }
    lua_getglobal(lua.get(), "math");   // chance comes from the world
    for (const char* name : {"random", "randomseed"}) {
        lua_pushnil(lua.get());
        lua_setfield(lua.get(), -2, name);
    }
    lua_pop(lua.get(), 1);
    lua_sethook(lua.get(), tooManySteps, LUA_MASKCOUNT, instructions);
    return lua;
}

void pushJson(lua_State* lua, const Json& value) {
    luaL_checkstack(lua, 4, "nesting");
    if (value.IsNull()) {
        lua_pushnil(lua);
    } else if (value.IsBool()) {
        lua_pushboolean(lua, value.GetBool());
    } else if (value.IsInt64()) {
        lua_pushinteger(lua, value.GetInt64());
    } else if (value.IsNumber()) {
        lua_pushnumber(lua, value.GetDouble());
    } else if (value.IsString()) {
        lua_pushlstring(lua, value.GetString(), value.GetStringLength());
    } else if (value.IsArray()) {
        lua_createtable(lua, static_cast<int>(value.Size()), 0);
        lua_Integer i = 0;
        for (const auto& element : value.GetArray()) {
            pushJson(lua, element);
            lua_rawseti(lua, -2, ++i);
        }
    } else {
        lua_createtable(lua, 0, static_cast<int>(value.MemberCount()));
        for (const auto& member : value.GetObject()) {
            lua_pushlstring(lua, member.name.GetString(), member.name.GetStringLength());
            pushJson(lua, member.value);
            lua_rawset(lua, -3);
        }
    }
}

Json jsonAt(lua_State* lua, int index) { return valueAt(lua, index, 0); }

std::string textAt(lua_State* lua, int index) {
    std::size_t size = 0;
    const char* data = lua_tolstring(lua, index, &size);
    return data ? std::string(data, size) : std::string();
}

void callLua(lua_State* lua, int arguments, int results) {
    if (lua_pcall(lua, arguments, results, 0) == LUA_OK) return;
    std::string message = textAt(lua, -1);
    if (message.empty()) message = std::string("a ") + luaL_typename(lua, -1) + " was thrown";
    lua_pop(lua, 1);
    throw LuaError(message);
}

}  // namespace backlot::harness
