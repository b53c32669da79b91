#include "emulator/services/logs/filter_pattern.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <optional>

#include "emulator/base/json.h"
#include "emulator/base/text.h"
#include "emulator/base/wildcard.h"
#include "emulator/services/logs/errors.h"
#include "emulator/services/logs/regex.h"

namespace backlot::logs {
namespace {

AwsError badPattern() { return invalidParameter("Invalid filter pattern"); }

bool isSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

std::optional<double> numberOf(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() && !text.empty() ? std::optional(value)
                                                                                     : std::nullopt;
}

enum class Op { equal, unequal, less, lessOrEqual, greater, greaterOrEqual };

bool compare(Op op, double a, double b) {
    switch (op) {
        case Op::equal: return a == b;
        case Op::unequal: return a != b;
        case Op::less: return a < b;
        case Op::lessOrEqual: return a <= b;
        case Op::greater: return a > b;
        case Op::greaterOrEqual: return a >= b;
    }
    return false;
}

/// The right side of a comparison.
struct Operand {
    std::string text;
    std::optional<double> number = {};             // of an unquoted operand
    std::shared_ptr<const Regex> regex = nullptr;  // of one between percent signs
};

bool compareText(Op op, std::string_view text, const Operand& operand) {
    if (operand.regex)
        return (op == Op::equal && operand.regex->matches(text)) ||
               (op == Op::unequal && !operand.regex->matches(text));
    if (operand.number) {
        const auto number = numberOf(text);
        return number && compare(op, *number, *operand.number);
    }
    if (op == Op::equal) return matchesWildcard(text, operand.text);
    if (op == Op::unequal) return !matchesWildcard(text, operand.text);
    return false;
}

/// Reads a pattern from left to right.
class Reader {
public:
    explicit Reader(std::string_view text) : rest_(text) {}
    bool done() {
        rest_ = trimmed(rest_);
        return rest_.empty();
    }
    bool take(std::string_view token) {
        rest_ = trimmed(rest_);
        if (!rest_.starts_with(token)) return false;
        rest_.remove_prefix(token.size());
        return true;
    }
    bool takeWord(std::string_view word) {
        rest_ = trimmed(rest_);
        if (rest_.size() < word.size()) return false;
        for (std::size_t i = 0; i < word.size(); ++i)
            if ((rest_[i] & ~0x20) != word[i]) return false;
        if (rest_.size() > word.size() && !isSpace(rest_[word.size()]) && rest_[word.size()] != ')' &&
            rest_[word.size()] != '}')
            return false;
        rest_.remove_prefix(word.size());
        return true;
    }
    void expect(std::string_view token) {
        if (!take(token)) throw badPattern();
    }
    char peek() {
        rest_ = trimmed(rest_);
        return rest_.empty() ? '\0' : rest_.front();
    }
    std::string quoted() {
        expect("\"");
        std::string text;
        while (!rest_.empty() && rest_.front() != '"') {
            if (rest_.front() == '\\' && rest_.size() > 1) rest_.remove_prefix(1);
            text += rest_.front();
            rest_.remove_prefix(1);
        }
        if (rest_.empty()) throw badPattern();
        rest_.remove_prefix(1);
        return text;
    }
    /// Up to a space or one of `stops`.
    std::string bare(std::string_view stops) {
        rest_ = trimmed(rest_);
        std::size_t length = 0;
        while (length < rest_.size() && !isSpace(rest_[length]) && stops.find(rest_[length]) == std::string_view::npos)
            ++length;
        std::string text(rest_.substr(0, length));
        rest_.remove_prefix(length);
        if (text.empty()) throw badPattern();
        return text;
    }
    /// %…%, where there is a second percent sign: one alone is a character.
    std::shared_ptr<const Regex> regex() {
        const auto end = peek() == '%' ? rest_.find('%', 1) : std::string_view::npos;
        if (end == std::string_view::npos) return nullptr;
        auto result = std::make_shared<const Regex>(compiledRegex(rest_.substr(1, end - 1)));
        rest_.remove_prefix(end + 1);
        return result;
    }
    Operand operand(std::string_view stops) {
        if (peek() == '"') return {.text = quoted()};
        if (auto expression = regex()) return {.text = {}, .regex = std::move(expression)};
        std::string text = bare(stops);
        const auto number = numberOf(text);
        return {.text = std::move(text), .number = number};
    }
    std::optional<Op> op() {
        if (take("!=")) return Op::unequal;
        if (take("<=")) return Op::lessOrEqual;
        if (take(">=")) return Op::greaterOrEqual;
        if (take("=")) return Op::equal;
        if (take("<")) return Op::less;
        if (take(">")) return Op::greater;
        return std::nullopt;
    }

private:
    std::string_view rest_;
};

// --- terms ---------------------------------------------------------------------------------------------------------

class Terms : public FilterPattern::Matcher {
public:
    explicit Terms(std::string_view text) {
        Reader reader(text);
        while (!reader.done()) {
            const bool excluded = reader.take("-"), alternative = !excluded && reader.take("?");
            Operand term = reader.operand("\"");
            (excluded ? excluded_ : alternative ? alternatives_ : required_).push_back(std::move(term));
        }
    }
    bool matches(std::string_view message) const override {
        const auto in = [&](const Operand& term) {
            return term.regex ? term.regex->matches(message) : message.find(term.text) != std::string_view::npos;
        };
        return std::all_of(required_.begin(), required_.end(), in) &&
               std::none_of(excluded_.begin(), excluded_.end(), in) &&
               (alternatives_.empty() || std::any_of(alternatives_.begin(), alternatives_.end(), in));
    }

private:
    std::vector<Operand> required_, excluded_, alternatives_;
};

// --- JSON ----------------------------------------------------------------------------------------------------------

class Condition {
public:
    virtual ~Condition() = default;
    virtual bool holds(const Json& event) const = 0;
};
using ConditionPtr = std::unique_ptr<Condition>;

class All : public Condition {
public:
    All(ConditionPtr a, ConditionPtr b) : a_(std::move(a)), b_(std::move(b)) {}
    bool holds(const Json& event) const override { return a_->holds(event) && b_->holds(event); }

private:
    ConditionPtr a_, b_;
};

class Any : public Condition {
public:
    Any(ConditionPtr a, ConditionPtr b) : a_(std::move(a)), b_(std::move(b)) {}
    bool holds(const Json& event) const override { return a_->holds(event) || b_->holds(event); }

private:
    ConditionPtr a_, b_;
};

/// One step of a selector: a member's name, an index, or every element.
struct Step {
    std::string name;
    int index = -1;
    bool every = false;
};

/// `test` holds for one of the values that the selector finds.
bool anyOf(const Json& value, const std::vector<Step>& steps, std::size_t at,
           const std::function<bool(const Json&)>& test) {
    if (at == steps.size()) return test(value);
    const Step& step = steps[at];
    if (step.every) {
        if (value.IsArray())
            for (const auto& element : value.GetArray())
                if (anyOf(element, steps, at + 1, test)) return true;
        if (value.IsObject())
            for (const auto& member : value.GetObject())
                if (anyOf(member.value, steps, at + 1, test)) return true;
        return false;
    }
    if (step.index >= 0) {
        const auto index = static_cast<rapidjson::SizeType>(step.index);
        return value.IsArray() && index < value.Size() && anyOf(value[index], steps, at + 1, test);
    }
    const Json* member = find(value, step.name);
    return member && anyOf(*member, steps, at + 1, test);
}

std::vector<Step> selector(Reader& reader) {
    std::string text = reader.bare("=!<>)}&|");
    if (text.front() != '$') throw badPattern();
    std::vector<Step> steps;
    for (std::size_t i = 1; i < text.size();) {
        if (text[i] == '.') {
            std::size_t end = i + 1;
            while (end < text.size() && text[end] != '.' && text[end] != '[') ++end;
            std::string name = text.substr(i + 1, end - i - 1);
            if (name.empty()) throw badPattern();
            const bool every = name == "*";
            steps.push_back({every ? "" : std::move(name), -1, every});
            i = end;
        } else if (text[i] == '[') {
            const auto end = text.find(']', i);
            if (end == std::string::npos) throw badPattern();
            std::string inner = text.substr(i + 1, end - i - 1);
            if (inner == "*")
                steps.push_back({"", -1, true});
            else if (inner.size() > 2 && (inner.front() == '\'' || inner.front() == '"'))
                steps.push_back({inner.substr(1, inner.size() - 2)});
            else if (const auto number = numberOf(inner); number && *number >= 0)
                steps.push_back({"", static_cast<int>(*number)});
            else
                throw badPattern();
            i = end + 1;
        } else {
            throw badPattern();
        }
    }
    return steps;
}

class Comparison : public Condition {
public:
    explicit Comparison(Reader& reader) : steps_(selector(reader)) {
        if (const auto op = reader.op()) {
            const Operand operand = reader.operand(")}&|");
            test_ = [op = *op, operand](const Json& value) {
                if (value.IsString()) return compareText(op, view(value), operand);
                if (value.IsNumber() && operand.regex) return compareText(op, writeJson(value), operand);
                if (value.IsNumber() && operand.number) return compare(op, value.GetDouble(), *operand.number);
                return value.IsBool() && compareText(op, value.GetBool() ? "true" : "false", operand);
            };
        } else if (reader.takeWord("NOT")) {
            if (!reader.takeWord("EXISTS")) throw badPattern();
            absent_ = true;
            test_ = [](const Json&) { return true; };
        } else if (reader.takeWord("EXISTS")) {
            test_ = [](const Json&) { return true; };
        } else if (reader.takeWord("IS")) {
            if (reader.takeWord("NULL"))
                test_ = [](const Json& value) { return value.IsNull(); };
            else if (reader.takeWord("TRUE"))
                test_ = [](const Json& value) { return value.IsTrue(); };
            else if (reader.takeWord("FALSE"))
                test_ = [](const Json& value) { return value.IsFalse(); };
            else
                throw badPattern();
        } else {
            throw badPattern();
        }
    }
    bool holds(const Json& event) const override { return anyOf(event, steps_, 0, test_) != absent_; }

private:
    std::vector<Step> steps_;
    std::function<bool(const Json&)> test_;
    bool absent_ = false;
};

constexpr int kDepthLimit = 32;

ConditionPtr alternatives(Reader& reader, int depth);

ConditionPtr single(Reader& reader, int depth) {
    if (depth > kDepthLimit) throw badPattern();
    if (!reader.take("(")) return std::make_unique<Comparison>(reader);
    ConditionPtr inner = alternatives(reader, depth + 1);
    reader.expect(")");
    return inner;
}

ConditionPtr conjunction(Reader& reader, int depth) {
    ConditionPtr left = single(reader, depth);
    while (reader.take("&&")) left = std::make_unique<All>(std::move(left), single(reader, depth));
    return left;
}

ConditionPtr alternatives(Reader& reader, int depth) {
    ConditionPtr left = conjunction(reader, depth);
    while (reader.take("||")) left = std::make_unique<Any>(std::move(left), conjunction(reader, depth));
    return left;
}

class JsonPattern : public FilterPattern::Matcher {
public:
    explicit JsonPattern(std::string_view text) {
        Reader reader(text);
        reader.expect("{");
        condition_ = alternatives(reader, 0);
        reader.expect("}");
        if (!reader.done()) throw badPattern();
    }
    bool matches(std::string_view message) const override {
        const auto event = tryParseJson(message);
        return event && condition_->holds(*event);
    }

private:
    ConditionPtr condition_;
};

// --- fields set apart by spaces --------------------------------------------------------------------------------------

std::vector<std::string_view> fieldsOf(std::string_view message) {
    std::vector<std::string_view> fields;
    for (std::size_t i = 0; i < message.size();) {
        if (isSpace(message[i])) {
            ++i;
            continue;
        }
        const char close = message[i] == '"' ? '"' : message[i] == '[' ? ']' : '\0';
        std::size_t end = close ? message.find(close, i + 1) : std::string_view::npos;
        if (close && end != std::string_view::npos) {
            fields.push_back(message.substr(i + 1, end - i - 1));
            i = end + 1;
            continue;
        }
        end = i;
        while (end < message.size() && !isSpace(message[end])) ++end;
        fields.push_back(message.substr(i, end - i));
        i = end;
    }
    return fields;
}

class FieldsPattern : public FilterPattern::Matcher {
public:
    explicit FieldsPattern(std::string_view text) {
        Reader reader(text);
        reader.expect("[");
        while (!reader.take("]")) {
            if (!columns_.empty()) reader.expect(",");
            Column column;
            if (reader.take("...")) {
                column.rest = true;
            } else {
                reader.bare("=!<>,]");  // the column's name
                if (const auto op = reader.op()) {
                    column.op = op;
                    column.operand = reader.operand(",]");
                }
            }
            columns_.push_back(std::move(column));
        }
        if (!reader.done()) throw badPattern();
    }
    bool matches(std::string_view message) const override {
        const auto fields = fieldsOf(message);
        const auto rest =
            std::find_if(columns_.begin(), columns_.end(), [](const Column& column) { return column.rest; });
        if (rest == columns_.end()) return fields.size() == columns_.size() && holds(fields, 0, 0, columns_.size());
        const auto before = static_cast<std::size_t>(rest - columns_.begin()), after = columns_.size() - before - 1;
        return fields.size() >= before + after && holds(fields, 0, 0, before) &&
               holds(fields, fields.size() - after, before + 1, after);
    }

private:
    struct Column {
        bool rest = false;
        std::optional<Op> op;
        Operand operand;
    };
    bool holds(const std::vector<std::string_view>& fields, std::size_t field, std::size_t column,
               std::size_t count) const {
        for (std::size_t i = 0; i < count; ++i) {
            const Column& test = columns_[column + i];
            if (test.op && !compareText(*test.op, fields[field + i], test.operand)) return false;
        }
        return true;
    }
    std::vector<Column> columns_;
};

}  // namespace

FilterPattern::FilterPattern(std::string_view text) {
    text = trimmed(text);
    if (text.empty() || text == "[]") return;  // AWS takes "[]" too, recorded
    if (text.front() == '{')
        matcher_ = std::make_unique<JsonPattern>(text);
    else if (text.front() == '[')
        matcher_ = std::make_unique<FieldsPattern>(text);
    else
        matcher_ = std::make_unique<Terms>(text);
}

FilterPattern::~FilterPattern() = default;

bool FilterPattern::matches(std::string_view message) const { return !matcher_ || matcher_->matches(message); }

}  // namespace backlot::logs
