#pragma once

#include <string>

namespace backlot::asl::jsonata {

/// The lower case of a letter, itself where it has none. (İ, whose lower case is two letters, gives plain i.)
char32_t lowerCase(char32_t letter);
/// The upper case, up to three letters: ß gives SS.
std::u32string upperCase(char32_t letter);

}  // namespace backlot::asl::jsonata
