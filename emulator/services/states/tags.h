#pragma once

#include "emulator/world/call.h"

namespace backlot::states {

/// Adds the request's `tags` to a list of them; a key that is there gets the new value in its old place.
void mergeTags(Json& tags, const Fields& request);

/// Of state machines and activities; versions and aliases have none. Throw ResourceNotFound.
Json tagResource(Call& call, const Fields& request);
Json untagResource(Call& call, const Fields& request);
Json listTagsForResource(Call& call, const Fields& request);

}  // namespace backlot::states
