#pragma once

#include <string_view>

#include "emulator/services/dynamodb/memory.h"

namespace backlot::dynamodb {

Json tagResource(Memory& memory, Call& call, const Fields& request);
Json untagResource(Memory& memory, Call& call, const Fields& request);
Json listTagsOfResource(Memory& memory, Call& call, const Fields& request);

/// Checks and stores the Tags of a request. Throws ValidationException.
void addTags(Call& call, std::string_view arn, const std::vector<const Json*>& tags);
void forgetTags(Call& call, std::string_view arn);

}  // namespace backlot::dynamodb
