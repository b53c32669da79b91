#pragma once
// Between Lua's values and JSON.

#include <lua5.4/lua.hpp>

#include <memory>
#include <string>

#include "emulator/base/json.h"

namespace backlot::harness {

/// A Lua error, with its text.
struct LuaError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct CloseLua {
    void operator()(lua_State* lua) const { lua_close(lua); }
};
using LuaState = std::unique_ptr<lua_State, CloseLua>;

/// A Lua without files, processes, loading of code, or endless loops: after `instructions` it ends with an error.
LuaState sandboxedLua(int instructions = 50'000'000);

void pushJson(lua_State* lua, const Json& value);
/// A table whose keys are 1…n is an array, any other (an empty one too) an object. Functions and cycles are a LuaError.
Json jsonAt(lua_State* lua, int index);
std::string textAt(lua_State* lua, int index);

/// Calls what is on the stack with `arguments` values above it; throws LuaError.
void callLua(lua_State* lua, int arguments, int results);

}  // namespace backlot::harness
