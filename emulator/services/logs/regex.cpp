#include "emulator/services/logs/regex.h"

#include "emulator/services/logs/errors.h"

namespace backlot::logs {
namespace {

/// AWS takes no groups; what is escaped or stands in brackets is a character.
bool hasGroup(std::string_view text) {
    bool inClass = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\')
            ++i;
        else if (text[i] == '[')
            inClass = true;
        else if (text[i] == ']')
            inClass = false;
        else if (!inClass && (text[i] == '(' || text[i] == ')'))
            return true;
    }
    return false;
}

}  // namespace

Regex compiledRegex(std::string_view text) try {
    if (text.empty() || hasGroup(text)) throw invalidParameter("Invalid filter pattern");
    return Regex(text, {.steps = 200'000});
} catch (const RegexError&) {
    throw invalidParameter("Invalid filter pattern");
}

}  // namespace backlot::logs
