#pragma once
// Operations that work on what their service keeps outside of its rows.

#include <functional>
#include <type_traits>

#include "emulator/world/operation.h"

namespace backlot::kit {

/// Calls an operation that takes *kept before the call or behind the request, or kept itself there, to hold it on.
template <typename Function, typename Pointer>
Reply callWith(const Pointer& kept, Function operation, Call& call, const Fields& request) {
    if constexpr (std::is_invocable_v<Function, decltype(*kept), Call&, const Fields&>)
        return std::invoke(operation, *kept, call, request);
    else if constexpr (std::is_invocable_v<Function, Call&, const Fields&, decltype(*kept)>)
        return std::invoke(operation, call, request, *kept);
    else
        return std::invoke(operation, call, request, kept);
}

/// Gives operations what a service keeps: `const auto with = bind(sqs);` makes of each operation a line of the table,
/// {"SendMessage", with(sendMessage)}. `kept` is a shared_ptr, or a pointer to what outlives the world; a member
/// function of it is an operation, too. They answer Json or Reply.
template <typename Pointer>
auto bind(Pointer kept) {
    return [kept](auto operation) -> OperationFunction {
        return [kept, operation](Call& call, const Fields& request) -> Reply {
            return callWith(kept, operation, call, request);
        };
    };
}

}  // namespace backlot::kit
