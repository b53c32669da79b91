#pragma once
// The functions that every expression has, one line of a table each.

#include <span>
#include <string_view>

#include "asl/query/jsonata/value.h"

namespace backlot::asl::jsonata {

class Evaluator;
class Signature;

/// A call of a built-in function. Arguments fit its signature, unless the function was applied in part: so each is
/// asked for by the type that is needed, and one of another type is the error T0410.
class BuiltinCall {
public:
    BuiltinCall(Evaluator& evaluator, std::span<Value> arguments) : evaluator(evaluator), arguments_(arguments) {}
    Evaluator& evaluator;

    std::size_t count() const { return arguments_.size(); }
    /// Undefined where it was not given.
    Value argument(std::size_t index) const { return index < arguments_.size() ? arguments_[index] : Value(); }
    bool has(std::size_t index) const { return !argument(index).isUndefined(); }
    std::string_view text(std::size_t index) const;
    double number(std::size_t index) const;
    Array& array(std::size_t index) const;
    Object& object(std::size_t index) const;
    Value function(std::size_t index) const;

    Arena& arena() const;
    Budget& budget() const;
    /// Text made here, moved to where it lasts as long as the evaluation.
    Value made(std::string_view text) const { return arena().keep(text); }
    [[noreturn]] void refuse(std::size_t index) const;

private:
    std::span<Value> arguments_;
};

struct Builtin {
    std::string_view name, signature;
    int arity;  ///< how many arguments a higher-order function passes at most
    Value (*implementation)(const BuiltinCall&);
};

/// Null where there is none.
const Builtin* findBuiltin(std::string_view name);
const Signature& signatureOf(const Builtin& builtin);

}  // namespace backlot::asl::jsonata
