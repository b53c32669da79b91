#include "asl/query/jsonata/evaluator.h"

#include <algorithm>
#include <cmath>

#include "asl/query/jsonata/text.h"

namespace backlot::asl::jsonata {

Evaluator::Evaluator(const Program& program, std::span<const JsonataBinding> bindings, const JsonataHost& host,
                     std::int64_t stepBudget)
    : budget(stepBudget), host(host), program_(program) {
    globals_.resize(program.names.size());
    for (const auto& binding : bindings) {
        const auto known = program.nameIds.find(std::string(binding.name));
        if (known != program.nameIds.end() && binding.value)
            globals_[known->second] = Value::borrow(*binding.value, arena);
    }
}

Value Evaluator::run(const Json* input) {
    if (input) root_ = Value::borrow(*input, arena);
    if (root_.isArray()) {  // `$` is the array, but a path maps over it once, as one thing
        auto* wrapper = sequence();
        wrapper->push(root_);
        wrapper->outerWrapper = true;
        root_ = wrapper;
    }
    return evaluate(*program_.root, root_, &top_);
}

/// A sequence stands for its only element, and for nothing when it is empty.
Value Evaluator::singleOrSelf(const Value& value, bool keepArray) {
    if (!value.isArray()) return value;
    auto& array = value.array();
    if (!array.sequence || array.tupleStream) return value;
    if (keepArray) array.keepSingleton = true;
    if (array.empty()) return {};
    if (array.size() == 1 && !array.keepSingleton) return array.at(0);
    return value;
}

Value Evaluator::evaluate(const Node& node, const Value& input, Frame* frame) {
    budget.step();
    const Budget::Level level(budget);
    Value result = evaluateKind(node, input, frame);
    for (const auto& predicate : node.predicates) result = filter(*predicate.predicate, result, frame);
    if (node.group && node.kind != Kind::path) result = group(*node.group, result, frame);
    return singleOrSelf(result, node.keepArray);
}

Value Evaluator::evaluateKind(const Node& node, const Value& input, Frame* frame) {
    switch (node.kind) {
        case Kind::path: return path(node, input, frame);
        case Kind::name: return lookup(input, node.text);
        case Kind::variable:
            if (node.id == kContextName)
                return input.isArray() && input.array().outerWrapper ? input.array().at(0) : input;
            return lookupVariable(node, frame);
        case Kind::root: return root_;
        case Kind::string: return std::string_view(node.text);
        case Kind::number: return node.number;
        case Kind::literal: return node.isBoolean ? Value(node.boolean) : Value::null();
        case Kind::binary: return binary(node, input, frame);
        case Kind::condition:
            if (truth(evaluate(*node.first, input, frame), budget)) return evaluate(*node.second, input, frame);
            return node.third ? evaluate(*node.third, input, frame) : Value();
        case Kind::block: {
            auto* scope = arena.make<Frame>(frame);
            Value result;
            for (const auto* item : node.items) result = evaluate(*item, input, scope);
            return result;
        }
        case Kind::bind: {
            const Value value = evaluate(*node.second, input, frame);
            bind(*frame, node.id, value);
            return value;
        }
        case Kind::call: return call(node, input, frame, nullptr);
        case Kind::partial: return partial(node, input, frame);
        case Kind::apply: return chain(node, input, frame);
        case Kind::lambda: return lambda(node, input, frame);
        case Kind::arrayConstructor: return arrayConstructor(node, input, frame);
        case Kind::objectConstructor: return group(*node.members, input, frame);
        case Kind::negate: {
            const Value value = evaluate(*node.first, input, frame);
            if (value.isUndefined()) return value;
            if (!isNumeric(value))
                throw Failure("D1002", node.position).withText("token", "-").with("value", shown(value));
            return -value.number();
        }
        case Kind::wildcard: return wildcard(input);
        case Kind::descendant: {
            auto* found = sequence();
            if (!input.isUndefined()) descend(input, *found);
            return found->size() == 1 ? found->at(0) : Value(found);
        }
        case Kind::parent: {
            for (const auto* scope = frame; scope; scope = scope->parent)
                for (auto i = scope->count; i-- > 0;)
                    if (scope->bindings[i].name == node.slot->label) return scope->bindings[i].value;
            return {};
        }
        case Kind::regex: return makeFunction(Function::Kind::regex, node, 1);
        case Kind::transform: {
            const Value function = makeFunction(Function::Kind::transform, node, 1);
            function.function().frame = frame;
            return function;
        }
        default: return {};
    }
}

// Scopes --------------------------------------------------------------------------------------------------------------

void Evaluator::bind(Frame& frame, NameId name, const Value& value) {
    for (std::uint32_t i = 0; i < frame.count; ++i) {
        if (frame.bindings[i].name == name) {
            frame.bindings[i].value = value;
            return;
        }
    }
    if (frame.count == frame.capacity) {
        frame.capacity = std::max<std::uint32_t>(4, frame.capacity * 2);
        auto* bindings = arena.room<Binding>(frame.capacity);
        std::copy(frame.bindings, frame.bindings + frame.count, bindings);
        frame.bindings = bindings;
    }
    frame.bindings[frame.count++] = {name, value};
}

Value Evaluator::lookupVariable(const Node& node, Frame* frame) {
    for (const auto* scope = frame; scope; scope = scope->parent)
        for (std::uint32_t i = 0; i < scope->count; ++i)
            if (scope->bindings[i].name == node.id) return scope->bindings[i].value;
    if (!globals_[node.id].isUndefined()) return globals_[node.id];
    if (!node.builtin) return {};
    if (builtins_.empty()) builtins_.resize(program_.names.size());
    auto& function = builtins_[node.id];
    if (function.isUndefined()) {
        function = makeFunction(Function::Kind::builtin, node, node.builtin->arity);
        function.function().builtin = node.builtin;
    }
    return function;
}

// Reaching into values ------------------------------------------------------------------------------------------------

Value Evaluator::lookup(const Value& input, std::string_view key) {
    if (input.isObject()) return input.object().get(key);
    if (!input.isArray()) return {};
    const Budget::Level level(budget);
    auto* found = sequence();
    for (const auto& item : input.array().items()) {
        budget.step();
        const Value value = lookup(item, key);
        if (value.isUndefined()) continue;
        if (value.isArray())
            found->pushAll(value.array().items());
        else
            found->push(value);
    }
    return found;
}

Value Evaluator::append(const Value& left, const Value& right) {
    if (left.isUndefined()) return right;
    if (right.isUndefined()) return left;
    auto* result = array();
    for (const auto* part : {&left, &right}) {
        if (part->isArray()) {
            budget.steps(part->array().size());
            result->pushAll(part->array().items());
        } else {
            result->push(*part);
        }
    }
    return result;
}

void Evaluator::flatten(const Value& value, Array& into) {
    budget.step();
    if (!value.isArray()) return into.push(value);
    const Budget::Level level(budget);
    for (const auto& item : value.array().items()) flatten(item, into);
}

Value Evaluator::wildcard(const Value& input) {
    auto* found = sequence();
    const Value& value =
        input.isArray() && input.array().outerWrapper && !input.array().empty() ? input.array().at(0) : input;
    if (value.isArray()) {
        for (const auto& item : value.array().items()) {
            flatten(item, *found);
            if (item.isArray()) found->sequence = false;
        }
    } else if (value.isObject()) {
        for (const auto& entry : value.object().entries()) {
            flatten(entry.value, *found);
            if (entry.value.isArray()) found->sequence = false;  // appending an array makes an array of the result
        }
    }
    return found;
}

void Evaluator::descend(const Value& input, Array& found) {
    budget.step();
    const Budget::Level level(budget);
    if (input.isArray()) {
        for (const auto& item : input.array().items()) descend(item, found);
        return;
    }
    found.push(input);
    if (input.isObject())
        for (const auto& entry : input.object().entries()) descend(entry.value, found);
}

std::string_view Evaluator::textOf(const Value& value) {
    if (value.isUndefined() || value.isFunction()) return "";
    if (value.isString()) return value.text();
    if (value.isNumberType()) {
        if (!std::isfinite(value.number())) throw Failure("D3001").with("value", "null");
        return arena.keep(numberText(fifteenDigits(value.number())));
    }
    const bool wrapped = value.isArray() && value.array().outerWrapper;
    return arena.keep(stringify(wrapped ? value.array().at(0) : value, budget, false, true));
}

// Operators -----------------------------------------------------------------------------------------------------------

Value Evaluator::binary(const Node& node, const Value& input, Frame* frame) {
    const Value left = evaluate(*node.first, input, frame);
    if (node.op == Operator::both || node.op == Operator::either) {
        try {
            if (truth(left, budget) == (node.op == Operator::either)) return node.op == Operator::either;
            return truth(evaluate(*node.second, input, frame), budget);
        } catch (Failure& failure) {  // as in JSONata, an error on the right side is one of the operator
            failure.blame(node.text, node.position);
            throw;
        }
    }
    const Value right = evaluate(*node.second, input, frame);
    const bool missing = left.isUndefined() || right.isUndefined();
    switch (node.op) {
        case Operator::equal: return !missing && deepEqual(left, right, budget);
        case Operator::notEqual: return !missing && !deepEqual(left, right, budget);
        case Operator::less:
        case Operator::lessOrEqual:
        case Operator::greater:
        case Operator::greaterOrEqual: return comparison(node, left, right);
        case Operator::concatenate: {
            const auto a = textOf(left), b = textOf(right);
            char* joined = arena.room<char>(a.size() + b.size());
            std::copy(b.begin(), b.end(), std::copy(a.begin(), a.end(), joined));
            return std::string_view(joined, a.size() + b.size());
        }
        case Operator::range: return range(node, left, right);
        case Operator::in: {
            if (missing) return false;
            if (!right.isArray()) return left.identical(right);
            const auto items = right.array().items();
            budget.steps(static_cast<std::int64_t>(items.size()));
            return std::any_of(items.begin(), items.end(), [&](const Value& item) { return item.identical(left); });
        }
        default: return arithmetic(node, left, right);
    }
}

Value Evaluator::arithmetic(const Node& node, const Value& left, const Value& right) {
    if (!left.isUndefined() && !isNumeric(left))
        throw Failure("T2001", node.position).withText("token", node.text).with("value", shown(left));
    if (!right.isUndefined() && !isNumeric(right))
        throw Failure("T2002", node.position).withText("token", node.text).with("value", shown(right));
    if (left.isUndefined() || right.isUndefined()) return {};
    const double a = left.number(), b = right.number();
    switch (node.op) {
        case Operator::add: return a + b;
        case Operator::subtract: return a - b;
        case Operator::multiply: return a * b;
        case Operator::divide: return a / b;
        default: return std::fmod(a, b);
    }
}

Value Evaluator::comparison(const Node& node, const Value& left, const Value& right) {
    const auto comparable = [](const Value& value) {
        return value.isUndefined() || value.isString() || value.isNumberType();
    };
    if (!comparable(left) || !comparable(right))
        throw Failure("T2010", node.position)
            .withText("token", node.text)
            .with("value", shown(comparable(left) ? right : left));
    if (left.isUndefined() || right.isUndefined()) return {};
    if (left.type() != right.type())
        throw Failure("T2009", node.position)
            .withText("token", node.text)
            .with("value", shown(left))
            .with("value2", shown(right));
    if (left.isString()) {
        const int order = compareUtf16(left.text(), right.text());
        switch (node.op) {
            case Operator::less: return order < 0;
            case Operator::lessOrEqual: return order <= 0;
            case Operator::greater: return order > 0;
            default: return order >= 0;
        }
    }
    const double a = left.number(), b = right.number();
    switch (node.op) {
        case Operator::less: return a < b;
        case Operator::lessOrEqual: return a <= b;
        case Operator::greater: return a > b;
        default: return a >= b;
    }
}

Value Evaluator::range(const Node& node, const Value& left, const Value& right) {
    const auto whole = [](const Value& value) {
        return value.isNumberType() && std::isfinite(value.number()) && value.number() == std::floor(value.number());
    };
    if (!left.isUndefined() && !whole(left)) throw Failure("T2003", node.position).with("value", shown(left));
    if (!right.isUndefined() && !whole(right)) throw Failure("T2004", node.position).with("value", shown(right));
    if (left.isUndefined() || right.isUndefined() || left.number() > right.number()) return {};
    const double size = right.number() - left.number() + 1;
    if (size > 1e7) throw Failure("D2014", node.position).with("value", numberText(size));
    budget.steps(static_cast<std::int64_t>(size) / 16);
    auto* result = arena.make<Array>(arena, left.number(), static_cast<std::uint32_t>(size));
    result->sequence = true;
    return result;
}

Value Evaluator::arrayConstructor(const Node& node, const Value& input, Frame* frame) {
    auto* result = array();
    for (const auto* item : node.items) {
        const Value value = evaluate(*item, input, frame);
        if (node.items.size() == 1 && item->kind == Kind::binary && item->op == Operator::range && value.isArray()) {
            result = &value.array();  // nobody else has it, and it may be long
            result->sequence = false;
            break;
        }
        if (value.isUndefined()) continue;
        if (value.isArray() && item->kind != Kind::arrayConstructor)
            result->pushAll(value.array().items());
        else
            result->push(value);
    }
    result->constructed = node.constructsArray;
    return result;
}

}  // namespace backlot::asl::jsonata
