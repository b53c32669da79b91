#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>
#include <vector>

#include "asl/query/jsonata/builtins.h"
#include "asl/query/jsonata/evaluator.h"
#include "asl/query/jsonata/text.h"

namespace backlot::asl::jsonata {
namespace {

/// Calls `function` with each item, its position and the whole array, as far as it has parameters for them.
template <typename Each>
void overItems(const BuiltinCall& call, const Value& function, Each&& each) {
    const auto items = call.array(0).items();
    for (std::size_t i = 0; i < items.size(); ++i) {
        call.budget().step();
        Value arguments[] = {items[i], static_cast<double>(i), call.argument(0)};
        each(items[i], call.evaluator.applyTrimmed(function, arguments));
    }
}

/// What JavaScript takes for true: a comparison function may answer with anything.
bool isTruthy(const Value& value) {
    switch (value.type()) {
        case Type::undefined:
        case Type::null: return false;
        case Type::boolean: return value.boolean();
        case Type::number: return value.number() != 0 && !std::isnan(value.number());
        case Type::string: return !value.text().empty();
        default: return true;
    }
}

/// Merges as JSONata does, asking only whether the left one comes after the right one: also an answer that makes no
/// order gives some result.
template <typename After>
void mergeSort(std::span<Value> items, After&& after) {
    if (items.size() <= 1) return;
    const auto middle = items.size() / 2;
    const auto left = items.first(middle), right = items.subspan(middle);
    mergeSort(left, after);
    mergeSort(right, after);
    std::vector<Value> merged;
    merged.reserve(items.size());
    std::size_t l = 0, r = 0;
    while (l < left.size() && r < right.size()) merged.push_back(after(left[l], right[r]) ? right[r++] : left[l++]);
    merged.insert(merged.end(), left.begin() + static_cast<std::ptrdiff_t>(l), left.end());
    merged.insert(merged.end(), right.begin() + static_cast<std::ptrdiff_t>(r), right.end());
    std::copy(merged.begin(), merged.end(), items.begin());
}

}  // namespace

Value count(const BuiltinCall& call) {
    return call.has(0) ? Value(static_cast<double>(call.array(0).size())) : Value(0);
}

Value append(const BuiltinCall& call) { return call.evaluator.append(call.argument(0), call.argument(1)); }

Value sort(const BuiltinCall& call) {
    if (!call.has(0)) return {};
    const auto items = call.array(0).items();
    if (items.size() <= 1) return call.argument(0);
    auto* result = call.evaluator.array();
    result->pushAll(items);
    if (call.has(1)) {
        const Value comparator = call.function(1);
        mergeSort(result->items(), [&](const Value& a, const Value& b) {
            Value arguments[] = {a, b};
            return isTruthy(call.evaluator.apply(comparator, arguments, Value::null()));
        });
        return result;
    }
    const bool numbers = std::all_of(items.begin(), items.end(), [](const Value& item) { return isNumeric(item); });
    const bool texts = std::all_of(items.begin(), items.end(), [](const Value& item) { return item.isString(); });
    if (!numbers && !texts) throw Failure("D3070").with("index", "1");
    mergeSort(result->items(), [&](const Value& a, const Value& b) {
        call.budget().step();
        return numbers ? a.number() > b.number() : compareUtf16(a.text(), b.text()) > 0;
    });
    return result;
}

Value reverse(const BuiltinCall& call) {
    if (!call.has(0)) return {};
    if (call.array(0).size() <= 1) return call.argument(0);
    auto* result = call.evaluator.array();
    result->pushAll(call.array(0).items());
    std::ranges::reverse(result->items());
    return result;
}

/// In an order of the host's choice.
Value shuffle(const BuiltinCall& call) {
    if (!call.has(0)) return {};
    if (call.array(0).size() <= 1) return call.argument(0);
    auto* result = call.evaluator.array();
    result->pushAll(call.array(0).items());
    const auto items = result->items();
    const auto& random = call.evaluator.host.random;
    for (std::size_t i = items.size() - 1; random && i > 0; --i) {
        const auto other = static_cast<std::size_t>(random() * static_cast<double>(i + 1));
        std::swap(items[i], items[std::min(other, i)]);
    }
    return result;
}

Value distinct(const BuiltinCall& call) {
    const Value value = call.argument(0);
    if (!value.isArray() || value.array().size() <= 1) return value;
    auto* result = call.evaluator.array();
    result->sequence = value.array().sequence;
    // Texts and numbers by their hash; only arrays and objects have to be compared with each other.
    std::unordered_map<std::string, bool> seen;
    std::vector<Value> compounds;
    for (const auto& item : value.array().items()) {
        call.budget().step();
        bool isNew;
        if (item.isArray() || item.isObject()) {
            isNew = std::none_of(compounds.begin(), compounds.end(), [&](const Value& other) {
                call.budget().step();
                return deepEqual(other, item, call.budget());
            });
            if (isNew) compounds.push_back(item);
        } else if (item.isFunction()) {
            isNew = true;
        } else {
            isNew =
                seen.emplace((item.isString() ? "s" : "v") + (item.isString() ? std::string(item.text()) : shown(item)),
                             true)
                    .second;
        }
        if (isNew) result->push(item);
    }
    return result;
}

Value zip(const BuiltinCall& call) {
    auto* result = call.evaluator.array();
    std::size_t shortest = call.count() == 0 ? 0 : std::numeric_limits<std::size_t>::max();
    for (std::size_t i = 0; i < call.count(); ++i)
        shortest = std::min<std::size_t>(shortest, call.argument(i).isArray() ? call.array(i).size() : 0);
    for (std::size_t row = 0; row < shortest; ++row) {
        auto* tuple = call.evaluator.array();
        for (std::size_t i = 0; i < call.count(); ++i) {
            call.budget().step();
            tuple->push(call.array(i).at(row));
        }
        result->push(tuple);
    }
    return result;
}

// With functions ------------------------------------------------------------------------------------------------------

Value map(const BuiltinCall& call) {
    if (!call.has(0)) return {};
    auto* result = call.evaluator.sequence();
    overItems(call, call.function(1), [&](const Value&, const Value& answer) {
        if (!answer.isUndefined()) result->push(answer);
    });
    return result;
}

Value filter(const BuiltinCall& call) {
    if (!call.has(0)) return {};
    auto* result = call.evaluator.sequence();
    overItems(call, call.function(1), [&](const Value& item, const Value& answer) {
        if (truth(answer, call.budget())) result->push(item);
    });
    return result;
}

/// The only item for which the function answers true.
Value single(const BuiltinCall& call) {
    if (!call.has(0)) return {};
    Value result;
    bool found = false;
    const auto take = [&](const Value& item) {
        if (found) throw Failure("D3138");
        found = true;
        result = item;
    };
    if (call.has(1))
        overItems(call, call.function(1), [&](const Value& item, const Value& answer) {
            if (truth(answer, call.budget())) take(item);
        });
    else
        for (const auto& item : call.array(0).items()) take(item);
    if (!found) throw Failure("D3139");
    return result;
}

Value reduce(const BuiltinCall& call) {
    if (!call.has(0)) return {};
    const Value function = call.function(1);
    const int arity = call.evaluator.arityOf(function);
    if (arity < 2) throw Failure("D3050").with("index", "1");
    const auto items = call.array(0).items();
    std::size_t next = 0;
    Value result = call.argument(2);
    if (result.isUndefined() && !items.empty()) result = items[next++];
    for (; next < items.size(); ++next) {
        call.budget().step();
        Value arguments[] = {result, items[next], static_cast<double>(next), call.argument(0)};
        result = call.evaluator.apply(
            function, std::span(arguments).first(static_cast<std::size_t>(std::min(arity, 4))), Value::null());
    }
    return result;
}

}  // namespace backlot::asl::jsonata
