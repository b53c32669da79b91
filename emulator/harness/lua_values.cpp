#include "emulator/harness/lua_values.h"

#include <algorithm>
#include <cmath>

namespace backlot::harness {
namespace {

constexpr int kDepthLimit = 60;
constexpr std::size_t kSizeLimit = 64u << 20;  // bytes: a table that holds another many times is written many times
constexpr std::size_t kValueSize = 16;

/// One conversion: what it has come to so far.
class Reader {
public:
    explicit Reader(lua_State* lua) : lua_(lua) {}

    Json value(int index, int depth) {
        if (depth > kDepthLimit) throw LuaError("a table is nested too deeply, or holds itself");
        count(kValueSize);
        switch (lua_type(lua_, index)) {
            case LUA_TNONE:  // an argument that was left out
            case LUA_TNIL: return Json();
            case LUA_TBOOLEAN: return Json(lua_toboolean(lua_, index) != 0);
            case LUA_TNUMBER:
                if (lua_isinteger(lua_, index)) return Json(static_cast<std::int64_t>(lua_tointeger(lua_, index)));
                if (!std::isfinite(lua_tonumber(lua_, index)))
                    throw LuaError("a number that is not finite cannot be JSON");
                return Json(lua_tonumber(lua_, index));
            case LUA_TSTRING: {
                std::size_t size = 0;
                const char* data = lua_tolstring(lua_, index, &size);
                count(size);
                return str({data, size});
            }
            case LUA_TTABLE: return table(lua_absindex(lua_, index), depth);
            default: throw LuaError(std::string("a ") + luaL_typename(lua_, index) + " cannot be kept");
        }
    }

private:
    void count(std::size_t bytes) {
        size_ += bytes;
        if ((++values_ & 1023) == 0) charge(lua_, 1024);
        if (size_ > kSizeLimit) throw LuaError("a table is too large to be kept or sent");
    }

    Json table(int index, int depth) {
        luaL_checkstack(lua_, 4, "nesting");
        const auto length = static_cast<lua_Integer>(lua_rawlen(lua_, index));
        lua_Integer members = 0;
        for (lua_pushnil(lua_); lua_next(lua_, index); lua_pop(lua_, 1)) ++members;
        if (length > 0 && members == length) {
            Json result(rapidjson::kArrayType);
            for (lua_Integer i = 1; i <= length; ++i) {
                lua_rawgeti(lua_, index, i);
                push(result, value(-1, depth + 1));
                lua_pop(lua_, 1);
            }
            return result;
        }
        std::vector<std::pair<std::string, Json>> sorted;  // Lua's order differs from run to run
        for (lua_pushnil(lua_); lua_next(lua_, index); lua_pop(lua_, 1)) {
            if (lua_type(lua_, -2) != LUA_TSTRING && lua_type(lua_, -2) != LUA_TNUMBER)
                throw LuaError(std::string("a ") + luaL_typename(lua_, -2) + " cannot be a key");
            sorted.emplace_back(textAt(lua_, -2), Json());
            count(sorted.back().first.size());
            sorted.back().second = value(-1, depth + 1);
        }
        std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
        Json result(rapidjson::kObjectType);
        rapidjson::CrtAllocator allocator;
        for (auto& [name, value] : sorted) result.AddMember(str(name), value, allocator);
        return result;
    }

    lua_State* lua_;
    std::size_t size_ = 0, values_ = 0;
};

}  // namespace

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

Json jsonAt(lua_State* lua, int index) { return Reader(lua).value(index, 0); }

}  // namespace backlot::harness
