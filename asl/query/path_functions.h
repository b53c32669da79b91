#pragma once
// Functions at the end of a JSONPath: $.items.length()

#include <string_view>
#include <vector>

#include "asl/query/jsonpath.h"

namespace backlot::asl {

bool isPathFunction(std::string_view name);

/// `nodes` is what the path names before its function. Throws PathNotFound where the function has nothing to work on.
Json applyPathFunction(const JsonPath::Step& function, const std::vector<const Json*>& nodes, bool definite,
                       const Json& root);

}  // namespace backlot::asl
