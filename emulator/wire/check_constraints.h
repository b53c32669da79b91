#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/violation.h"
#include "emulator/wire/model.h"

namespace backlot::wire {

/// How a service's violations differ from the usual.
struct ConstraintStyle {
    bool requiredOnly = false;    // lengths, ranges and the like are left to the service, which has texts of its own
    bool namesNull = false;       // "…, Member must not be null" at the end of whatever entries must satisfy
    std::string bodyPrefix = {};  // in front of the paths of members that travel in the body ("createRestApiInput.")
};

/// All violations, up to `limit`, in the model's order.
std::vector<Violation> violations(const Model& model, const Shape& input, const Json& value,
                                  const ConstraintStyle& style, std::size_t limit);
/// Whether there are none: the same walk without the texts, and without an allocation.
bool satisfied(const Model& model, const Shape& input, const Json& value, bool requiredOnly);

}  // namespace backlot::wire
