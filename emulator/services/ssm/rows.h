#pragma once
// Every kind of row that the service keeps.
//
//   parameter / account / region / name             → {"version", "policies", "jobs", "tags"} of the newest version
//   version   / account / region / name / number    → a Version, as JSON; with the parameter they go

#include <map>
#include <string>
#include <string_view>

#include "emulator/world/call.h"

namespace backlot::ssm {

inline const std::map<std::string, std::string> kRowKinds = {{"parameter", "parameters"},
                                                             {"version", "versions of parameters"}};

inline Key parametersKey(const Call& call) { return Key("parameter").text(call.account).text(call.region); }
inline Key parameterKey(const Call& call, std::string_view name) { return parametersKey(call).text(name); }
inline Key versionsKey(const Call& call, std::string_view name) {
    return Key("version").text(call.account).text(call.region).text(name);
}
inline Key versionKey(const Call& call, std::string_view name, std::int64_t number) {
    return versionsKey(call, name).integer(number);
}

}  // namespace backlot::ssm
