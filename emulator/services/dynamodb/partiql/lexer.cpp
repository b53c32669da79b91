#include "emulator/services/dynamodb/partiql/lexer.h"

#include <cctype>

namespace backlot::dynamodb::partiql {
namespace {

bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isWordStart(char c) { return std::isalpha(static_cast<unsigned char>(c)) || c == '_' || c == '$' || (c & 0x80); }
bool isWordPart(char c) { return isWordStart(c) || isDigit(c); }

std::size_t skipped(std::string_view text, std::size_t at) {
    for (;;) {
        while (at < text.size() && std::isspace(static_cast<unsigned char>(text[at]))) ++at;
        if (!text.substr(at).starts_with("--")) return at;
        while (at < text.size() && text[at] != '\n') ++at;
    }
}

/// From one quote to its fellow; a doubled one stands for itself. Invalid where it does not end.
Token quoted(std::string_view text, std::size_t at, TokenKind kind) {
    const char quote = text[at];
    Token token{kind, {}, at, at};
    for (std::size_t i = at + 1; i < text.size(); ++i) {
        if (text[i] != quote) {
            token.text += text[i];
        } else if (i + 1 < text.size() && text[i + 1] == quote) {
            token.text += quote;
            ++i;
        } else {
            token.end = i + 1;
            return token;
        }
    }
    return {TokenKind::invalid, std::string(text.substr(at)), at, text.size()};
}

std::size_t endOfNumber(std::string_view text, std::size_t at) {
    const auto digits = [&] {
        while (at < text.size() && isDigit(text[at])) ++at;
    };
    digits();
    if (at + 1 < text.size() && text[at] == '.' && isDigit(text[at + 1])) {
        ++at;
        digits();
    }
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        std::size_t power = at + 1;
        if (power < text.size() && (text[power] == '+' || text[power] == '-')) ++power;
        if (power < text.size() && isDigit(text[power])) {
            at = power;
            digits();
        }
    }
    return at;
}

}  // namespace

Token nextToken(std::string_view text, std::size_t from) {
    const auto at = skipped(text, from);
    if (at == text.size()) return {TokenKind::end, {}, at, at};
    const auto token = [&](TokenKind kind, std::size_t end) {
        return Token{kind, std::string(text.substr(at, end - at)), at, end};
    };
    const char first = text[at];
    if (first == '\'') return quoted(text, at, TokenKind::text);
    if (first == '"') return quoted(text, at, TokenKind::quotedName);
    if (first == '?') return token(TokenKind::parameter, at + 1);
    if (isDigit(first)) return token(TokenKind::number, endOfNumber(text, at));
    if (isWordStart(first)) {
        auto end = at;
        while (end < text.size() && isWordPart(text[end])) ++end;
        return token(TokenKind::word, end);
    }
    for (const std::string_view symbol : {"<<", ">>", "<=", ">=", "<>", "!="})
        if (text.substr(at).starts_with(symbol)) return token(TokenKind::symbol, at + 2);
    if (std::string_view("=<>+-*(),.[]{}:").find(first) != std::string_view::npos)
        return token(TokenKind::symbol, at + 1);
    return token(TokenKind::invalid, at + 1);
}

}  // namespace backlot::dynamodb::partiql
