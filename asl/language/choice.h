#pragma once
// Choice rules: the operators of the States Language, and And, Or, Not over them.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "asl/language/template.h"

namespace backlot::asl {

struct ChoiceOperator;  // a line of the table in choice.cpp

enum class OperandType : std::uint8_t { string, number, boolean, timestamp };

/// The operator of a member name ("StringEqualsPath"), or null.
const ChoiceOperator* findChoiceOperator(std::string_view member);
/// Whether its operand is a path to the value to compare with.
bool takesPath(const ChoiceOperator& op);
OperandType operandOf(const ChoiceOperator& op);
std::string_view nameOf(const ChoiceOperator& op);

/// A condition of a Choice rule.
struct Condition {
    enum class Kind : std::uint8_t { comparison, allOf, anyOf, negation, jsonata };
    Kind kind = Kind::comparison;
    std::vector<Condition> parts;      ///< of And, Or; one of Not
    std::optional<JsonPath> variable;  ///< comparison
    const ChoiceOperator* op = nullptr;
    std::variant<Json, JsonPath> operand;  ///< a literal, or the path of a …Path operator
    std::optional<Template> expression;    ///< JSONata's Condition
};

/// Whether a comparison (or And, Or, Not over them) holds. Throws StateFailure where a path finds nothing or the
/// operand of a …Path operator has another type.
bool holds(const Condition& condition, const Scene& scene);

}  // namespace backlot::asl
