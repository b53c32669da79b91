#pragma once
// A payload template: JSON in which some values are computed. Parameters, ItemSelector, ResultSelector, Assign,
// Arguments, Output …

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "asl/payload.h"
#include "asl/query/expression.h"
#include "asl/query/jsonpath.h"

namespace backlot::asl {

class Template {
public:
    struct Member;
    enum class Kind : std::uint8_t { literal, object, array, expression };

    Kind kind = Kind::literal;
    Payload literal;                 ///< literal: nothing in it is computed
    std::vector<Member> members;     ///< object
    std::vector<Template> elements;  ///< array
    std::shared_ptr<const Expression> expression;

    /// Throws StateFailure. `field` is the path that error texts and EvaluationFailed's location cite: "Output/result".
    Payload evaluate(const Scene& scene, std::string_view field) const;
    void collectVariables(std::set<std::string>& names) const;

private:
    Json value(const Scene& scene, std::string_view field) const;
};

struct Template::Member {
    std::string name;  ///< without ".$"
    Template value;
};

}  // namespace backlot::asl
