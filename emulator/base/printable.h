#pragma once

#include <string>
#include <string_view>

namespace backlot {

/// Text that a terminal shows and does not obey. Control characters but newline and tab (ESC, CR, the C1 controls, DEL)
/// and those that turn the direction of writing become "\u001b", which JSON reads as the same; a byte that is no UTF-8,
/// "\xNN". Source: Unicode Standard Annex #9, 2 (the directional formatting characters).
std::string printable(std::string_view text);

/// The same in one line: a newline becomes "\n".
std::string printableLine(std::string_view text);

}  // namespace backlot
