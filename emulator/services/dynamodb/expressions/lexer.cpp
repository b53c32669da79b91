#include "emulator/services/dynamodb/expressions/lexer.h"

namespace backlot::dynamodb::expressions {
namespace {

bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool isWordPart(char c) { return isLetter(c) || isDigit(c) || c == '_'; }
bool isSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v'; }

std::size_t symbolSize(std::string_view rest) {
    if (rest.starts_with("<>") || rest.starts_with("<=") || rest.starts_with(">=")) return 2;
    return std::string_view("=<>+-(),.[]").find(rest[0]) != std::string_view::npos ? 1 : 0;
}

std::size_t endOfWord(std::string_view text, std::size_t at) {
    while (at < text.size() && isWordPart(text[at])) ++at;
    return at;
}

/// An invalid character together with the bytes that UTF-8 has made of it.
std::size_t endOfCharacter(std::string_view text, std::size_t at) {
    for (++at; at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;) ++at;
    return at;
}

}  // namespace

Token nextToken(std::string_view text, std::size_t at) {
    while (at < text.size() && isSpace(text[at])) ++at;
    if (at == text.size()) return {TokenKind::end, "<EOF>", at, at};
    const auto token = [&](TokenKind kind, std::size_t end) { return Token{kind, text.substr(at, end - at), at, end}; };
    const char first = text[at];
    if (isLetter(first)) return token(TokenKind::name, endOfWord(text, at));
    if (isDigit(first)) {
        auto end = at;
        while (end < text.size() && isDigit(text[end])) ++end;
        return token(TokenKind::integer, end);
    }
    if (first == '#' || first == ':') {
        const auto end = endOfWord(text, at + 1);
        if (end > at + 1) return token(first == '#' ? TokenKind::placeholder : TokenKind::value, end);
    } else if (const auto size = symbolSize(text.substr(at))) {
        return token(TokenKind::symbol, at + size);
    }
    return token(TokenKind::invalid, endOfCharacter(text, at));
}

bool equalIgnoringCase(std::string_view a, std::string_view upperCase) {
    if (a.size() != upperCase.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const char upper = a[i] >= 'a' && a[i] <= 'z' ? static_cast<char>(a[i] - 'a' + 'A') : a[i];
        if (upper != upperCase[i]) return false;
    }
    return true;
}

}  // namespace backlot::dynamodb::expressions
