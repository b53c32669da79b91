#include "asl/query/jsonata/lexer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "asl/query/jsonata/failure.h"
#include "asl/query/jsonata/text.h"

namespace backlot::asl::jsonata {
namespace {

constexpr std::string_view kBlanks = " \t\n\r\v";
constexpr std::string_view kSingles = ".[]{}(),@#;:?+-*/%|=<>^&!~";
constexpr std::string_view kDoubles[] = {"..", ":=", "!=", ">=", "<=", "**", "~>"};

bool isOneOf(std::string_view set, char c) { return set.find(c) != std::string_view::npos; }
bool isDigit(char c) { return c >= '0' && c <= '9'; }

std::optional<char32_t> hex4(std::string_view text) {
    unsigned value = 0;
    if (text.size() < 4) return std::nullopt;
    const auto [end, error] = std::from_chars(text.data(), text.data() + 4, value, 16);
    if (error != std::errc() || end != text.data() + 4) return std::nullopt;
    return value;
}

/// Appends a UTF-16 unit; the second half of a pair joins the first, which stands at the end of the text in three
/// bytes.
void appendUnit(std::string& out, char32_t unit) {
    if (unit >= 0xDC00 && unit < 0xE000 && out.size() >= 3) {
        std::size_t at = out.size() - 3;
        const std::string_view last(out.data() + at, 3);
        if (last[0] == '\xED' && static_cast<unsigned char>(last[1]) >= 0xA0 &&
            static_cast<unsigned char>(last[1]) < 0xB0) {
            const char32_t high = nextCodePoint(out, at);
            out.resize(out.size() - 3);
            return appendUtf8(out, 0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00));
        }
    }
    appendUtf8(out, unit);
}

}  // namespace

void Lexer::skipBlanks() {
    while (position_ < text_.size()) {
        if (isOneOf(kBlanks, text_[position_])) {
            ++position_;
        } else if (text_.substr(position_, 2) == "/*") {
            const auto close = text_.find("*/", position_ + 2);
            if (close == std::string_view::npos) throw Failure("S0106", static_cast<int>(position_));
            position_ = close + 2;
        } else {
            return;
        }
    }
}

Token Lexer::next(bool operandAllowed) {
    skipBlanks();
    Token token;
    const std::size_t start = position_;
    if (position_ < text_.size()) {
        const char c = text_[position_];
        if (operandAllowed && c == '/') {
            token = regex();
        } else if (std::find(std::begin(kDoubles), std::end(kDoubles), text_.substr(position_, 2)) !=
                   std::end(kDoubles)) {
            token = {Token::What::op, std::string(text_.substr(position_, 2))};
            position_ += 2;
        } else if (isOneOf(kSingles, c)) {
            token = {Token::What::op, std::string(1, c)};
            ++position_;
        } else if (c == '"' || c == '\'') {
            token = string(c);
        } else if (isDigit(c)) {
            token = number();
        } else if (c == '`') {
            const auto close = text_.find('`', position_ + 1);
            if (close == std::string_view::npos) throw Failure("S0105", static_cast<int>(start));
            token = {Token::What::name, std::string(text_.substr(position_ + 1, close - position_ - 1))};
            position_ = close + 1;
        } else {
            token = word();
        }
    }
    token.position = static_cast<int>(start);
    return token;
}

Token Lexer::string(char quote) {
    static constexpr std::string_view escapes = "\"\\/bfnrt", meanings = "\"\\/\b\f\n\r\t";
    const int start = static_cast<int>(position_++);
    Token token{Token::What::string};
    for (; position_ < text_.size(); ++position_) {
        const char c = text_[position_];
        if (c == quote) {
            ++position_;
            return token;
        }
        if (c != '\\') {
            token.text += c;
            continue;
        }
        const char escaped = at(++position_);
        if (const auto which = escapes.find(escaped); which != std::string_view::npos && escaped != '\0') {
            token.text += meanings[which];
        } else if (escaped == 'u') {
            const auto unit = hex4(text_.substr(position_ + 1));
            if (!unit) throw Failure("S0104", static_cast<int>(position_));
            appendUnit(token.text, *unit);
            position_ += 4;
        } else {
            std::size_t at = position_;
            std::string shownAs;
            if (at < text_.size()) appendUtf8(shownAs, nextCodePoint(text_, at));
            throw Failure("S0103", static_cast<int>(position_)).withText("token", shownAs);
        }
    }
    throw Failure("S0101", start);
}

Token Lexer::number() {
    const std::size_t start = position_;
    const auto digits = [this] {
        while (isDigit(at(position_))) ++position_;
    };
    if (at(position_++) != '0') digits();
    if (at(position_) == '.' && isDigit(at(position_ + 1))) {
        ++position_;
        digits();
    }
    if (at(position_) == 'e' || at(position_) == 'E') {
        const bool sign = at(position_ + 1) == '+' || at(position_ + 1) == '-';
        if (isDigit(at(position_ + (sign ? 2 : 1)))) {
            position_ += sign ? 2 : 1;
            digits();
        }
    }
    Token token{Token::What::number, std::string(text_.substr(start, position_ - start))};
    const auto [end, error] = std::from_chars(token.text.data(), token.text.data() + token.text.size(), token.number);
    if (error == std::errc::result_out_of_range) {
        // Too large is an error, too small is zero.
        const auto e = token.text.find_first_of("eE");
        if (e == std::string::npos || token.text[e + 1] != '-')
            throw Failure("S0102", static_cast<int>(start)).withText("token", token.text);
        token.number = 0;
    }
    return token;
}

Token Lexer::regex() {
    const std::size_t start = ++position_;
    int depth = 0;
    for (; position_ < text_.size(); ++position_) {
        const char c = text_[position_];
        std::size_t backslashes = 0;
        while (backslashes < position_ - start && text_[position_ - 1 - backslashes] == '\\') ++backslashes;
        const bool escaped = position_ > start && text_[position_ - 1] == '\\';
        if (c == '/' && backslashes % 2 == 0 && depth == 0) {
            const auto pattern = text_.substr(start, position_ - start);
            if (pattern.empty()) throw Failure("S0301", static_cast<int>(start - 1));
            const std::size_t flags = ++position_;
            while (at(position_) == 'i' || at(position_) == 'm') ++position_;
            Token token{Token::What::regex, std::string(pattern)};
            token.regex = Regex::compile(pattern, text_.substr(flags, position_ - flags), static_cast<int>(start - 1));
            return token;
        }
        if (isOneOf("([{", c) && !escaped) ++depth;
        if (isOneOf(")]}", c) && !escaped) --depth;
    }
    throw Failure("S0302", static_cast<int>(start - 1));
}

Token Lexer::word() {
    const std::size_t start = position_;
    while (position_ < text_.size() && !isOneOf(kBlanks, text_[position_]) && !isOneOf(kSingles, text_[position_]))
        ++position_;
    std::string word(text_.substr(start, position_ - start));
    if (word.front() == '$') return {Token::What::variable, word.substr(1)};
    if (word == "or" || word == "in" || word == "and") return {Token::What::op, word};
    if (word == "true" || word == "false") return {Token::What::boolean, word};
    if (word == "null") return {Token::What::null, word};
    return {Token::What::name, word};
}

std::string shown(const Token& token) {
    switch (token.what) {
        case Token::What::end: return jsonText("(end)");
        case Token::What::number: return numberText(token.number);
        case Token::What::boolean:
        case Token::What::null: return token.text;
        default: return jsonText(token.text);
    }
}

}  // namespace backlot::asl::jsonata
