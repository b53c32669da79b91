#pragma once
// One evaluation of a program.

#include <deque>
#include <span>
#include <vector>

#include "asl/query/jsonata/functions.h"
#include "asl/query/jsonata/program.h"
#include "asl/query/jsonata/regex.h"
#include "asl/query/jsonata/signature.h"
#include "asl/query/jsonata/value.h"

namespace backlot::asl::jsonata {

struct Binding {
    NameId name;
    Value value;
};

/// A lexical scope. Lives in the arena, so closures may hold it for as long as the evaluation lasts.
struct Frame {
    Frame* parent;
    Binding* bindings = nullptr;
    std::uint32_t count = 0, capacity = 0;
};

/// A row of a path with `@`, `#` or `%`: the item it stands at and what was bound on the way.
struct Tuple {
    Value at;
    Binding* bindings = nullptr;
    std::uint32_t count = 0;
};

struct Function {
    enum class Kind : std::uint8_t {
        builtin,
        lambda,     // node, frame, context
        partial,    // a built-in function with some arguments given
        regex,      // node
        nextMatch,  // node (the regex), subject, from
        composed,   // inner, outer
        transform,  // node, frame
        thunk,      // a tail call to be made by whoever called the function: node, frame, context
    } kind;
    int arity = 0;
    const Builtin* builtin = nullptr;
    const Node* node = nullptr;
    Frame* frame = nullptr;
    Value context;
    std::span<const NameId> parameters;    // lambda
    const Signature* signature = nullptr;  // lambda
    std::span<Value> bound;                // partial; a hole is Type::undefined and listed in `holes`
    std::span<const std::uint32_t> holes;
    Value inner, outer;
    Value subject;
    std::size_t from = 0;
};

class Evaluator {
public:
    Evaluator(const Program& program, std::span<const JsonataBinding> bindings, const JsonataHost& host,
              std::int64_t stepBudget);

    Value run(const Json* input);

    /// Calls a function value. `context` is what parameters may take from the context. Throws Failure (T1006).
    Value apply(const Value& function, std::span<Value> arguments, const Value& context);
    /// As higher-order functions call theirs: as many of the arguments as it has parameters for.
    Value applyTrimmed(const Value& function, std::span<Value> arguments);
    int arityOf(const Value& function) const;

    /// Keeps parsed text for as long as values borrow from it.
    const Json& keep(Json json) { return kept_.emplace_back(std::move(json)); }

    Arena arena;
    Budget budget;
    const JsonataHost& host;

    /// `[]` of the two together: what + would be for arrays.
    Value append(const Value& left, const Value& right);
    /// The member of an object, or of every object in an array.
    Value lookup(const Value& input, std::string_view key);
    Array* sequence() { return Array::makeSequence(arena); }
    Array* array() { return arena.make<Array>(arena); }
    Object* object() { return arena.make<Object>(arena); }
    /// JavaScript's String() of a value as & and $string() have it; undefined is "".
    std::string_view textOf(const Value& value);

    /// A match as an object: match, start, end, groups, and next, the function that finds the following one. `start` is
    /// the position in UTF-16 units.
    Value matchObject(const Node& regex, std::string_view subject, const Regex::Match& match, std::size_t start);

private:
    // evaluator.cpp: expressions
    Value evaluate(const Node& node, const Value& input, Frame* frame);
    Value evaluateKind(const Node& node, const Value& input, Frame* frame);
    Value binary(const Node& node, const Value& input, Frame* frame);
    Value arithmetic(const Node& node, const Value& left, const Value& right);
    Value comparison(const Node& node, const Value& left, const Value& right);
    Value range(const Node& node, const Value& left, const Value& right);
    Value arrayConstructor(const Node& node, const Value& input, Frame* frame);
    Value lookupVariable(const Node& node, Frame* frame);
    Value wildcard(const Value& input);
    void descend(const Value& input, Array& found);
    void flatten(const Value& value, Array& into);
    Value singleOrSelf(const Value& value, bool keepArray);

    // paths.cpp
    Value path(const Node& node, const Value& input, Frame* frame);
    Value step(const Node& node, std::span<const Value> inputs, Frame* frame, bool last);
    Value constructedStep(const Node& node, const Value& input, Frame* frame, bool last);
    Array* tupleStep(const Node& node, std::span<const Value> inputs, Array* rows, Frame* frame);
    Value stages(const Node& node, Value result, Frame* frame);
    Value filter(const Node& predicate, const Value& input, Frame* frame);
    Value group(const Group& group, const Value& input, Frame* frame);
    Array* sort(const Node& node, std::span<const Value> inputs, bool tuples, Frame* frame);

    // calls.cpp
    Value call(const Node& node, const Value& input, Frame* frame, const Value* first);
    Value partial(const Node& node, const Value& input, Frame* frame);
    Value chain(const Node& node, const Value& input, Frame* frame);
    Value applyOnce(const Value& function, std::span<Value> arguments, const Value& context);
    Value callLambda(const Function& function, std::span<Value> arguments);
    Value callBuiltin(const Builtin& builtin, std::span<Value> arguments);
    Value firstMatch(const Node& regex, std::string_view subject, std::size_t from, bool first);
    Value transform(const Function& function, const Value& argument);
    Value lambda(const Node& node, const Value& input, Frame* frame);
    Value makeFunction(Function::Kind kind, const Node& node, int arity);
    std::string_view nameOf(const Node& procedure) const;
    bool isDefined(const Node& procedure, Frame* frame);

    Frame* frameOf(Frame* parent, const Tuple& tuple);
    void bind(Frame& frame, NameId name, const Value& value);
    Tuple* extended(const Tuple& tuple, std::uint32_t room);

    const Program& program_;
    std::deque<Json> kept_;
    std::vector<Value> globals_;  // by NameId: what the caller bound
    Value root_;
    Frame top_{nullptr};
    std::vector<Value> builtins_;  // function values made so far, by NameId
};

}  // namespace backlot::asl::jsonata
