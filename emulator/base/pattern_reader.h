#pragma once
// JSON tokens of an event pattern. AWS reads patterns with a streaming parser and reports the first thing it stumbles
// over, by its own words and with line and column: so the pattern is read token by token, not as a document.

#include <string>
#include <string_view>
#include <vector>

namespace backlot {

enum class TokenKind {
    objectStart,
    objectEnd,
    arrayStart,
    arrayEnd,
    fieldName,
    string,
    number,
    literalTrue,
    literalFalse,
    literalNull,
    end,
    broken
};

struct PatternToken {
    TokenKind kind;
    std::string text;     // decoded string or name, number as written, or the message of what is broken
    std::size_t end = 0;  // offset just behind the token
};

/// All tokens up to the end, or up to and with a `broken` one at which the text is no longer JSON.
std::vector<PatternToken> readPatternTokens(std::string_view text);

/// " at [Source: (String)"…"; line: L, column: C]" for an offset into `text`.
std::string patternPlace(std::string_view text, std::size_t offset);

}  // namespace backlot
