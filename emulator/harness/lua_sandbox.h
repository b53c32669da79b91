#pragma once
// A Lua for other people's scripts: without files, processes or the loading of code, and with an end to time and memory
// that a script cannot get past, whatever it catches. Where it is used nothing runs unprotected: see protect().
//
// This is Lua built as C++ (liblua5.4-c++): its errors are exceptions that no std::exception is, so that destructors of
// C++ frames between Lua's run. Never catch (...) between them.

#include <lua5.4/lua.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace backlot::harness {

/// A Lua error, with its text.
struct LuaError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// What one run may use up. Steps are instructions, and whatever a built-in function does in their place.
struct LuaLimits {
    std::int64_t steps = 50'000'000;
    std::chrono::milliseconds time{2000};  // of the wall clock: what steps do not count well enough
    std::size_t memoryBytes = 256u << 20;  // of the whole state
    std::size_t blockBytes = 32u << 20;    // of the longest string or table
};

class LuaState {
public:
    explicit LuaState(const LuaLimits& limits = {});
    ~LuaState();
    LuaState(LuaState&&) noexcept;
    lua_State* get() const { return lua_; }
    /// The limits of steps and time begin anew.
    void refill();

private:
    struct Budget;
    friend void charge(lua_State* lua, std::int64_t steps);
    static Budget& budgetOf(lua_State* lua);
    static void* allocate(void* budget, void* block, std::size_t before, std::size_t wanted);
    static void hook(lua_State* lua, lua_Debug*);

    std::unique_ptr<Budget> budget_;
    lua_State* lua_ = nullptr;
};

/// Runs `body` on the state: whatever Lua error ends it is thrown as LuaError, a C++ exception as itself. Values that
/// body leaves on the stack are gone afterwards.
void protect(lua_State* lua, const std::function<void()>& body);

/// Counts work that a built-in function does; a Lua error where the script has used up its limits. Only when protected.
void charge(lua_State* lua, std::int64_t steps);

/// A table's own member, pushed: metamethods are not asked. nil where the value at `index` is no table.
void pushMember(lua_State* lua, int index, const char* name);

/// The text of a string or number; empty for anything else.
std::string textAt(lua_State* lua, int index);

}  // namespace backlot::harness
