#pragma once

#include <string_view>

namespace backlot {

struct WildcardRules {
    bool question = false;  // '?' is any one character
    bool escapes = false;   // "\*" and "\\" are themselves
};

/// True where the whole text fits the pattern, in which '*' is any run of characters. Takes time in proportion to both.
bool matchesWildcard(std::string_view text, std::string_view pattern, WildcardRules rules = {});

}  // namespace backlot
