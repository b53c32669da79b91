#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/json.h"

namespace backlot::apigateway {

/// One path that a noun's patchOperations may name.
struct PatchField {
    enum Kind { text, boolean, integer, list, map };
    std::string path;  // "/name"; of a list or map without its last part: "/variables"
    Kind kind = text;
    std::string member = {};  // where it lies, if not named as the path: "endpointConfiguration/ipAddressType"
};

/// Applies the request's patchOperations: replace on values, add and remove on lists and maps (`~1` in a path is `/`).
/// Throws BadRequestException in AWS's words for a path or an op that the noun does not have.
void patch(Json& noun, const Fields& request, const std::vector<PatchField>& fields);

}  // namespace backlot::apigateway
