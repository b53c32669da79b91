#pragma once
// JSONata 2.0.6 as the States Language has it: `{% … %}` without the marks.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "emulator/base/json.h"
#include "emulator/base/time.h"

namespace backlot::asl {

namespace jsonata {
struct Program;
}

/// Why an expression could not be compiled or evaluated. `code` is JSONata's ("S0201", "T2001", "D3030") and `message`
/// its text with the values filled in; AWS joins both: "T1006: Attempted to invoke a non-function".
struct JsonataError {
    std::string code, message;
    int position = -1;  ///< bytes from the start of the expression; -1 where there is no place to name
    bool unsupportedResult =
        false;                 ///< the expression gave a function (or something holding one): AWS has a text of its own
    bool outOfBudget = false;  ///< too many steps, too deep, or too much memory
    /// "T1006: Attempted to invoke a non-function"
    std::string text() const { return code.empty() ? message : code + ": " + message; }
};

/// What an expression cannot know by itself. Each function is called once for each $random() or $uuid(); one that is
/// left empty makes the function an error. `now` is constant during an evaluation.
struct JsonataHost {
    std::function<double()> random;     ///< [0, 1)
    std::function<std::string()> uuid;  ///< version 4, lower case
    Time now{};
};

/// `$name` inside the expression is `*value`, which must outlive the call.
struct JsonataBinding {
    std::string_view name;  ///< without the `$`
    const Json* value = nullptr;
};

/// A variable as the expression reads it: `$states.input.items[0].id` is {"states", {"input", "items"}}.
/// Names bound inside the expression (`:=`, parameters, `@`, `#`) and built-in functions are not listed.
struct JsonataReference {
    std::string name;               ///< without the `$`
    std::vector<std::string> path;  ///< the plain field names that follow it
    int position = 0;               ///< of the `$`, in bytes
};

/// A compiled expression: immutable, cheap to copy, safe to evaluate in several threads at once.
class Jsonata {
public:
    /// Source: docs.jsonata.org; AWS, "Transforming data with JSONata in Step Functions".
    /// Differs: nesting deeper than 500 levels is refused.
    static std::variant<Jsonata, JsonataError> compile(std::string_view text);

    using Result = std::variant<std::optional<Json>, JsonataError>;
    /// Nothing in the optional is JSONata's `undefined`. `input` is what `$` means (null pointer: undefined; AWS has
    /// none). A step is one visited node of the expression or one item handled by a function; at `stepBudget` steps, at
    /// too deep a recursion (limit fixed inside; it keeps within about 4 MiB of stack) or at 256 MiB of memory the
    /// evaluation ends with an error.
    Result evaluate(std::span<const JsonataBinding> bindings, const Json* input, const JsonataHost& host,
                    std::int64_t stepBudget = kDefaultStepBudget) const;
    static constexpr std::int64_t kDefaultStepBudget = 10'000'000;

    const std::string& text() const;
    /// In the order of the text, repeated as often as they stand there.
    const std::vector<JsonataReference>& references() const;
    /// Where `$` or `$$` or a bare field name stands at the top level, that is, outside of any path step, predicate or
    /// function body: AWS gives an expression no input, so it is refused. Bytes from the start.
    std::optional<int> contextUse() const;
    /// Where `$eval` stands, which AWS refuses.
    std::optional<int> evalUse() const;

private:
    explicit Jsonata(std::shared_ptr<const jsonata::Program> program) : program_(std::move(program)) {}
    std::shared_ptr<const jsonata::Program> program_;
};

}  // namespace backlot::asl
