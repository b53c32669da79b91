#include "asl/language/template.h"

namespace backlot::asl {

Payload Template::evaluate(const Scene& scene, std::string_view field) const {
    return kind == Kind::literal ? literal : Payload(value(scene, field));
}

Json Template::value(const Scene& scene, std::string_view field) const {
    switch (kind) {
        case Kind::literal: return copy(literal.json());
        case Kind::expression: return expression->evaluate(scene, field);
        case Kind::array: {
            Json out(rapidjson::kArrayType);
            for (std::size_t i = 0; i < elements.size(); ++i)
                push(out, elements[i].value(scene, std::string(field) + "/" + std::to_string(i)));
            return out;
        }
        case Kind::object: {
            Json out(rapidjson::kObjectType);
            for (const auto& member : members) {
                // JSONPath's texts cite the member alone, JSONata's the way to it.
                const bool path = member.value.kind == Kind::expression && !member.value.expression->jsonata();
                set(out, member.name,
                    member.value.value(scene, path ? member.name + ".$" : std::string(field) + "/" + member.name));
            }
            return out;
        }
    }
    return {};
}

void Template::collectVariables(std::set<std::string>& names) const {
    if (expression) expression->collectVariables(names);
    for (const auto& member : members) member.value.collectVariables(names);
    for (const auto& element : elements) element.collectVariables(names);
}

}  // namespace backlot::asl
