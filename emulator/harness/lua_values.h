#pragma once
// Between Lua's values and JSON.

#include "emulator/base/json.h"
#include "emulator/harness/lua_sandbox.h"

namespace backlot::harness {

// Both may raise Lua errors: call them protected. Metamethods are never asked.

void pushJson(lua_State* lua, const Json& value);
/// A table whose keys are 1…n is an array, any other (an empty one too) an object. Throws LuaError on functions, on
/// cycles and on what would be too large when it is written out.
Json jsonAt(lua_State* lua, int index);

}  // namespace backlot::harness
