#pragma once
// Every kind of row that the service keeps.
//
//   secret / account / region / name                   → a Secret, as JSON: all of it but the values
//   value  / account / region / name / suffix / id     → {"string": …} or {"binary": …} of one version
//
// The suffix is what the ARN ends with: a secret made anew under a name has another one, and none of the old values.

#include <string_view>

#include "emulator/world/call.h"

namespace backlot::secretsmanager {

inline Key secretsKey(const Call& call) { return Key("secret").text(call.account).text(call.region); }
inline Key secretKey(const Call& call, std::string_view name) { return secretsKey(call).text(name); }
inline Key valuesKey(const Call& call, std::string_view name, std::string_view suffix) {
    return Key("value").text(call.account).text(call.region).text(name).text(suffix);
}

}  // namespace backlot::secretsmanager
