#include "emulator/services/dynamodb/expressions/evaluate.h"

#include <algorithm>
#include <deque>
#include <string>

#include "emulator/services/dynamodb/number.h"

namespace backlot::dynamodb::expressions {
namespace {

/// Characters as Java counts them: those beyond the first 65,536 are two.
std::size_t charactersIn(std::string_view utf8) {
    std::size_t count = 0;
    for (const char byte : utf8) count += (byte & 0xC0) == 0x80 ? 0 : (byte & 0xF8) == 0xF0 ? 2 : 1;
    return count;
}

/// size(): of a string its characters (recorded; an item's size counts its bytes); nothing for a type that has no size.
std::optional<std::size_t> sizeOf(const ValueView& value) {
    switch (value.type) {
        case Type::S: return charactersIn(value.payload);
        case Type::B: return value.payload.size();
        case Type::SS:
        case Type::NS:
        case Type::BS:
        case Type::L:
        case Type::M: return countElements(value);
        default: return std::nullopt;
    }
}

class Evaluation {
public:
    Evaluation(const Bound& bound, std::string_view item) : bound_(bound), item_(item) {}

    bool holds(const Condition& condition) {
        const auto& parts = condition.conditions;
        const auto part = [this](const Condition& inner) { return holds(inner); };
        switch (condition.kind) {
            case Condition::Kind::allOf: return std::all_of(parts.begin(), parts.end(), part);
            case Condition::Kind::anyOf: return std::any_of(parts.begin(), parts.end(), part);
            case Condition::Kind::negation: return !holds(parts[0]);
            case Condition::Kind::comparison: return compare(condition);
            case Condition::Kind::between: return between(condition);
            case Condition::Kind::in: return in(condition);
            case Condition::Kind::function: return function(condition);
        }
        return false;
    }

private:
    std::optional<ValueView> value(const Operand& operand) {
        if (operand.kind == Operand::Kind::value) return bound_.values[operand.value];
        if (operand.kind == Operand::Kind::path) return valueAt(item_, operand.path, bound_);
        const auto of = value(operand.operands[0]);  // size() is the only function among operands of conditions
        const auto size = of ? sizeOf(*of) : std::nullopt;
        if (!size) return std::nullopt;
        auto& encoded = made_.emplace_back();
        appendScalar(encoded, Type::N, Number::parse(std::to_string(*size)).key());
        return viewOf(encoded);
    }
    static bool inOrder(const std::optional<ValueView>& a, const std::optional<ValueView>& b) {
        return a && b && a->type == b->type && isScalarKeyType(a->type);
    }
    bool compare(const Condition& condition) {
        const auto left = value(condition.operands[0]), right = value(condition.operands[1]);
        if (condition.comparator == Comparator::equal) return left && right && *left == *right;
        if (condition.comparator == Comparator::notEqual) return !(left && right && *left == *right);
        if (!inOrder(left, right)) return false;
        const int order = compareScalars(*left, *right);
        switch (condition.comparator) {
            case Comparator::less: return order < 0;
            case Comparator::lessOrEqual: return order <= 0;
            case Comparator::greater: return order > 0;
            default: return order >= 0;
        }
    }
    bool between(const Condition& condition) {
        const auto tested = value(condition.operands[0]), low = value(condition.operands[1]),
                   high = value(condition.operands[2]);
        return inOrder(tested, low) && inOrder(tested, high) && compareScalars(*low, *tested) <= 0 &&
               compareScalars(*tested, *high) <= 0;
    }
    bool in(const Condition& condition) {
        const auto tested = value(condition.operands[0]);
        return tested &&
               std::any_of(condition.operands.begin() + 1, condition.operands.end(), [&](const Operand& operand) {
                   const auto candidate = value(operand);
                   return candidate && *candidate == *tested;
               });
    }
    bool function(const Condition& condition) {
        const auto tested = value(condition.operands[0]);
        if (condition.function == Function::attributeExists) return tested.has_value();
        if (condition.function == Function::attributeNotExists) return !tested;
        const auto with = value(condition.operands[1]);
        if (!tested || !with) return false;
        switch (condition.function) {
            case Function::attributeType: return dynamodb::nameOf(tested->type) == with->payload;
            case Function::beginsWith:
                return tested->type == with->type && (with->type == Type::S || with->type == Type::B) &&
                       tested->payload.starts_with(with->payload);
            case Function::contains: return containsValue(*tested, *with);
            default: return false;
        }
    }

    const Bound& bound_;
    std::string_view item_;
    std::deque<std::string> made_;  // values computed on the way; views point to them
};

}  // namespace

std::optional<ValueView> valueAt(std::string_view item, const Path& path, const Bound& bound) {
    auto value = findAttribute(item, bound.nameOf(path[0]));
    for (std::size_t i = 1; value && i < path.size(); ++i) {
        const auto& step = path[i];
        if (value->type != (step.isIndex ? Type::L : Type::M)) return std::nullopt;
        value =
            step.isIndex ? elementAt(value->payload, step.number) : findAttribute(value->payload, bound.nameOf(step));
    }
    return value;
}

bool holds(const Condition& condition, const Bound& bound, std::string_view item) {
    return Evaluation(bound, item).holds(condition);
}

bool containsValue(const ValueView& container, const ValueView& what) {
    switch (container.type) {
        case Type::S:
        case Type::B:
            return what.type == container.type && container.payload.find(what.payload) != std::string_view::npos;
        case Type::SS:
        case Type::NS:
        case Type::BS: return what.type == elementTypeOf(container.type) && setContains(container, what.payload);
        case Type::L:
            for (auto rest = container.payload; !rest.empty();)
                if (takeValue(rest) == what) return true;
            return false;
        default: return false;
    }
}

}  // namespace backlot::dynamodb::expressions
