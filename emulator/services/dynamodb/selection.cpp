#include "emulator/services/dynamodb/selection.h"

#include "emulator/services/dynamodb/item_codec.h"
#include "emulator/services/dynamodb/legacy.h"

namespace backlot::dynamodb {

Json Selection::toJson(std::string_view item) const { return projection ? projection->toJson(item) : itemToJson(item); }

Selection readSelection(Memory& memory, const Fields& request, expressions::Substitutions& substitutions) {
    if (const Json* text = request.find("ProjectionExpression")) {
        auto expression = memory.expressions.get(expressions::ExpressionKind::projection, "ProjectionExpression", view(*text));
        const auto bound = resolve(std::move(expression), "ProjectionExpression", substitutions);
        return {expressions::Projection(bound.projection(), bound)};
    }
    if (const auto names = readAttributesToGet(request)) return {expressions::Projection(*names)};
    return {};
}

Selection readLoneSelection(Memory& memory, const Fields& request) {
    refuseMixture(request, {"AttributesToGet"}, {"ProjectionExpression"});
    expressions::Substitutions substitutions(request, request.has("ProjectionExpression"), "ProjectionExpression is null", {});
    auto selection = readSelection(memory, request, substitutions);
    substitutions.requireAllUsed();
    return selection;
}

}  // namespace backlot::dynamodb
