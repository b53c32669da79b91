// Functions as values, and calling them.

#include <algorithm>

#include "asl/query/jsonata/evaluator.h"
#include "asl/query/jsonata/text.h"

namespace backlot::asl::jsonata {

Value Evaluator::makeFunction(Function::Kind kind, const Node& node, int arity) {
    auto* function = arena.make<Function>();
    function->kind = kind;
    function->node = &node;
    function->arity = arity;
    return function;
}

Value Evaluator::lambda(const Node& node, const Value& input, Frame* frame) {
    const Value value = makeFunction(Function::Kind::lambda, node, static_cast<int>(node.parameters.size()));
    auto& function = value.function();
    function.frame = frame;
    function.context = input;
    function.parameters = node.parameters;
    function.signature = node.signature.get();
    return value;
}

int Evaluator::arityOf(const Value& function) const { return function.isFunction() ? function.function().arity : 0; }

/// What messages call the function: the variable's name, or the field's where a `$` was forgotten.
std::string_view Evaluator::nameOf(const Node& procedure) const {
    if (procedure.kind == Kind::path) return procedure.items.front()->text;
    return procedure.text;
}

/// Whether a field name would mean a function if it had its `$`.
bool Evaluator::isDefined(const Node& procedure, Frame* frame) {
    if (procedure.kind != Kind::path) return false;
    const auto& name = procedure.items.front()->text;
    if (findBuiltin(name)) return true;
    const auto known = program_.nameIds.find(name);
    if (known == program_.nameIds.end()) return false;
    if (!globals_[known->second].isUndefined()) return true;
    for (const auto* scope = frame; scope; scope = scope->parent)
        for (std::uint32_t i = 0; i < scope->count; ++i)
            if (scope->bindings[i].name == known->second) return true;
    return false;
}

// Calls ---------------------------------------------------------------------------------------------------------------

Value Evaluator::call(const Node& node, const Value& input, Frame* frame, const Value* first) {
    if (node.tailCall && !first) {  // the caller's apply() makes it
        const Value thunk = makeFunction(Function::Kind::thunk, node, 0);
        thunk.function().frame = frame;
        thunk.function().context = input;
        return thunk;
    }
    const Value function = evaluate(*node.first, input, frame);
    if (function.isUndefined() && isDefined(*node.first, frame))
        throw Failure("T1005", node.position).withText("token", nameOf(*node.first));
    const std::size_t extra = first ? 1 : 0;
    auto* arguments = arena.room<Value>(node.items.size() + extra);
    if (first) new (&arguments[0]) Value(*first);
    for (std::size_t i = 0; i < node.items.size(); ++i)
        new (&arguments[i + extra]) Value(evaluate(*node.items[i], input, frame));
    try {
        return apply(function, {arguments, node.items.size() + extra}, input);
    } catch (Failure& failure) {
        failure.fillPosition(node.position);
        failure.fillToken(nameOf(*node.first));
        throw;
    }
}

Value Evaluator::apply(const Value& function, std::span<Value> arguments, const Value& context) {
    Value result = applyOnce(function, arguments, context);
    while (result.isFunction() && result.function().kind == Function::Kind::thunk) {
        const auto& thunk = result.function();
        const Node& node = *thunk.node;
        const Value next = evaluate(*node.first, thunk.context, thunk.frame);
        if (next.isUndefined() && isDefined(*node.first, thunk.frame))
            throw Failure("T1005", node.position).withText("token", nameOf(*node.first));
        auto* given = arena.room<Value>(node.items.size());
        for (std::size_t i = 0; i < node.items.size(); ++i)
            new (&given[i]) Value(evaluate(*node.items[i], thunk.context, thunk.frame));
        try {
            result = applyOnce(next, {given, node.items.size()}, thunk.context);
        } catch (Failure& failure) {
            failure.fillPosition(node.position);
            failure.fillToken(nameOf(*node.first));
            throw;
        }
    }
    return result;
}

Value Evaluator::applyTrimmed(const Value& function, std::span<Value> arguments) {
    const auto wanted = static_cast<std::size_t>(std::max(1, arityOf(function)));
    return apply(function, arguments.first(std::min(wanted, arguments.size())), Value::null());
}

Value Evaluator::applyOnce(const Value& value, std::span<Value> arguments, const Value& context) {
    if (!value.isFunction()) throw Failure("T1006");
    const auto& function = value.function();
    switch (function.kind) {
        case Function::Kind::builtin: {
            const Value& seen = context.isArray() && context.array().outerWrapper ? context.array().at(0) : context;
            return callBuiltin(*function.builtin, signatureOf(*function.builtin).check(arguments, seen, arena));
        }
        case Function::Kind::lambda:
            if (function.signature) arguments = function.signature->check(arguments, context, arena);
            return callLambda(function, arguments);
        case Function::Kind::partial: {
            auto* all = arena.room<Value>(function.bound.size());
            std::copy(function.bound.begin(), function.bound.end(), all);
            for (std::size_t i = 0; i < function.holes.size(); ++i)
                all[function.holes[i]] = i < arguments.size() ? arguments[i] : Value();
            return callBuiltin(*function.builtin, {all, function.bound.size()});
        }
        case Function::Kind::regex:
            if (arguments.empty() || !arguments[0].isString()) return {};
            return firstMatch(*function.node, arguments[0].text(), 0, true);
        case Function::Kind::nextMatch:
            return firstMatch(*function.node, function.subject.text(), function.from, false);
        case Function::Kind::composed: {
            Value result = apply(function.inner, arguments, Value::null());
            return apply(function.outer, {&result, 1}, Value::null());
        }
        case Function::Kind::transform: {
            static const Signature signature("<(oa):o>");
            const auto checked = signature.check(arguments, context, arena);
            return transform(function, checked.empty() ? Value() : checked.front());
        }
        case Function::Kind::thunk: break;
    }
    return {};
}

Value Evaluator::callLambda(const Function& function, std::span<Value> arguments) {
    budget.step();
    auto* frame = arena.make<Frame>(function.frame);
    frame->capacity = static_cast<std::uint32_t>(function.parameters.size());
    frame->bindings = arena.room<Binding>(frame->capacity);
    for (std::size_t i = 0; i < function.parameters.size(); ++i)
        bind(*frame, function.parameters[i], i < arguments.size() ? arguments[i] : Value());
    return evaluate(*function.node->first, function.context, frame);
}

Value Evaluator::callBuiltin(const Builtin& builtin, std::span<Value> arguments) {
    budget.step();
    return builtin.implementation(BuiltinCall(*this, arguments));
}

// Parts of calls ------------------------------------------------------------------------------------------------------

/// `$f(?, 2)`: a function of the arguments that are still open. Its signature is lost, as in JSONata.
Value Evaluator::partial(const Node& node, const Value& input, Frame* frame) {
    const auto isHole = [](const Node* argument) { return argument->kind == Kind::placeholder; };
    auto* arguments = arena.room<Value>(node.items.size());
    for (std::size_t i = 0; i < node.items.size(); ++i)
        new (&arguments[i]) Value(isHole(node.items[i]) ? Value() : evaluate(*node.items[i], input, frame));
    const Value value = evaluate(*node.first, input, frame);
    if (!value.isFunction())
        throw Failure(value.isUndefined() && isDefined(*node.first, frame) ? "T1007" : "T1008", node.position)
            .withText("token", nameOf(*node.first));
    const auto& function = value.function();
    const auto open = [&](std::size_t parameter) {
        return parameter < node.items.size() && isHole(node.items[parameter]);
    };

    if (function.kind == Function::Kind::lambda) {
        auto* scope = arena.make<Frame>(function.frame);
        auto* left = arena.room<NameId>(function.parameters.size());
        std::size_t count = 0;
        for (std::size_t i = 0; i < function.parameters.size(); ++i) {
            if (open(i))
                left[count++] = function.parameters[i];
            else
                bind(*scope, function.parameters[i], i < node.items.size() ? arguments[i] : Value());
        }
        auto* result = arena.make<Function>(function);
        result->frame = scope;
        result->parameters = {left, count};
        result->arity = static_cast<int>(count);
        result->signature = nullptr;
        return result;
    }
    if (function.kind == Function::Kind::builtin || function.kind == Function::Kind::partial) {
        const bool again = function.kind == Function::Kind::partial;
        const std::size_t size = again ? function.bound.size() : static_cast<std::size_t>(function.arity);
        auto* bound = arena.room<Value>(size);
        auto* holes = arena.room<std::uint32_t>(size);
        for (std::size_t i = 0; i < size; ++i) new (&bound[i]) Value(again ? function.bound[i] : Value());
        std::size_t count = 0;
        const std::size_t slots = again ? function.holes.size() : size;
        for (std::size_t i = 0; i < slots; ++i) {
            const auto at = again ? function.holes[i] : static_cast<std::uint32_t>(i);
            if (open(i))
                holes[count++] = at;
            else
                bound[at] = i < node.items.size() ? arguments[i] : Value();
        }
        auto* result = arena.make<Function>();
        result->kind = Function::Kind::partial;
        result->builtin = function.builtin;
        result->bound = {bound, size};
        result->holes = {holes, count};
        result->arity = static_cast<int>(count);
        return result;
    }
    // A regular expression or a transform has one argument: leaving it open changes nothing.
    return value;
}

/// `~>`: the left side as the first argument of the right side, or two functions one after the other.
Value Evaluator::chain(const Node& node, const Value& input, Frame* frame) {
    const Value left = evaluate(*node.first, input, frame);
    if (node.second->kind == Kind::call) return call(*node.second, input, frame, &left);
    const Value function = evaluate(*node.second, input, frame);
    if (!function.isFunction()) throw Failure("T2006", node.position).with("value", shown(function));
    if (left.isFunction()) {
        auto* both = arena.make<Function>();
        both->kind = Function::Kind::composed;
        both->arity = 1;
        both->inner = left;
        both->outer = function;
        return both;
    }
    Value argument = left;
    try {
        return apply(function, {&argument, 1}, Value::null());
    } catch (Failure& failure) {
        failure.fillPosition(node.position);
        failure.fillToken(nameOf(*node.second));
        throw;
    }
}

// Regular expressions -------------------------------------------------------------------------------------------------

Value Evaluator::firstMatch(const Node& node, std::string_view subject, std::size_t from, bool first) {
    budget.steps(1 + static_cast<std::int64_t>(subject.size()) / 64);
    if (!first && from >= subject.size()) return {};
    const auto found = node.regex->find(subject, from);
    if (!found) return {};
    if (!first && found->start == found->end)  // it would be found for ever
        throw Failure("D1004", node.position).withText("value", node.regex->source());
    return matchObject(node, subject, *found, utf16Length(subject.substr(0, found->start)));
}

Value Evaluator::matchObject(const Node& node, std::string_view subject, const Regex::Match& match, std::size_t start) {
    auto* groups = array();
    for (const auto& group : match.groups) groups->push(group ? Value(*group) : Value());
    const auto text = subject.substr(match.start, match.end - match.start);
    const Value next = makeFunction(Function::Kind::nextMatch, node, 0);
    next.function().subject = subject;
    next.function().from = match.end;
    auto* result = object();
    result->set("match", text);
    result->set("start", static_cast<double>(start));
    result->set("end", static_cast<double>(start + utf16Length(text)));
    result->set("groups", groups);
    result->set("next", next);
    return result;
}

// Transform -----------------------------------------------------------------------------------------------------------

namespace {

/// A copy of its own down to the leaves, which may then be changed in place.
Value clone(const Value& value, Evaluator& evaluator) {
    evaluator.budget.step();
    if (value.isArray()) {
        const Budget::Level level(evaluator.budget);
        auto* result = evaluator.array();
        for (const auto& item : value.array().items())
            result->push(item.isUndefined() ? Value::null() : clone(item, evaluator));
        return result;
    }
    if (value.isObject()) {
        const Budget::Level level(evaluator.budget);
        auto* result = evaluator.object();
        for (const auto& entry : value.object().entries())
            if (!entry.value.isUndefined()) result->set(entry.key, clone(entry.value, evaluator));
        return result;
    }
    if (value.isFunction()) return std::string_view();
    if (value.isNumberType()) return fifteenDigits(value.number());
    return value;
}

}  // namespace

Value Evaluator::transform(const Function& function, const Value& argument) {
    if (argument.isUndefined()) return {};
    const Node& node = *function.node;
    const bool wrapped = argument.isArray() && argument.array().outerWrapper;
    const Value result = clone(wrapped ? argument.array().at(0) : argument, *this);
    const Value matches = evaluate(*node.first, result, function.frame);
    if (matches.isUndefined()) return result;
    std::span<const Value> targets(&matches, 1);
    if (matches.isArray()) targets = matches.array().items();
    for (const auto& target : targets) {
        const Value update = evaluate(*node.second, target, function.frame);
        if (!update.isUndefined()) {
            if (!update.isObject()) throw Failure("T2011", node.second->position).with("value", shown(update));
            if (target.isObject())
                for (const auto& entry : update.object().entries()) target.object().set(entry.key, entry.value);
        }
        if (!node.third) continue;
        const Value doomed = evaluate(*node.third, target, function.frame);
        if (doomed.isUndefined()) continue;
        std::span<const Value> names(&doomed, 1);
        if (doomed.isArray()) names = doomed.array().items();
        if (!std::all_of(names.begin(), names.end(), [](const Value& name) { return name.isString(); }))
            throw Failure("T2012", node.third->position).with("value", shown(doomed));
        if (target.isObject())
            for (const auto& name : names) target.object().erase(name.text());
    }
    return result;
}

}  // namespace backlot::asl::jsonata
