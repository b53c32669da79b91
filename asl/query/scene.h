#pragma once
// What an expression can see while it is evaluated.

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "asl/payload.h"
#include "emulator/base/json.h"
#include "emulator/base/time.h"

namespace backlot::asl {

class Dice;

using Variables = std::map<std::string, Payload, std::less<>>;

/// The surroundings of a field: `$`, `$$`, variables, and what JSONata finds in `$states`.
/// Lives on the stack of one evaluation; `context` is asked for once, and only by a field that reads it.
class Scene {
public:
    virtual ~Scene() = default;

    Payload input;                       ///< `$` of JSONPath, `$states.input`
    std::optional<Payload> result;       ///< `$states.result`
    std::optional<Payload> errorOutput;  ///< `$states.errorOutput`
    Time now{};
    Dice* dice = nullptr;

    /// The variable as the innermost scope has it; null where there is none.
    virtual const Payload* variable(std::string_view name) const = 0;
    /// `$$`. Whoever does not look at `$$.Execution.Input`, which may be large, can do without a copy of it.
    virtual const Json& context(bool withExecutionInput = true) const = 0;
};

/// [0, 1)
double randomNumber(Dice& dice);
/// A version 4 UUID in lower case.
std::string randomUuid(Dice& dice);

}  // namespace backlot::asl
