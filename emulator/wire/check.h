#pragma once

#include <optional>
#include <string_view>

#include "emulator/base/json.h"
#include "emulator/wire/target.h"

namespace backlot::wire {

class Apis;

/// Checks a decoded request against the operation's API model: the JSON type of every member first
/// (SerializationException), then required members, lengths, ranges, enums and patterns, all violations gathered (up to
/// 10) into one error in the service's own style: "2 validation errors detected: Value '…' at 'tableName' failed to
/// satisfy constraint: …". Members that the model does not know are ignored, as AWS ignores them. Allocates nothing
/// where nothing is wrong. Throws Refusal.
void check(const Target& target, const Json& input);

/// The same for a call from inside the program (a state machine's aws-sdk task, a scenario). Throws AwsError:
/// UnknownOperationException where there is no such service or operation, else as above.
void checkInput(const Apis& apis, std::string_view service, std::string_view operation, const Json& input);

/// Whether the API model knows this member of the operation's requests: "Configuration.Rules.ID", elements of lists
/// without number, any key of a map.
bool knowsMember(const Apis& apis, std::string_view service, std::string_view operation, std::string_view path);

}  // namespace backlot::wire
