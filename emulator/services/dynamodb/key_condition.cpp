#include "emulator/services/dynamodb/key_condition.h"

#include <algorithm>

#include "emulator/services/dynamodb/errors.h"
#include "emulator/store/store.h"

namespace backlot::dynamodb {
namespace {

using namespace expressions;

AwsError invalidOperator(std::string_view name) {
    return validation("Invalid operator used in KeyConditionExpression: " + std::string(name));
}
AwsError notSupported() { return validation("Query key condition not supported"); }

std::optional<KeyTest::Kind> kindOf(Comparator comparator) {
    switch (comparator) {
        case Comparator::equal: return KeyTest::Kind::equal;
        case Comparator::less: return KeyTest::Kind::less;
        case Comparator::lessOrEqual: return KeyTest::Kind::lessOrEqual;
        case Comparator::greater: return KeyTest::Kind::greater;
        case Comparator::greaterOrEqual: return KeyTest::Kind::greaterOrEqual;
        case Comparator::notEqual: break;
    }
    return std::nullopt;
}

/// "5 < a" is "a > 5".
KeyTest::Kind turned(KeyTest::Kind kind) {
    switch (kind) {
        case KeyTest::Kind::less: return KeyTest::Kind::greater;
        case KeyTest::Kind::lessOrEqual: return KeyTest::Kind::greaterOrEqual;
        case KeyTest::Kind::greater: return KeyTest::Kind::less;
        case KeyTest::Kind::greaterOrEqual: return KeyTest::Kind::lessOrEqual;
        default: return kind;
    }
}

class Reader {
public:
    explicit Reader(const Bound& bound) : bound_(bound) {}

    std::vector<KeyTest> read() {
        take(bound_.condition());
        return std::move(tests_);
    }

private:
    void take(const Condition& condition) {
        switch (condition.kind) {
            case Condition::Kind::allOf:
                for (const auto& part : condition.conditions) take(part);
                break;
            case Condition::Kind::anyOf: throw invalidOperator("OR");
            case Condition::Kind::negation: throw invalidOperator("NOT");
            case Condition::Kind::in: throw invalidOperator("IN");
            case Condition::Kind::comparison: comparison(condition); break;
            case Condition::Kind::between:
                add(KeyTest::Kind::between, condition.operands[0], condition.operands[1], &condition.operands[2]);
                break;
            case Condition::Kind::function:
                if (condition.function != Function::beginsWith)
                    throw invalidOperator(expressions::nameOf(condition.function));
                add(KeyTest::Kind::beginsWith, condition.operands[0], condition.operands[1], nullptr);
                break;
        }
    }
    void comparison(const Condition& condition) {
        const auto kind = kindOf(condition.comparator);
        if (!kind) throw invalidOperator(expressions::nameOf(condition.comparator));
        const auto &left = condition.operands[0], &right = condition.operands[1];
        if (left.kind == Operand::Kind::value && right.kind == Operand::Kind::path)
            add(turned(*kind), right, left, nullptr);
        else
            add(*kind, left, right, nullptr);
    }
    static bool isConstant(const Operand& operand) { return operand.kind == Operand::Kind::value; }
    void add(KeyTest::Kind kind, const Operand& tested, const Operand& value, const Operand* upper) {
        if (isConstant(tested) && (upper || kind == KeyTest::Kind::beginsWith))
            throw validation(
                "Invalid condition in KeyConditionExpression: " + std::string(upper ? "BETWEEN" : "begins_with") +
                " operator must have the key attribute as its first operand");
        const Operand* attribute = nullptr;
        for (const auto* operand : {&tested, &value, upper}) {
            if (!operand || isConstant(*operand)) continue;
            if (operand->kind == Operand::Kind::function)
                throw validation("KeyConditionExpressions cannot contain nested operations");
            if (attribute)
                throw validation(
                    "Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition");
            if (operand->path.size() > 1)
                throw validation("KeyConditionExpressions cannot have conditions on nested attributes");
            attribute = operand;
        }
        if (attribute != &tested)
            throw validation("Invalid condition in KeyConditionExpression: No key attribute specified");
        const auto name = bound_.nameOf(tested.path[0]);
        if (std::any_of(tests_.begin(), tests_.end(), [&](const KeyTest& test) { return test.attribute == name; }))
            throw validation("KeyConditionExpressions must only contain one condition per key");
        tests_.push_back({name, kind, bound_.values[value.value], upper ? bound_.values[upper->value] : ValueView{}});
    }

    const Bound& bound_;
    std::vector<KeyTest> tests_;
};

const KeyTest* testOf(const std::vector<KeyTest>& tests, std::string_view attribute) {
    const auto found =
        std::find_if(tests.begin(), tests.end(), [&](const KeyTest& test) { return test.attribute == attribute; });
    return found == tests.end() ? nullptr : &*found;
}

void requireType(const KeyAttribute& part, const KeyTest& test) {
    if (test.kind == KeyTest::Kind::other)
        throw validation("Attempted conditional constraint is not an indexable operation");
    if (test.value.type != part.type || (test.kind == KeyTest::Kind::between && test.upper.type != part.type))
        throw invalidParameter("Condition parameter type does not match schema type");
    if (test.kind == KeyTest::Kind::beginsWith && part.type == Type::N) throw notSupported();
}

void requireNotEmpty(const KeyAttribute& part, const KeyTest& test) {
    if (test.value.payload.empty())
        throw notValidParameter("The AttributeValue for a key attribute cannot contain an empty " +
                                std::string(part.type == Type::B ? "binary" : "string") + " value. Key: " + part.name);
}

/// All keys beginning with these bytes.
KeyRange under(const std::string& prefix) { return {prefix, endOfPrefix(prefix)}; }

/// Bounds of one inequality on the part that follows `prefix`. A whole part ends with a terminator where others follow
/// it.
KeyRange inequality(const std::string& prefix, const KeyTest& test, bool partial) {
    const auto all = under(prefix);
    const auto with = [&](std::string_view payload) {
        auto key = prefix;
        if (partial)
            appendPart(key, payload);
        else
            appendLast(key, payload);
        return key;
    };
    const auto after = [&](std::string_view payload) {  // the first key behind all that have this value
        auto key = with(payload);
        if (partial) return endOfPrefix(key);
        key += '\0';
        return key;
    };
    switch (test.kind) {
        case KeyTest::Kind::equal: return {with(test.value.payload), after(test.value.payload)};
        case KeyTest::Kind::less: return {all.first, with(test.value.payload)};
        case KeyTest::Kind::lessOrEqual: return {all.first, after(test.value.payload)};
        case KeyTest::Kind::greater: return {after(test.value.payload), all.end};
        case KeyTest::Kind::greaterOrEqual: return {with(test.value.payload), all.end};
        case KeyTest::Kind::between: return {with(test.value.payload), after(test.upper.payload)};
        case KeyTest::Kind::beginsWith:
        case KeyTest::Kind::other: break;
    }
    auto key = with(test.value.payload);
    if (partial) key.resize(key.size() - 2);  // without the terminator
    return under(key);
}

}  // namespace

std::vector<KeyTest> keyTests(const Bound& bound) { return Reader(bound).read(); }

std::vector<KeyTest> legacyKeyTests(const Bound& bound) {
    std::vector<KeyTest> tests;
    for (const auto& condition : bound.condition().conditions) {
        const auto& operands =
            condition.kind == Condition::Kind::negation ? condition.conditions[0].operands : condition.operands;
        KeyTest test{.attribute = bound.nameOf(operands[0].path[0]), .kind = KeyTest::Kind::other};
        if (operands.size() > 1) test.value = bound.values[operands[1].value];
        if (condition.kind == Condition::Kind::between) {
            test.kind = KeyTest::Kind::between;
            test.upper = bound.values[operands[2].value];
        } else if (condition.kind == Condition::Kind::function && condition.function == Function::beginsWith) {
            test.kind = KeyTest::Kind::beginsWith;
        } else if (condition.kind == Condition::Kind::comparison) {
            test.kind = kindOf(condition.comparator).value_or(KeyTest::Kind::other);
        }
        tests.push_back(test);
    }
    return tests;
}

void requireHashTested(const KeySchema& key, const std::vector<KeyTest>& tests) {
    if (tests.size() > key.size()) throw notSupported();
    for (const auto& part : key.hash)
        if (!testOf(tests, part.name)) throw validation("Query condition missed key schema element: " + part.name);
}

bool holds(const KeyTest& test, const ValueView& value) {
    const int order = compareScalars(value, test.value);
    switch (test.kind) {
        case KeyTest::Kind::equal: return order == 0;
        case KeyTest::Kind::less: return order < 0;
        case KeyTest::Kind::lessOrEqual: return order <= 0;
        case KeyTest::Kind::greater: return order > 0;
        case KeyTest::Kind::greaterOrEqual: return order >= 0;
        case KeyTest::Kind::between: return order >= 0 && compareScalars(value, test.upper) <= 0;
        case KeyTest::Kind::beginsWith: return value.payload.starts_with(test.value.payload);
        case KeyTest::Kind::other: break;
    }
    return false;
}

KeyRange rangeOf(const KeySchema& key, const std::vector<KeyTest>& tests, const std::string& base, bool partial) {
    std::vector<std::string_view> hash;
    std::size_t used = 0;
    for (const auto& part : key.hash) {
        const auto* test = testOf(tests, part.name);
        requireType(part, *test);
        if (test->kind != KeyTest::Kind::equal) throw notSupported();
        requireNotEmpty(part, *test);
        hash.push_back(test->value.payload);
        ++used;
    }
    std::string prefix = base;
    appendPartition(prefix, hash);
    KeyRange range = under(prefix);
    bool open = true;  // so far equalities only: the next range part may have a test
    for (const auto& part : key.range) {
        const auto* test = testOf(tests, part.name);
        if (!test) {
            if (used < tests.size() && open)
                throw validation("Query condition missed key schema element: " + part.name);
            break;
        }
        if (!open) throw notSupported();
        requireType(part, *test);
        if (test->kind != KeyTest::Kind::beginsWith) requireNotEmpty(part, *test);
        range = inequality(prefix, *test, partial);
        ++used;
        open = test->kind == KeyTest::Kind::equal;
        if (open && partial) appendPart(prefix, test->value.payload);
    }
    if (used < tests.size()) throw notSupported();
    return range;
}

}  // namespace backlot::dynamodb
