#pragma once

#include <string_view>

namespace backlot::dynamodb::expressions {

enum class TokenKind { name, placeholder, value, integer, symbol, invalid, end };

struct Token {
    TokenKind kind = TokenKind::end;
    std::string_view text;  // within the expression; "<EOF>" at the end
    std::size_t begin = 0, end = 0;
};

/// The token that begins at or after `at`, white space passed over.
Token nextToken(std::string_view expression, std::size_t at);
bool equalIgnoringCase(std::string_view a, std::string_view upperCase);

}  // namespace backlot::dynamodb::expressions
