#pragma once

#include <optional>

#include "emulator/services/dynamodb/expressions/projection.h"
#include "emulator/services/dynamodb/memory.h"

namespace backlot::dynamodb {

/// Which attributes of an item an answer holds: all, or those of a ProjectionExpression or of AttributesToGet.
struct Selection {
    std::optional<expressions::Projection> projection;
    std::optional<expressions::Bound>
        paths;  // of the ProjectionExpression; only its names, for checks against the table

    Json toJson(std::string_view item) const;
};

/// ProjectionExpression and AttributesToGet of a request. Throws ValidationException.
Selection readSelection(Memory& memory, const Fields& request, expressions::Substitutions& substitutions);
/// The same for a request whose only expression it is (GetItem, and each part of BatchGetItem and TransactGetItems), in
/// two steps, because AWS checks the key in between.
class LoneSelection {
public:
    explicit LoneSelection(const Fields& request);
    Selection read(Memory& memory);

private:
    static const Fields& checked(const Fields& request);
    const Fields& request_;
    expressions::Substitutions substitutions_;
};

}  // namespace backlot::dynamodb
