#include "emulator/base/wildcard.h"

namespace backlot {

bool matchesWildcard(std::string_view text, std::string_view pattern, WildcardRules rules) {
    std::size_t t = 0, p = 0, star = std::string_view::npos,
                mark = 0;  // after the last star, text[mark…] is tried against what follows it
    while (t < text.size()) {
        const bool escaped = rules.escapes && p + 1 < pattern.size() && pattern[p] == '\\' &&
                             (pattern[p + 1] == '*' || pattern[p + 1] == '\\');
        if (p < pattern.size() &&
            pattern[p] == '*') {  // before equality: a '*' in the text is no match for the wildcard itself
            star = p++;
            mark = t;
        } else if (p < pattern.size() &&
                   ((rules.question && pattern[p] == '?') || pattern[p + (escaped ? 1 : 0)] == text[t])) {
            p += escaped ? 2 : 1;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++mark;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*') ++p;
    return p == pattern.size();
}

}  // namespace backlot
