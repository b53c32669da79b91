#pragma once
// Lists that are given out in pages.

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/world/call.h"

namespace backlot::states {

/// One page of the rows under `prefix`, in their order, as {member: […], "nextToken"}. `entry` makes an element of a
/// row, or nothing where it is not to be listed. maxResults 0 means 100. A token is the place of the next row. Throws
/// InvalidToken.
Json page(Call& call, const Fields& request, const Key& prefix, std::string_view member,
          const std::function<std::optional<Json>(std::string_view key, std::string_view value)>& entry);

}  // namespace backlot::states
