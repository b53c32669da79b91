#include "emulator/base/pattern_reader.h"

#include <cctype>
#include <cstdint>
#include <cstdio>

#include "emulator/base/text.h"

namespace backlot {
namespace {

constexpr std::size_t kDepthLimit = 128;
constexpr std::size_t kSourceShown = 500;  // AWS cuts longer texts in its message
constexpr std::string_view kValueExpected = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";

struct Broken {
    std::string message;
    std::size_t at;
};

std::string shown(std::string_view text, std::size_t at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    const std::string code = "(code " + std::to_string(byte) + ")";
    if (byte < 0x20) return "(CTRL-CHAR, code " + std::to_string(byte) + ")";
    return std::string("('") + text[at] + "' " + code + ")";
}

class Lexer {
public:
    explicit Lexer(std::string_view text) : text_(text) {}

    std::vector<PatternToken> run() {
        try {
            skipSpace();
            if (at_ < text_.size()) {
                value();
                while (!open_.empty()) step();
                skipSpace();
                if (at_ < text_.size())
                    fail("Unexpected character " + shown(text_, at_) + ": expected end-of-input after the pattern",
                         at_);
            }
            add(TokenKind::end);
        } catch (Broken& broken) {
            tokens_.push_back({TokenKind::broken, std::move(broken.message), broken.at});
        }
        return std::move(tokens_);
    }

private:
    /// One step inside the innermost container: a member, an element, or its end.
    void step() {
        skipSpace();
        Open& open = open_.back();
        if (at_ >= text_.size()) {
            fail(std::string("Unexpected end-of-input: expected close marker for ") +
                     (open.object ? "Object" : "Array") + " (start marker at" + patternPlace(text_, open.start) + ")",
                 at_);
        }
        if (text_[at_] == (open.object ? '}' : ']')) {
            if (open.comma)
                fail("Unexpected character " + shown(text_, at_) +
                         (open.object ? ": was expecting double-quote to start field name" : ": expected a value"),
                     at_);
            ++at_;
            add(open.object ? TokenKind::objectEnd : TokenKind::arrayEnd);
            open_.pop_back();
            return;
        }
        if (!open.first && !open.comma) {
            if (text_[at_] != ',') {
                fail("Unexpected character " + shown(text_, at_) + ": was expecting comma to separate " +
                         (open.object ? "Object" : "Array") + " entries",
                     at_);
            }
            ++at_;
            open.comma = true;
            return;
        }
        open.first = open.comma = false;
        if (open.object) {
            name();
        }
        value();
    }

    void name() {
        if (text_[at_] != '"')
            fail("Unexpected character " + shown(text_, at_) + ": was expecting double-quote to start field name", at_);
        add(TokenKind::fieldName, string());
        skipSpace();
        if (at_ >= text_.size()) fail("Unexpected end-of-input within/between Object entries", at_);
        if (text_[at_] != ':')
            fail("Unexpected character " + shown(text_, at_) +
                     ": was expecting a colon to separate field name and value",
                 at_);
        ++at_;
        skipSpace();
        if (at_ >= text_.size()) fail("Unexpected end-of-input within/between Object entries", at_);
    }

    void value() {
        const char c = text_[at_];
        if (c == '{' || c == '[') {
            if (open_.size() >= kDepthLimit)
                fail("Document nesting depth exceeds the maximum allowed (" + std::to_string(kDepthLimit) + ")", at_);
            open_.push_back({.object = c == '{', .start = at_});
            ++at_;
            add(c == '{' ? TokenKind::objectStart : TokenKind::arrayStart);
        } else if (c == '"') {
            std::string text = string();
            add(TokenKind::string, std::move(text));
        } else if (c == '-' || (c >= '0' && c <= '9')) {
            number();
        } else {
            word();
        }
    }

    void word() {
        const std::size_t begin = at_;
        while (at_ < text_.size() &&
               (std::isalnum(static_cast<unsigned char>(text_[at_])) || text_[at_] == '_' || text_[at_] == '$'))
            ++at_;
        const std::string_view word = text_.substr(begin, at_ - begin);
        if (word == "true") return add(TokenKind::literalTrue, "true");
        if (word == "false") return add(TokenKind::literalFalse, "false");
        if (word == "null") return add(TokenKind::literalNull, "null");
        if (word.empty())
            fail("Unexpected character " + shown(text_, begin) + ": expected a valid value " +
                     std::string(kValueExpected),
                 begin);
        fail("Unrecognized token '" + std::string(word) + "': was expecting " + std::string(kValueExpected), at_);
    }

    void number() {
        const std::size_t begin = at_;
        const auto digits = [&] {
            const std::size_t from = at_;
            while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') ++at_;
            return at_ - from;
        };
        if (text_[at_] == '-') ++at_;
        const std::size_t whole = at_;
        if (digits() == 0)
            fail("Unexpected character " + place() +
                     " in numeric value: expected digit (0-9) to follow minus sign, for valid numeric value",
                 at_);
        if (text_[whole] == '0' && at_ - whole > 1)
            fail("Invalid numeric value: Leading zeroes not allowed", whole + 1);
        if (at_ < text_.size() && text_[at_] == '.') {
            ++at_;
            if (digits() == 0)
                fail("Unexpected character " + place() + " in numeric value: Decimal point not followed by a digit",
                     at_);
        }
        if (at_ < text_.size() && (text_[at_] == 'e' || text_[at_] == 'E')) {
            ++at_;
            if (at_ < text_.size() && (text_[at_] == '+' || text_[at_] == '-')) ++at_;
            if (digits() == 0)
                fail(
                    "Unexpected character " + place() + " in numeric value: Exponent indicator not followed by a digit",
                    at_);
        }
        add(TokenKind::number, std::string(text_.substr(begin, at_ - begin)));
    }

    std::string string() {
        std::string out;
        ++at_;
        for (;;) {
            if (at_ >= text_.size())
                fail("Unexpected end-of-input: was expecting closing quote for a string value", text_.size());
            const auto c = static_cast<unsigned char>(text_[at_++]);
            if (c == '"') return out;
            if (c < 0x20) {
                fail("Illegal unquoted character ((CTRL-CHAR, code " + std::to_string(c) +
                         ")): has to be escaped using backslash to be included in string value",
                     at_ - 1);
            }
            if (c != '\\') {
                out += static_cast<char>(c);
                continue;
            }
            if (at_ >= text_.size()) fail("Unexpected end-of-input in character escape sequence", text_.size());
            escape(out, text_[at_++]);
        }
    }

    void escape(std::string& out, char kind) {
        switch (kind) {
            case '"':
            case '\\':
            case '/': out += kind; return;
            case 'b': out += '\b'; return;
            case 'f': out += '\f'; return;
            case 'n': out += '\n'; return;
            case 'r': out += '\r'; return;
            case 't': out += '\t'; return;
            case 'u': break;
            default: fail(std::string("Unrecognized character escape ") + shown(text_, at_ - 1), at_ - 1);
        }
        std::uint32_t code = hex4();
        if (code >= 0xD800 && code < 0xDC00 && text_.substr(at_, 2) == "\\u") {
            at_ += 2;
            const std::uint32_t low = hex4();
            code = low >= 0xDC00 && low < 0xE000 ? 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00) : 0xFFFD;
        } else if (code >= 0xD800 && code < 0xE000) {
            code = 0xFFFD;  // half a pair is no character
        }
        appendUtf8(out, code);
    }

    std::uint32_t hex4() {
        std::uint32_t code = 0;
        for (int i = 0; i < 4; ++i) {
            const char c = at_ < text_.size() ? text_[at_] : '\0';
            if (hexDigit(c) < 0)
                fail("Unexpected character " + place() + ": expected a hex-digit for character escape sequence", at_);
            code = code * 16 + static_cast<std::uint32_t>(hexDigit(c));
            ++at_;
        }
        return code;
    }

    std::string place() const { return at_ < text_.size() ? shown(text_, at_) : "(end of input)"; }
    void skipSpace() {
        while (at_ < text_.size() &&
               (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r'))
            ++at_;
    }
    void add(TokenKind kind, std::string text = {}) {
        static constexpr const char* marks[] = {"{", "}", "[", "]"};
        if (kind <= TokenKind::arrayEnd) text = marks[static_cast<int>(kind)];
        tokens_.push_back({kind, std::move(text), at_});
    }
    [[noreturn]] void fail(std::string message, std::size_t at) { throw Broken{std::move(message), at}; }

    struct Open {
        bool object;
        std::size_t start;
        bool first = true, comma = false;
    };
    std::string_view text_;
    std::size_t at_ = 0;
    std::vector<Open> open_;
    std::vector<PatternToken> tokens_;
};

}  // namespace

std::vector<PatternToken> readPatternTokens(std::string_view text) { return Lexer(text).run(); }

std::string patternPlace(std::string_view text, std::size_t offset) {
    std::size_t line = 1, lineStart = 0;
    for (std::size_t i = 0; i < offset && i < text.size(); ++i) {
        if (text[i] == '\n') ++line, lineStart = i + 1;
    }
    std::string source(text.substr(0, kSourceShown));
    std::string cut;
    if (text.size() > kSourceShown) cut = "[truncated " + std::to_string(text.size() - kSourceShown) + " chars]";
    return " at [Source: (String)\"" + source + "\"" + cut + "; line: " + std::to_string(line) +
           ", column: " + std::to_string(offset - lineStart + 1) + "]";
}

}  // namespace backlot
