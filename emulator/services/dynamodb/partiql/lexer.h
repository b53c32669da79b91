#pragma once

#include <string>
#include <string_view>

namespace backlot::dynamodb::partiql {

enum class TokenKind { word, quotedName, text, number, parameter, symbol, invalid, end };

struct Token {
    TokenKind kind = TokenKind::end;
    std::string text;  // of quoted names and texts: without the quotes, doubled quotes undone
    std::size_t begin = 0, end = 0;
};

/// The token that begins at or after `at`; white space and comments (-- to the end of the line) are passed over.
Token nextToken(std::string_view statement, std::size_t at);

}  // namespace backlot::dynamodb::partiql
