#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "emulator/base/json.h"

namespace backlot {

/// One thing wrong with a request: "Value '' at 'tableName' failed to satisfy constraint: Member must …".
struct Violation {
    std::string path;       // "keySchema.1.member.keyType"
    std::string parameter;  // the same with the API's names, as SQS and others count parameters: "Entries.1.Id"
    bool missing = false;   // it is that a required member is not there
    bool scalar = false;    // of a missing member: it is no structure, list or map
    std::string text;
};

/// A value of the shape so named, as AWS's messages print it: "[KeySchemaElement(attributeName=pk, keyType=HASH)]".
using ValueText = std::function<std::string(std::string_view shape, const Json& value)>;

}  // namespace backlot
