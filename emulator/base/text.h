#pragma once
// Small things that are done to texts everywhere.

#include <string>
#include <string_view>

namespace backlot {

/// With A–Z in lower case; what is not ASCII stays.
std::string lowered(std::string_view text);
/// Without spaces, tabs and ends of lines around it; a view into it.
std::string_view trimmed(std::string_view text);
/// 0–15, or -1 where it is no hexadecimal digit.
int hexDigit(char c);
/// `codePoint` is taken as it is: whoever must not write a surrogate looks before.
void appendUtf8(std::string& out, char32_t codePoint);

}  // namespace backlot
