#include "asl/query/jsonata.h"

#include "asl/query/jsonata/evaluator.h"
#include "asl/query/jsonata/program.h"

namespace backlot::asl {
namespace {

JsonataError errorOf(const jsonata::Failure& failure) {
    return {.code = std::string(failure.code()),
            .message = failure.message(),
            .position = failure.position(),
            .outOfBudget = failure.code() == jsonata::kLimitCode};
}

}  // namespace

std::variant<Jsonata, JsonataError> Jsonata::compile(std::string_view text) {
    auto program = std::make_shared<jsonata::Program>();
    program->text = text;
    try {
        jsonata::parse(*program);
        jsonata::rewrite(*program);
        jsonata::inspect(*program);
    } catch (const jsonata::Failure& failure) {
        return errorOf(failure);
    }
    return Jsonata(std::move(program));
}

Jsonata::Result Jsonata::evaluate(std::span<const JsonataBinding> bindings, const Json* input, const JsonataHost& host,
                                  std::int64_t stepBudget) const {
    try {
        jsonata::Evaluator evaluator(*program_, bindings, host, stepBudget);
        const auto value = evaluator.run(input);
        if (value.isUndefined()) return std::optional<Json>();
        return std::optional<Json>(jsonata::toJson(value, evaluator.budget));
    } catch (const jsonata::Failure& failure) {
        return errorOf(failure);
    } catch (const jsonata::UnsupportedResult&) {
        return JsonataError{.message = "The expression returned an unsupported result type.",
                            .unsupportedResult = true};
    }
}

const std::string& Jsonata::text() const { return program_->text; }
const std::vector<JsonataReference>& Jsonata::references() const { return program_->references; }
std::optional<int> Jsonata::contextUse() const { return program_->contextUse; }
std::optional<int> Jsonata::evalUse() const { return program_->evalUse; }

}  // namespace backlot::asl
