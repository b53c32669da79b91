#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "asl/query/jsonata/regex.h"

namespace backlot::asl::jsonata {

struct Token {
    enum class What : unsigned char { end, op, name, variable, string, number, boolean, null, regex } what = What::end;
    std::string text;  ///< the operator, the name, the string without quotes, the number as written
    double number = 0;
    std::shared_ptr<const Regex> regex;
    int position = 0;  ///< where it begins, in bytes
};

class Lexer {
public:
    explicit Lexer(std::string_view text) : text_(text) {}
    /// The next token. Where an operand may stand a `/` begins a regular expression. Throws Failure.
    Token next(bool operandAllowed);

private:
    void skipBlanks();
    Token string(char quote);
    Token number();
    Token regex();
    Token word();
    char at(std::size_t i) const { return i < text_.size() ? text_[i] : '\0'; }
    std::string_view text_;
    std::size_t position_ = 0;
};

/// As a message shows it.
std::string shown(const Token& token);

}  // namespace backlot::asl::jsonata
