#include <algorithm>

#include "asl/query/jsonata/builtins.h"
#include "asl/query/jsonata/evaluator.h"
#include "asl/query/jsonata/text.h"

namespace backlot::asl::jsonata {
namespace {

void gatherKeys(const BuiltinCall& call, const Value& value, Object& keys) {
    call.budget().step();
    const Budget::Level level(call.budget());
    if (value.isArray()) {
        for (const auto& item : value.array().items()) gatherKeys(call, item, keys);
    } else if (value.isObject()) {
        for (const auto& entry : value.object().entries()) keys.set(entry.key, true);
    }
}

/// A copy with nothing shared that could be changed.
Value copied(const BuiltinCall& call, const Value& value) {
    call.budget().step();
    if (value.isArray()) {
        const Budget::Level level(call.budget());
        auto* result = call.evaluator.array();
        for (const auto& item : value.array().items()) result->push(copied(call, item));
        return result;
    }
    if (value.isObject()) {
        const Budget::Level level(call.budget());
        auto* result = call.evaluator.object();
        for (const auto& entry : value.object().entries()) result->set(entry.key, copied(call, entry.value));
        return result;
    }
    if (value.isFunction()) return std::string_view();
    return value.isNumberType() ? Value(fifteenDigits(value.number())) : value;
}

template <typename Each>
void overMembers(const BuiltinCall& call, const Value& function, Each&& each) {
    for (const auto& entry : call.object(0).entries()) {
        call.budget().step();
        Value arguments[] = {entry.value, entry.key, call.argument(0)};
        each(entry, call.evaluator.applyTrimmed(function, arguments));
    }
}

}  // namespace

Value keys(const BuiltinCall& call) {
    auto* names = call.evaluator.object();
    gatherKeys(call, call.argument(0), *names);
    auto* result = call.evaluator.sequence();
    for (const auto& entry : names->entries()) result->push(entry.key);
    return result;
}

Value lookup(const BuiltinCall& call) {
    return call.has(1) ? call.evaluator.lookup(call.argument(0), call.text(1)) : Value();
}

Value spread(const BuiltinCall& call) {
    const Value value = call.argument(0);
    if (!value.isArray() && !value.isObject()) return value;
    auto* result = call.evaluator.sequence();
    const auto add = [&](auto&& self, const Value& each) -> void {
        call.budget().step();
        const Budget::Level level(call.budget());
        if (each.isArray()) {
            if (!each.array().empty()) result->sequence = false;  // appending makes an array of it
            for (const auto& item : each.array().items()) self(self, item);
        } else if (each.isObject()) {
            for (const auto& entry : each.object().entries()) {
                auto* one = call.evaluator.object();
                one->set(entry.key, entry.value);
                result->push(one);
            }
        } else if (!each.isUndefined()) {
            result->push(each);
        }
    };
    add(add, value);
    return result;
}

Value merge(const BuiltinCall& call) {
    if (!call.has(0)) return {};
    auto* result = call.evaluator.object();
    for (const auto& item : call.array(0).items()) {
        if (!item.isObject()) continue;
        call.budget().steps(item.object().size());
        for (const auto& entry : item.object().entries()) result->set(entry.key, entry.value);
    }
    return result;
}

Value sift(const BuiltinCall& call) {
    if (!call.has(0) || call.object(0).size() == 0) return {};
    auto* result = call.evaluator.object();
    overMembers(call, call.function(1), [&](const Entry& entry, const Value& answer) {
        if (truth(answer, call.budget())) result->set(entry.key, entry.value);
    });
    return result->size() > 0 ? Value(result) : Value();
}

Value each(const BuiltinCall& call) {
    if (!call.has(0)) return {};
    auto* result = call.evaluator.sequence();
    overMembers(call, call.function(1), [&](const Entry&, const Value& answer) {
        if (!answer.isUndefined()) result->push(answer);
    });
    return result;
}

Value clone(const BuiltinCall& call) { return call.has(0) ? copied(call, call.argument(0)) : Value(); }

Value error(const BuiltinCall& call) {
    throw Failure("D3137").withText(
        "message", call.has(0) && !call.text(0).empty() ? call.text(0) : "$error() function evaluated");
}

Value assert_(const BuiltinCall& call) {
    if (!truth(call.argument(0), call.budget()))
        throw Failure("D3141").withText(
            "message", call.has(1) && !call.text(1).empty() ? call.text(1) : "$assert() statement failed");
    return {};
}

Value type(const BuiltinCall& call) {
    switch (call.argument(0).type()) {
        case Type::null: return std::string_view("null");
        case Type::boolean: return std::string_view("boolean");
        case Type::number: return std::string_view("number");
        case Type::string: return std::string_view("string");
        case Type::array: return std::string_view("array");
        case Type::object: return std::string_view("object");
        case Type::function: return std::string_view("function");
        default: return {};
    }
}

}  // namespace backlot::asl::jsonata
