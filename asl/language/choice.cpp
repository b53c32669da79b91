#include "asl/language/choice.h"

#include <algorithm>

#include "asl/failure.h"
#include "emulator/base/time.h"
#include "emulator/base/wildcard.h"

namespace backlot::asl {

namespace {

using Compare = bool (*)(const Json& value, const Json& operand);

template <typename Order>
bool strings(const Json& value, const Json& operand) {
    return value.IsString() && operand.IsString() && Order()(view(value), view(operand));
}

template <typename Order>
bool numbers(const Json& value, const Json& operand) {
    if (!value.IsNumber() || !operand.IsNumber()) return false;
    if (value.IsInt64() && operand.IsInt64()) return Order()(value.GetInt64(), operand.GetInt64());
    return Order()(value.GetDouble(), operand.GetDouble());
}

template <typename Order>
bool timestamps(const Json& value, const Json& operand) {
    if (!value.IsString() || !operand.IsString()) return false;
    const auto a = parseIso8601(view(value)), b = parseIso8601(view(operand));
    return a && b && Order()(*a, *b);
}

bool booleans(const Json& value, const Json& operand) {
    return value.IsBool() && operand.IsBool() && value.GetBool() == operand.GetBool();
}

/// `*` matches any text; `\*` and `\\` match themselves.
bool stringMatches(const Json& value, const Json& operand) {
    return value.IsString() && operand.IsString() && matchesWildcard(view(value), view(operand), {.escapes = true});
}

template <typename Test>
bool is(const Json& value, const Json& operand) {
    return operand.IsBool() && Test()(value) == operand.GetBool();
}
struct IsNull {
    bool operator()(const Json& value) const { return value.IsNull(); }
};
struct IsNumeric {
    bool operator()(const Json& value) const { return value.IsNumber(); }
};
struct IsString {
    bool operator()(const Json& value) const { return value.IsString(); }
};
struct IsBoolean {
    bool operator()(const Json& value) const { return value.IsBool(); }
};
struct IsTimestamp {
    bool operator()(const Json& value) const { return value.IsString() && parseIso8601(view(value)).has_value(); }
};
struct IsPresent {
    bool operator()(const Json&) const { return true; }
};

using Equals = std::equal_to<>;
using Less = std::less<>;
using Greater = std::greater<>;
using LessEquals = std::less_equal<>;
using GreaterEquals = std::greater_equal<>;

}  // namespace

struct ChoiceOperator {
    std::string_view name;
    OperandType operand;
    Compare holds;
    bool isPath = false;  ///< the operand is a path to the value to compare with
};

namespace {

constexpr auto kString = OperandType::string;
constexpr auto kNumber = OperandType::number;
constexpr auto kTime = OperandType::timestamp;
constexpr auto kBoolean = OperandType::boolean;

const ChoiceOperator kOperators[] = {
    {"StringEquals", kString, strings<Equals>},
    {"StringEqualsPath", kString, strings<Equals>, true},
    {"StringLessThan", kString, strings<Less>},
    {"StringLessThanPath", kString, strings<Less>, true},
    {"StringGreaterThan", kString, strings<Greater>},
    {"StringGreaterThanPath", kString, strings<Greater>, true},
    {"StringLessThanEquals", kString, strings<LessEquals>},
    {"StringLessThanEqualsPath", kString, strings<LessEquals>, true},
    {"StringGreaterThanEquals", kString, strings<GreaterEquals>},
    {"StringGreaterThanEqualsPath", kString, strings<GreaterEquals>, true},
    {"StringMatches", kString, stringMatches},
    {"NumericEquals", kNumber, numbers<Equals>},
    {"NumericEqualsPath", kNumber, numbers<Equals>, true},
    {"NumericLessThan", kNumber, numbers<Less>},
    {"NumericLessThanPath", kNumber, numbers<Less>, true},
    {"NumericGreaterThan", kNumber, numbers<Greater>},
    {"NumericGreaterThanPath", kNumber, numbers<Greater>, true},
    {"NumericLessThanEquals", kNumber, numbers<LessEquals>},
    {"NumericLessThanEqualsPath", kNumber, numbers<LessEquals>, true},
    {"NumericGreaterThanEquals", kNumber, numbers<GreaterEquals>},
    {"NumericGreaterThanEqualsPath", kNumber, numbers<GreaterEquals>, true},
    {"BooleanEquals", kBoolean, booleans},
    {"BooleanEqualsPath", kBoolean, booleans, true},
    {"TimestampEquals", kTime, timestamps<Equals>},
    {"TimestampEqualsPath", kTime, timestamps<Equals>, true},
    {"TimestampLessThan", kTime, timestamps<Less>},
    {"TimestampLessThanPath", kTime, timestamps<Less>, true},
    {"TimestampGreaterThan", kTime, timestamps<Greater>},
    {"TimestampGreaterThanPath", kTime, timestamps<Greater>, true},
    {"TimestampLessThanEquals", kTime, timestamps<LessEquals>},
    {"TimestampLessThanEqualsPath", kTime, timestamps<LessEquals>, true},
    {"TimestampGreaterThanEquals", kTime, timestamps<GreaterEquals>},
    {"TimestampGreaterThanEqualsPath", kTime, timestamps<GreaterEquals>, true},
    {"IsNull", kBoolean, is<IsNull>},
    {"IsPresent", kBoolean, is<IsPresent>},
    {"IsNumeric", kBoolean, is<IsNumeric>},
    {"IsString", kBoolean, is<IsString>},
    {"IsBoolean", kBoolean, is<IsBoolean>},
    {"IsTimestamp", kBoolean, is<IsTimestamp>},
};

/// What a path of the rule names. Recorded on AWS: a missing one ends the execution, except for IsPresent.
Json readOperand(const JsonPath& path, const Scene& scene) {
    try {
        return readPath(path, scene);
    } catch (const PathNotFound&) {
        throw runtimeFailure("Invalid path '" + path.text() +
                             "': The choice state's condition path references an invalid value.");
    }
}

bool compares(const Condition& condition, const Scene& scene) {
    const auto& op = *condition.op;
    if (op.holds == is<IsPresent>) {
        bool present = true;
        try {
            readPath(*condition.variable, scene);
        } catch (const PathNotFound&) {
            present = false;
        }
        return present == std::get<Json>(condition.operand).IsTrue();
    }
    const Json value = readOperand(*condition.variable, scene);
    if (const auto* path = std::get_if<JsonPath>(&condition.operand)) return op.holds(value, readOperand(*path, scene));
    return op.holds(value, std::get<Json>(condition.operand));
}

}  // namespace

const ChoiceOperator* findChoiceOperator(std::string_view member) {
    const auto* found =
        std::find_if(std::begin(kOperators), std::end(kOperators), [&](const auto& op) { return op.name == member; });
    return found == std::end(kOperators) ? nullptr : found;
}

bool takesPath(const ChoiceOperator& op) { return op.isPath; }
OperandType operandOf(const ChoiceOperator& op) { return op.operand; }
std::string_view nameOf(const ChoiceOperator& op) { return op.name; }

bool holds(const Condition& condition, const Scene& scene) {
    const auto each = [&](const Condition& part) { return holds(part, scene); };
    switch (condition.kind) {
        case Condition::Kind::comparison: return compares(condition, scene);
        case Condition::Kind::allOf: return std::all_of(condition.parts.begin(), condition.parts.end(), each);
        case Condition::Kind::anyOf: return std::any_of(condition.parts.begin(), condition.parts.end(), each);
        case Condition::Kind::negation: return !each(condition.parts.front());
        case Condition::Kind::jsonata: return condition.expression->evaluate(scene, "Condition").json().IsTrue();
    }
    return false;
}

}  // namespace backlot::asl
