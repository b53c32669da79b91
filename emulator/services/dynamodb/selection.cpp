#include "emulator/services/dynamodb/selection.h"

#include "emulator/services/dynamodb/item_codec.h"
#include "emulator/services/dynamodb/legacy.h"

namespace backlot::dynamodb {

Json Selection::toJson(std::string_view item) const { return projection ? projection->toJson(item) : itemToJson(item); }

Selection readSelection(Memory& memory, const Fields& request, expressions::Substitutions& substitutions) {
    if (const Json* text = request.find("ProjectionExpression")) {
        auto expression =
            memory.expressions.get(expressions::ExpressionKind::projection, "ProjectionExpression", view(*text));
        auto bound = resolve(std::move(expression), "ProjectionExpression", substitutions);
        expressions::Projection projection(bound.projection(), bound);
        return {std::move(projection), std::move(bound)};
    }
    if (const auto names = readAttributesToGet(request)) return {expressions::Projection(*names), {}};
    return {};
}

LoneSelection::LoneSelection(const Fields& request)
    : request_(request), substitutions_(checked(request), request.has("ProjectionExpression"), {}) {}

const Fields& LoneSelection::checked(const Fields& request) {
    refuseMixture(request, {"AttributesToGet"}, {"ProjectionExpression"});
    return request;
}

Selection LoneSelection::read(Memory& memory) {
    substitutions_.read();
    auto selection = readSelection(memory, request_, substitutions_);
    substitutions_.requireAllUsed();
    return selection;
}

}  // namespace backlot::dynamodb
