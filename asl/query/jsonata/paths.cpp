// Steps, filters, groups and sorting.

#include <algorithm>
#include <cmath>
#include <numeric>

#include "asl/query/jsonata/evaluator.h"
#include "asl/query/jsonata/text.h"

namespace backlot::asl::jsonata {
namespace {

/// A step that gives one value for one value and needs no row: most are.
bool isPlain(const Node& step) { return !step.tuple && step.stages.empty() && step.kind != Kind::sort; }

void bindInTuple(Tuple& tuple, NameId name, const Value& value) {
    for (std::uint32_t i = 0; i < tuple.count; ++i) {
        if (tuple.bindings[i].name == name) {
            tuple.bindings[i].value = value;
            return;
        }
    }
    tuple.bindings[tuple.count++] = {name, value};  // extended() left room
}

}  // namespace

Value Evaluator::path(const Node& node, const Value& input, Frame* frame) {
    const auto& steps = node.items;
    Value current = input;  // one item, or what `inputs` looks into
    std::span<const Value> inputs(&current, 1);
    if (input.isArray() && steps.front()->kind != Kind::variable) inputs = input.array().items();

    Array* rows = nullptr;
    Value result;
    bool rowsBegan = false;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const Node& at = *steps[i];
        const bool last = i + 1 == steps.size();
        rowsBegan |= at.tuple;
        const bool whole = i == 0 && at.constructsArray;
        if (whole) {
            result = constructedStep(at, input, frame, last);
        } else if (rowsBegan) {
            rows = tupleStep(at, inputs, rows, frame);
        } else {
            result = step(at, inputs, frame, last);
        }
        if (rowsBegan && !whole) continue;
        if (!rowsBegan && (result.isUndefined() || (result.isArray() && result.array().empty()))) break;
        if (last) break;
        if (result.isArray()) {
            inputs = result.array().items();
        } else {
            current = result;
            inputs = {&current, 1};
        }
    }
    if (rows) {
        auto* items = rows;
        if (!node.tuple) {
            items = sequence();
            for (const auto& row : rows->items()) items->push(row.tuple().at);
        }
        result = items;
    }
    if (node.keepSingleton || node.keepArray) {
        const bool single = !result.isArray() && !result.isUndefined();
        const bool whole =
            node.keepSingleton && result.isArray() && result.array().constructed && !result.array().sequence;
        if (single || whole) {
            auto* kept = sequence();
            kept->push(result);
            result = kept;
        }
        if (result.isArray() && result.array().sequence) result.array().keepSingleton = true;
    }
    if (node.group) result = group(*node.group, rows ? Value(rows) : result, frame);
    return result;
}

/// An array constructor at the beginning of a path is one thing, made once. When a predicate leaves of it no array,
/// JSONata 2.0.6 goes on with what JavaScript finds in it by index: the characters of a text, nothing in anything else.
Value Evaluator::constructedStep(const Node& node, const Value& input, Frame* frame, bool last) {
    Value context = input;
    if (!input.isArray()) {
        auto* wrapped = sequence();
        wrapped->push(input);
        context = wrapped;
    }
    const Value result = evaluate(node, context, frame);
    if (last || result.isArray()) return result;
    if (!result.isString()) return {};
    auto* characters = sequence();
    for (std::size_t at = 0; at < result.text().size();) {
        const auto start = at;
        nextCodePoint(result.text(), at);
        characters->push(result.text().substr(start, at - start));
    }
    return characters;
}

/// What the step gives for each input, flattened by one level. A result of one item may come back without its sequence.
Value Evaluator::step(const Node& node, std::span<const Value> inputs, Frame* frame, bool last) {
    if (node.kind == Kind::sort) return stages(node, sort(node, inputs, false, frame), frame);
    if (inputs.size() == 1 && isPlain(node)) {
        const Value value = evaluate(node, inputs.front(), frame);
        if (!value.isArray()) return value;
        if (value.array().constructed) {
            auto* whole = sequence();
            if (last && !value.array().sequence) return value;
            whole->push(value);
            return whole;
        }
        if (last && !value.array().sequence) return value;
        auto* flat = sequence();
        flat->pushAll(value.array().items());
        return flat;
    }
    auto* results = sequence();
    for (const auto& input : inputs) {
        Value value = evaluate(node, input, frame);
        for (const auto& stage : node.stages) value = filter(*stage.predicate, value, frame);
        if (!value.isUndefined()) results->push(value);
    }
    if (last && results->size() == 1 && results->at(0).isArray() && !results->at(0).array().sequence)
        return results->at(0);
    auto* flat = sequence();
    for (const auto& value : results->items()) {
        if (!value.isArray() || value.array().constructed) {
            flat->push(value);
        } else {
            budget.steps(value.array().size());
            flat->pushAll(value.array().items());
        }
    }
    return flat;
}

Value Evaluator::stages(const Node& node, Value result, Frame* frame) {
    for (const auto& stage : node.stages) {
        if (stage.what == Stage::What::filter) {
            result = filter(*stage.predicate, result, frame);
        } else if (result.isArray()) {
            auto rows = result.array().items();
            for (std::size_t i = 0; i < rows.size(); ++i) {
                if (rows[i].type() != Type::tuple) continue;
                auto* row = extended(rows[i].tuple(), 1);
                bindInTuple(*row, stage.index, static_cast<double>(i));
                rows[i] = row;
            }
        }
    }
    return result;
}

// Rows ----------------------------------------------------------------------------------------------------------------

Frame* Evaluator::frameOf(Frame* parent, const Tuple& tuple) {
    auto* frame = arena.make<Frame>(parent);
    frame->bindings = arena.room<Binding>(tuple.count);
    frame->count = frame->capacity = tuple.count;
    std::copy(tuple.bindings, tuple.bindings + tuple.count, frame->bindings);
    return frame;
}

Tuple* Evaluator::extended(const Tuple& tuple, std::uint32_t room) {
    auto* copy = arena.make<Tuple>(tuple);
    copy->bindings = arena.room<Binding>(tuple.count + room);
    std::copy(tuple.bindings, tuple.bindings + tuple.count, copy->bindings);
    return copy;
}

Array* Evaluator::tupleStep(const Node& node, std::span<const Value> inputs, Array* rows, Frame* frame) {
    auto* result = sequence();
    result->tupleStream = true;
    if (node.kind == Kind::sort) {
        if (rows) {
            auto* sorted = sort(node, rows->items(), true, frame);
            sorted->sequence = sorted->tupleStream = true;
            result = sorted;
        } else {
            const auto sorted = sort(node, inputs, false, frame)->items();
            for (std::size_t i = 0; i < sorted.size(); ++i) {
                auto* row = extended(Tuple{sorted[i]}, 1);
                if (node.index != kNoName) bindInTuple(*row, node.index, static_cast<double>(i));
                result->push(row);
            }
        }
    } else {
        const auto add = [&](const Value& value, const Tuple& from, std::size_t position) {
            budget.step();
            Tuple* row;
            if (value.type() == Type::tuple) {  // a path inside gave rows of its own
                row = extended(from, value.tuple().count);
                for (std::uint32_t i = 0; i < value.tuple().count; ++i)
                    bindInTuple(*row, value.tuple().bindings[i].name, value.tuple().bindings[i].value);
                row->at = value.tuple().at;
            } else {
                row = extended(from, 3);
                if (node.focus != kNoName)
                    bindInTuple(*row, node.focus, value);
                else
                    row->at = value;
                if (node.index != kNoName) bindInTuple(*row, node.index, static_cast<double>(position));
                if (node.ancestor != kNoName) bindInTuple(*row, node.ancestor, from.at);
            }
            result->push(row);
        };
        const auto expand = [&](const Tuple& from) {
            const Value value = evaluate(node, from.at, frameOf(frame, from));
            if (value.isUndefined()) return;
            if (!value.isArray()) return add(value, from, 0);
            const auto items = value.array().items();
            for (std::size_t i = 0; i < items.size(); ++i) add(items[i], from, i);
        };
        if (rows) {
            for (const auto& row : rows->items()) expand(row.tuple());
        } else {
            for (const auto& input : inputs) expand(Tuple{input});
        }
    }
    const Value staged = stages(node, result, frame);
    if (staged.isArray() && staged.array().tupleStream) return &staged.array();
    // A filter by position gives its item alone.
    auto* again = sequence();
    again->tupleStream = true;
    if (staged.isArray())
        again->pushAll(staged.array().items());
    else if (!staged.isUndefined())
        again->push(staged);
    return again;
}

// Filters -------------------------------------------------------------------------------------------------------------

Value Evaluator::filter(const Node& predicate, const Value& input, Frame* frame) {
    std::span<const Value> items(&input, 1);
    const bool rows = input.isArray() && input.array().tupleStream;
    if (input.isArray()) items = input.array().items();
    const auto size = static_cast<double>(items.size());
    auto* found = sequence();
    found->tupleStream = rows;
    if (predicate.kind == Kind::number && predicate.predicates.empty()) {
        double index = std::floor(predicate.number);
        if (index < 0) index += size;
        if (index >= 0 && index < size) {
            const Value& item = items[static_cast<std::size_t>(index)];
            if (item.isArray()) return item;
            if (!item.isUndefined()) found->push(item);
        }
        return found;
    }
    for (std::size_t i = 0; i < items.size(); ++i) {
        budget.step();
        const Value& item = items[i];
        const bool row = item.type() == Type::tuple;
        const Value verdict =
            evaluate(predicate, row ? item.tuple().at : item, row ? frameOf(frame, item.tuple()) : frame);
        const auto selects = [&](const Value& number) {
            double index = std::floor(number.number());
            if (index < 0) index += size;
            if (index == static_cast<double>(i)) found->push(item);
        };
        if (isNumeric(verdict)) {
            selects(verdict);
        } else if (verdict.isArray() && [&] {
                       const auto numbers = verdict.array().items();
                       return std::all_of(numbers.begin(), numbers.end(),
                                          [](const Value& each) { return isNumeric(each); });
                   }()) {
            budget.steps(verdict.array().size());
            for (const auto& number : verdict.array().items()) selects(number);
        } else if (truth(verdict, budget)) {
            found->push(item);
        }
    }
    return found;
}

// Groups --------------------------------------------------------------------------------------------------------------

Value Evaluator::group(const Group& group, const Value& input, Frame* frame) {
    struct Gathered {
        Value data;
        std::size_t pair;
        Array* several = nullptr;
    };
    const Value nothing;
    std::span<const Value> items(&input, 1);
    if (input.isArray()) items = input.array().items();
    if (items.empty()) items = {&nothing, 1};  // so that a constructor without an input gives an object

    // Keys in the order of their first appearance; `byKey` holds positions in `gathered`.
    std::vector<Gathered> gathered;
    auto* byKey = object();
    for (const auto& item : items) {
        const bool row = item.type() == Type::tuple;
        Frame* scope = row ? frameOf(frame, item.tuple()) : frame;
        for (std::size_t pair = 0; pair < group.pairs.size(); ++pair) {
            budget.step();
            const Value key = evaluate(*group.pairs[pair].first, row ? item.tuple().at : item, scope);
            if (key.isUndefined()) continue;
            if (!key.isString()) throw Failure("T1003", group.position).with("value", shown(key));
            const Value known = byKey->get(key.text());
            if (known.isUndefined()) {
                byKey->set(key.text(), static_cast<double>(gathered.size()));
                gathered.push_back({item, pair});
                continue;
            }
            auto& entry = gathered[static_cast<std::size_t>(known.number())];
            if (entry.pair != pair) throw Failure("D1009", group.position).with("value", shown(key));
            if (!entry.several) {
                entry.several = sequence();
                if (entry.data.isArray())
                    entry.several->pushAll(entry.data.array().items());
                else if (!entry.data.isUndefined())
                    entry.several->push(entry.data);
                entry.several->sequence = !entry.data.isArray();
                entry.data = entry.several;
            }
            if (item.isArray())
                entry.several->pushAll(item.array().items());
            else if (!item.isUndefined())
                entry.several->push(item);
        }
    }

    auto* result = object();
    for (const auto& [key, index] : byKey->entries()) {
        const auto& entry = gathered[static_cast<std::size_t>(index.number())];
        Value context = entry.data;
        Frame* scope = frame;
        if (context.type() == Type::tuple) {
            scope = frameOf(frame, context.tuple());
            context = context.tuple().at;
        } else if (entry.several && !entry.several->empty() && entry.several->at(0).type() == Type::tuple) {
            // Rows of one group become one row whose values are appended to each other.
            Tuple merged = *extended(entry.several->at(0).tuple(), 0);
            for (const auto& row : entry.several->items().subspan(1)) {
                const auto& other = row.tuple();
                merged.at = append(merged.at, other.at);
                for (std::uint32_t k = 0; k < other.count; ++k) {
                    auto* match =
                        std::find_if(merged.bindings, merged.bindings + merged.count,
                                     [&](const Binding& binding) { return binding.name == other.bindings[k].name; });
                    if (match != merged.bindings + merged.count)
                        match->value = append(match->value, other.bindings[k].value);
                }
            }
            scope = frameOf(frame, merged);
            context = merged.at;
        }
        const Value value = evaluate(*group.pairs[entry.pair].second, context, scope);
        if (!value.isUndefined()) result->set(key, value);
    }
    return result;
}

// Sorting -------------------------------------------------------------------------------------------------------------

/// Stable. Differs: JSONata 2.0.6 forgets that sorted rows are rows, so that a filter or a second `^(…)` after it sees
/// the row itself instead of its item; here they see the item.
Array* Evaluator::sort(const Node& node, std::span<const Value> inputs, bool tuples, Frame* frame) {
    const auto terms = node.terms.size();
    // Each item's keys are computed once, when first compared.
    std::vector<Value> keys(inputs.size() * terms);
    std::vector<bool> known(keys.size());
    const auto key = [&](std::size_t item, std::size_t term) -> const Value& {
        const auto at = item * terms + term;
        if (!known[at]) {
            const Value& value = inputs[item];
            keys[at] = tuples ? evaluate(*node.terms[term].expression, value.tuple().at, frameOf(frame, value.tuple()))
                              : evaluate(*node.terms[term].expression, value, frame);
            known[at] = true;
        }
        return keys[at];
    };
    const auto before = [&](std::size_t x, std::size_t y) {
        for (std::size_t term = 0; term < terms; ++term) {
            budget.step();
            const Value &a = key(x, term), &b = key(y, term);
            if (a.isUndefined() && b.isUndefined()) continue;
            if (a.isUndefined() || b.isUndefined()) return b.isUndefined();  // what has no key comes last
            const auto sortable = [](const Value& value) { return value.isString() || value.isNumberType(); };
            if (!sortable(a) || !sortable(b))
                throw Failure("T2008", node.position).with("value", shown(sortable(a) ? b : a));
            if (a.type() != b.type())
                throw Failure("T2007", node.position).with("value", shown(a)).with("value2", shown(b));
            const int order =
                a.isString() ? compareUtf16(a.text(), b.text()) : (a.number() > b.number()) - (a.number() < b.number());
            if (order != 0) return node.terms[term].descending ? order > 0 : order < 0;
        }
        return false;
    };
    std::vector<std::size_t> order(inputs.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), before);
    auto* result = sequence();
    result->reserve(inputs.size());
    for (const auto index : order) result->push(inputs[index]);
    return result;
}

}  // namespace backlot::asl::jsonata
