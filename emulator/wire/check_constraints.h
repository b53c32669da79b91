#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/json.h"
#include "emulator/wire/model.h"

namespace backlot::wire {

/// One thing wrong with a request: "Value '' at 'tableName' failed to satisfy constraint: Member must …".
struct Violation {
    std::string path;         // "keySchema.1.member.keyType"
    std::string parameter;    // the same with the API's names, as SQS and others count parameters: "Entries.1.Id"
    bool missing = false;     // it is that a required member is not there
    bool scalar = false;      // of a missing member: it is no structure, list or map
    std::string text;
};

/// How a service's violations differ from the usual.
struct ConstraintStyle {
    bool requiredOnly = false;       // lengths, ranges and the like are left to the service, which has texts of its own
    bool namesNull = false;          // "…, Member must not be null" at the end of whatever entries must satisfy (Lambda)
    std::string bodyPrefix;          // in front of the paths of members that travel in the body ("createRestApiInput.")
};

/// All violations, up to `limit`, in the model's order.
std::vector<Violation> violations(const Model& model, const Shape& input, const Json& value, const ConstraintStyle& style, std::size_t limit);
/// Whether there are none: the same walk without the texts, and without an allocation.
bool satisfied(const Model& model, const Shape& input, const Json& value, bool requiredOnly);

}  // namespace backlot::wire
