#include "emulator/harness/lua_sandbox.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <utility>

#include "emulator/harness/lua_patterns.h"

namespace backlot::harness {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

constexpr int kHookPeriod = 256;  // instructions; one may compare 32 MiB
constexpr std::int64_t kBytesAStep = 16;
constexpr std::int64_t kRefusedAllocation = 2'000'000;  // steps: each made Lua collect all its garbage
constexpr lua_Integer kLongestList = 4'000'000;

const char* const kOver = "the script takes too many steps or too long";

/// Functions that reach outside, or make a metatable's __gc run: finalizers run where no hook reaches.
constexpr const char* kRemoved[] = {"dofile", "loadfile", "load", "require", "collectgarbage", "print", "warn"};

int setMetatable(lua_State* lua) {
    luaL_checktype(lua, 1, LUA_TTABLE);
    if (!lua_isnil(lua, 2)) luaL_checktype(lua, 2, LUA_TTABLE);
    if (luaL_getmetafield(lua, 1, "__metatable") != LUA_TNIL)
        return luaL_error(lua, "cannot change a protected metatable");
    pushMember(lua, 2, "__gc");
    if (!lua_isnil(lua, -1)) return luaL_error(lua, "__gc is not there for scripts");
    lua_settop(lua, 2);
    lua_setmetatable(lua, 1);
    return 1;
}

/// Lua calls a message handler from within the hook that ended a script, where no hook reaches: here it is called
/// afterwards.
int callWithHandler(lua_State* lua) {
    const int arguments = lua_gettop(lua) - 2;
    luaL_checktype(lua, 2, LUA_TFUNCTION);
    lua_pushvalue(lua, 1);  // function, handler, arguments, function
    lua_insert(lua, 3);
    if (lua_pcall(lua, arguments, LUA_MULTRET, 0) == LUA_OK) {
        lua_pushboolean(lua, 1);
        lua_replace(lua, 2);
        return lua_gettop(lua) - 1;
    }
    lua_pushvalue(lua, 2);  // function, handler, error, handler
    lua_insert(lua, 3);
    lua_pcall(lua, 1, 1, 0);  // an error in the handler is the result then
    lua_pushboolean(lua, 0);
    lua_insert(lua, -2);
    return 2;
}

int repeat(lua_State* lua) {
    std::size_t size = 0, between = 0;
    const char* text = luaL_checklstring(lua, 1, &size);
    const lua_Integer times = luaL_checkinteger(lua, 2);
    const char* separator = luaL_optlstring(lua, 3, "", &between);
    if (times <= 0 || size + between == 0) return lua_pushliteral(lua, ""), 1;
    const std::size_t longest = LuaLimits().blockBytes;
    if (size + between > longest || static_cast<std::size_t>(times) > longest / (size + between))
        return luaL_error(lua, "resulting string too large");
    charge(lua, times);
    std::string result(text, size);
    result.reserve(static_cast<std::size_t>(times) * (size + between));
    const std::string unit = std::string(separator, between) + result;
    if (unit.size() == 1) {
        result.resize(size + static_cast<std::size_t>(times) - 1, unit[0]);
    } else {
        for (lua_Integer i = 1; i < times; ++i) result += unit;
    }
    lua_pushlstring(lua, result.data(), result.size());
    return 1;
}

/// A list that a built-in function may walk: no metamethods, and no length that is out of all proportion to its memory.
lua_Integer requirePlain(lua_State* lua, int index) {
    luaL_checktype(lua, index, LUA_TTABLE);
    if (lua_getmetatable(lua, index)) {
        for (const char* name : {"__index", "__newindex", "__len"}) {
            pushMember(lua, -1, name);
            if (!lua_isnil(lua, -1)) luaL_error(lua, "a list with the metamethod %s cannot be used here", name);
            lua_pop(lua, 1);
        }
        lua_pop(lua, 1);
    }
    const auto length = static_cast<lua_Integer>(lua_rawlen(lua, index));
    if (length < 0 || length > kLongestList) luaL_error(lua, "the list is too long");
    return length;
}

int callOriginal(lua_State* lua) {
    const int arguments = lua_gettop(lua);
    lua_pushvalue(lua, lua_upvalueindex(1));
    lua_insert(lua, 1);
    lua_call(lua, arguments, LUA_MULTRET);
    return lua_gettop(lua);
}

int overList(lua_State* lua) {
    charge(lua, requirePlain(lua, 1));
    return callOriginal(lua);
}

int sorted(lua_State* lua) {
    const auto length = requirePlain(lua, 1);
    charge(lua, length * static_cast<std::int64_t>(std::bit_width(static_cast<std::uint64_t>(length))));
    return callOriginal(lua);
}

int moved(lua_State* lua) {
    requirePlain(lua, 1);
    if (!lua_isnoneornil(lua, 5)) requirePlain(lua, 5);
    const lua_Integer from = luaL_checkinteger(lua, 2), to = luaL_checkinteger(lua, 3);
    if (to >= from) {
        if (from <= 0 && to >= from + kLongestList) luaL_error(lua, "the list is too long");
        if (from > 0 && to - from > kLongestList) luaL_error(lua, "the list is too long");
        charge(lua, to - from);
    }
    return callOriginal(lua);
}

/// Puts `function` in the place of a member of the table on the stack; the member becomes its upvalue.
void replace(lua_State* lua, const char* name, lua_CFunction function) {
    lua_getfield(lua, -1, name);
    lua_pushcclosure(lua, function, 1);
    lua_setfield(lua, -2, name);
}

void remove(lua_State* lua, const char* name) {
    lua_pushnil(lua);
    lua_setfield(lua, -2, name);
}

void openLibraries(lua_State* lua) {
    static constexpr luaL_Reg kLibraries[] = {{"_G", luaopen_base},
                                              {"string", luaopen_string},
                                              {"table", luaopen_table},
                                              {"math", luaopen_math},
                                              {"utf8", luaopen_utf8}};
    for (const auto& library : kLibraries) {
        luaL_requiref(lua, library.name, library.func, 1);
        lua_pop(lua, 1);
    }
    lua_pushglobaltable(lua);
    for (const char* name : kRemoved) remove(lua, name);
    lua_pushcfunction(lua, setMetatable);
    lua_setfield(lua, -2, "setmetatable");
    lua_pushcfunction(lua, callWithHandler);
    lua_setfield(lua, -2, "xpcall");
    lua_getfield(lua, -1, "math");
    for (const char* name : {"random", "randomseed"}) remove(lua, name);  // chance comes from the world
    lua_pop(lua, 1);
    lua_getfield(lua, -1, "table");
    for (const char* name : {"concat", "insert", "remove", "unpack"}) replace(lua, name, overList);
    replace(lua, "sort", sorted);
    replace(lua, "move", moved);
    lua_pop(lua, 1);
    lua_getfield(lua, -1, "string");
    remove(lua, "dump");
    lua_pushcfunction(lua, repeat);
    lua_setfield(lua, -2, "rep");
    setPatternFunctions(lua);
    lua_pop(lua, 2);
}

struct Protected {
    const std::function<void()>& body;
    std::exception_ptr thrown;
};

int runProtected(lua_State* lua) {
    auto& run = *static_cast<Protected*>(lua_touserdata(lua, 1));
    lua_settop(lua, 0);
    try {
        run.body();
    } catch (const std::exception&) {
        run.thrown = std::current_exception();
    }
    return 0;
}

/// Of what was thrown, with no call that may throw: nothing protects here.
std::string errorText(lua_State* lua, int index) {
    if (lua_type(lua, index) != LUA_TSTRING)
        return std::string("a ") + lua_typename(lua, lua_type(lua, index)) + " was thrown";
    std::size_t size = 0;
    const char* data = lua_tolstring(lua, index, &size);
    return {data, size};
}

}  // namespace

struct LuaState::Budget {
    LuaLimits limits;
    lua_State* lua = nullptr;
    std::int64_t steps = 0;
    std::size_t used = 0;
    SteadyTime until;
    bool over = false;

    /// From now on every instruction is an error: whatever catches one meets the next.
    void spend(std::int64_t amount) {
        if ((steps -= amount) > 0 || over || !lua) return;
        over = true;
        lua_sethook(lua, hook, LUA_MASKCOUNT, 1);
    }
    void look() {
        if (std::chrono::steady_clock::now() > until) spend(steps);
    }
};

LuaState::Budget& LuaState::budgetOf(lua_State* lua) {
    void* budget = nullptr;
    lua_getallocf(lua, &budget);
    return *static_cast<Budget*>(budget);
}

void* LuaState::allocate(void* state, void* block, std::size_t before, std::size_t wanted) {
    auto& budget = *static_cast<Budget*>(state);
    if (!block) before = 0;  // then it is the kind of the object
    if (wanted == 0) {
        budget.used -= before;
        std::free(block);
        return nullptr;
    }
    if (wanted > before) {
        const bool fits =
            wanted <= budget.limits.blockBytes && budget.used - before + wanted <= budget.limits.memoryBytes;
        budget.spend(fits ? static_cast<std::int64_t>(wanted) / kBytesAStep : kRefusedAllocation);
        if (!fits) return nullptr;
    }
    void* const grown = std::realloc(block, wanted);
    if (grown) budget.used += wanted - before;
    return grown;
}

void LuaState::hook(lua_State* lua, lua_Debug*) {
    Budget& budget = budgetOf(lua);
    budget.spend(kHookPeriod);
    budget.look();
    if (budget.over) luaL_error(lua, kOver);
}

LuaState::LuaState(const LuaLimits& limits) : budget_(std::make_unique<Budget>()) {
    budget_->limits = limits;
    lua_ = lua_newstate(allocate, budget_.get());
    if (!lua_) throw std::bad_alloc();
    budget_->lua = lua_;
    refill();
    try {
        protect(lua_, [this] { openLibraries(lua_); });
    } catch (...) {
        lua_close(lua_);
        throw;
    }
    refill();
}

LuaState::LuaState(LuaState&& other) noexcept
    : budget_(std::move(other.budget_)), lua_(std::exchange(other.lua_, nullptr)) {}

LuaState::~LuaState() {
    if (lua_) lua_close(lua_);
}

void LuaState::refill() {
    budget_->steps = budget_->limits.steps;
    budget_->until = std::chrono::steady_clock::now() + budget_->limits.time;
    budget_->over = false;
    lua_sethook(lua_, hook, LUA_MASKCOUNT, kHookPeriod);
}

void protect(lua_State* lua, const std::function<void()>& body) {
    Protected run{body, {}};
    lua_pushcfunction(lua, runProtected);
    lua_pushlightuserdata(lua, &run);
    const int status = lua_pcall(lua, 1, 0, 0);
    if (run.thrown) std::rethrow_exception(run.thrown);
    if (status == LUA_OK) return;
    const std::string message = errorText(lua, -1);
    lua_pop(lua, 1);
    throw LuaError(message);
}

void charge(lua_State* lua, std::int64_t steps) {
    auto& budget = LuaState::budgetOf(lua);
    budget.spend(steps);
    budget.look();
    if (budget.over) luaL_error(lua, kOver);
}

void pushMember(lua_State* lua, int index, const char* name) {
    if (!lua_istable(lua, index)) return lua_pushnil(lua);
    index = lua_absindex(lua, index);
    lua_pushstring(lua, name);
    lua_rawget(lua, index);
}

std::string textAt(lua_State* lua, int index) {
    switch (lua_type(lua, index)) {
        case LUA_TSTRING: {
            std::size_t size = 0;
            const char* data = lua_tolstring(lua, index, &size);
            return {data, size};
        }
        case LUA_TNUMBER: {  // converted beside the stack: lua_tolstring would change a table's key in place
            lua_pushvalue(lua, index);
            std::size_t size = 0;
            const char* data = lua_tolstring(lua, -1, &size);
            std::string text(data, size);
            lua_pop(lua, 1);
            return text;
        }
        default: return {};
    }
}

}  // namespace backlot::harness
