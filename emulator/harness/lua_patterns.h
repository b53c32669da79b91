#pragma once
// string.find, match, gmatch and gsub, as Lua has them, with every step of the matching counted: Lua's own would go on
// for hours with a pattern such as ("a-"):rep(30) .. "b", where no hook can stop them.
// Source: Lua 5.4 Reference Manual, 6.4.1 Patterns.

#include <lua5.4/lua.hpp>

namespace backlot::harness {

/// Sets the four functions in the table on the stack.
void setPatternFunctions(lua_State* lua);

}  // namespace backlot::harness
