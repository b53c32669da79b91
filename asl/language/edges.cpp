#include "asl/language/edges.h"

namespace backlot::asl {
namespace {

std::string describe(const Condition& condition) {
    const auto joined = [&](const char* word) {
        std::string out;
        for (const auto& part : condition.parts) out += (out.empty() ? "" : word) + describe(part);
        return "(" + out + ")";
    };
    switch (condition.kind) {
        case Condition::Kind::allOf: return joined(" and ");
        case Condition::Kind::anyOf: return joined(" or ");
        case Condition::Kind::negation: return "not " + describe(condition.parts.front());
        case Condition::Kind::jsonata:
            return condition.expression->expression ? condition.expression->expression->text()
                                                    : condition.expression->literal.text();
        case Condition::Kind::comparison: break;
    }
    const auto* path = std::get_if<JsonPath>(&condition.operand);
    return condition.variable->text() + " " + std::string(nameOf(*condition.op)) + " " +
           (path ? path->text() : writeJson(std::get<Json>(condition.operand)));
}

}  // namespace

std::vector<Edge> edgesOf(const State& state) {
    std::vector<Edge> edges;
    if (state.type == StateType::choice) {
        for (const auto& rule : state.choices) edges.push_back({rule.next, describe(rule.condition)});
        if (state.defaultState) edges.push_back({*state.defaultState, "otherwise"});
        return edges;
    }
    edges.push_back({state.next, ""});
    for (const auto& catcher : state.catchers) {
        std::string names;
        for (const auto& name : catcher.errorEquals) names += (names.empty() ? "" : ", ") + name;
        edges.push_back({catcher.next, std::move(names), true});
    }
    return edges;
}

}  // namespace backlot::asl
