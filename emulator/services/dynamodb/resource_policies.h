#pragma once

#include <string_view>

#include "emulator/services/dynamodb/memory.h"

namespace backlot::dynamodb {

Json putResourcePolicy(Memory& memory, Call& call, const Fields& request);
Json getResourcePolicy(Memory& memory, Call& call, const Fields& request);
Json deleteResourcePolicy(Memory& memory, Call& call, const Fields& request);

/// Stores the policy of a resource; its revision id. Throws ValidationException where it is not a policy.
std::string putPolicy(Call& call, std::string_view arn, std::string_view policy);
void forgetPolicy(Call& call, std::string_view arn);

}  // namespace backlot::dynamodb
