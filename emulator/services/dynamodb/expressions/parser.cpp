#include "emulator/services/dynamodb/expressions/parser.h"

#include <algorithm>
#include <variant>

#include "emulator/base/stack.h"
#include "emulator/services/dynamodb/expressions/lexer.h"
#include "emulator/services/dynamodb/expressions/reserved_words.h"

namespace backlot::dynamodb::expressions {
namespace {

constexpr std::size_t kOperatorLimit = 300;
constexpr std::size_t kPathLimit = 32;
constexpr std::size_t kDepthLimit = kOperatorLimit + 1;  // levels of brackets and calls
constexpr std::size_t kIndexDigits = 9;

struct FunctionInfo {
    std::string_view name;
    Function function;
    std::size_t operands;
};
constexpr FunctionInfo kFunctions[] = {{"size", Function::size, 1},
                                       {"if_not_exists", Function::ifNotExists, 2},
                                       {"list_append", Function::listAppend, 2},
                                       {"attribute_exists", Function::attributeExists, 1},
                                       {"attribute_not_exists", Function::attributeNotExists, 1},
                                       {"attribute_type", Function::attributeType, 2},
                                       {"begins_with", Function::beginsWith, 2},
                                       {"contains", Function::contains, 2}};

const FunctionInfo* infoOf(Function function) {
    for (const auto& info : kFunctions)
        if (info.function == function) return &info;
    return nullptr;
}

bool isUpdateFunction(Function function) {
    return function == Function::ifNotExists || function == Function::listAppend;
}
bool isConditionFunction(Function function) {
    return function >= Function::attributeExists && function <= Function::contains;
}

struct SyntaxError {
    std::string text;
};
/// Nested deeper than anything that could be right; the fault has been noted.
struct TooDeep {};

/// What stands at one place of a condition until it is known whether it is a condition or an operand of one.
using Term = std::variant<Operand, Condition>;

class Parser {
public:
    Parser(ExpressionKind kind, std::string_view text) : text_(text) {
        expression_.kind = kind;
        token_ = nextToken(text_, 0);
    }

    Expression run() {
        try {
            if (token_.kind == TokenKind::end) throw SyntaxError{"The expression can not be empty;"};
            if (expression_.kind == ExpressionKind::condition)
                expression_.condition = wantCondition(disjunction());
            else if (expression_.kind == ExpressionKind::update)
                update();
            else
                projection();
            if (token_.kind != TokenKind::end) fail();
        } catch (SyntaxError& error) {
            expression_.syntaxError = std::move(error.text);
        } catch (const TooDeep&) {
        }
        if (operators_ > kOperatorLimit)
            faults().note(Fault::tooManyOperators,
                          "The expression contains too many operators; operator count: " + std::to_string(operators_));
        return std::move(expression_);
    }

private:
    Faults& faults() { return expression_.faults; }

    // --- tokens ---------------------------------------------------------------------------------------------
    void advance() {
        previousBegin_ = token_.begin;
        hasPrevious_ = true;
        token_ = nextToken(text_, token_.end);
    }
    bool isSymbol(std::string_view symbol) const { return token_.kind == TokenKind::symbol && token_.text == symbol; }
    bool isWord(std::string_view upperCase) const {
        return token_.kind == TokenKind::name && equalIgnoringCase(token_.text, upperCase);
    }
    bool takeSymbol(std::string_view symbol) {
        if (!isSymbol(symbol)) return false;
        advance();
        return true;
    }
    bool takeWord(std::string_view upperCase) {
        if (!isWord(upperCase)) return false;
        advance();
        return true;
    }
    void needSymbol(std::string_view symbol) {
        if (!takeSymbol(symbol)) fail();
    }
    bool atKeyword() const {
        static constexpr std::string_view words[] = {"AND", "OR",     "NOT", "BETWEEN", "IN",
                                                     "SET", "REMOVE", "ADD", "DELETE"};
        return std::any_of(std::begin(words), std::end(words), [&](auto word) { return isWord(word); });
    }
    /// The near text runs from the token before to the token after.
    [[noreturn]] void fail() {
        const auto begin = hasPrevious_ ? previousBegin_ : token_.begin;
        const auto end = token_.kind == TokenKind::end ? text_.size() : nextToken(text_, token_.end).end;
        std::string_view near = text_.substr(begin, end - begin);
        while (near.ends_with(' ')) near.remove_suffix(1);
        throw SyntaxError{"Syntax error; token: \"" + std::string(token_.text) + "\", near: \"" + std::string(near) +
                          "\""};
    }

    /// A bracket, a call or a NOT, for as long as it is being read. All but a bracket round a bracket count as
    /// operators, so what is nested deeper than operators are allowed has too many of them or brackets that are
    /// redundant.
    class Level {
    public:
        explicit Level(Parser& parser) : parser_(parser) {
            if (++parser_.depth_ > kDepthLimit || !mayRecurse()) parser_.failTooDeep();
        }
        ~Level() { --parser_.depth_; }
        Level(const Level&) = delete;
        Level& operator=(const Level&) = delete;

    private:
        Parser& parser_;
    };
    [[noreturn]] void failTooDeep() {
        if (operators_ <= kOperatorLimit) noteParentheses();
        throw TooDeep{};
    }
    void noteParentheses() { faults().note(Fault::parentheses, "The expression has redundant parentheses;"); }

    // --- names, values, paths -------------------------------------------------------------------------------
    static std::uint32_t slotOf(std::vector<std::string>& slots, std::string_view text) {
        const auto found = std::find(slots.begin(), slots.end(), text);
        if (found != slots.end()) return static_cast<std::uint32_t>(found - slots.begin());
        slots.emplace_back(text);
        return static_cast<std::uint32_t>(slots.size() - 1);
    }
    Step name() {
        if (token_.kind == TokenKind::name) {
            if (isReservedWord(token_.text))
                faults().note(Fault::reservedWord,
                              "Attribute name is a reserved keyword; reserved keyword: " + std::string(token_.text));
        } else if (token_.kind != TokenKind::placeholder) {
            fail();
        }
        const Step step{false, slotOf(expression_.names, token_.text)};
        advance();
        return step;
    }
    Path path() {
        if (atKeyword()) fail();
        Path path{name()};
        continuePath(path);
        return path;
    }
    void continuePath(Path& path) {
        for (;;) {
            if (takeSymbol(".")) {
                path.push_back(name());
            } else if (takeSymbol("[")) {
                if (token_.kind != TokenKind::integer || token_.text.size() > kIndexDigits) fail();
                std::uint32_t index = 0;
                for (const char digit : token_.text) index = index * 10 + static_cast<std::uint32_t>(digit - '0');
                path.push_back({true, index});
                advance();
                needSymbol("]");
            } else {
                break;
            }
        }
        if (path.size() > kPathLimit)
            faults().note(Fault::deepPath, "The document path has too many nesting elements; nested level: " +
                                               std::to_string(path.size()));
    }
    Operand value() {
        if (token_.kind != TokenKind::value) fail();
        Operand operand{.kind = Operand::Kind::value, .value = slotOf(expression_.values, token_.text)};
        advance();
        return operand;
    }
    /// A name and '(' have been seen.
    Operand function(std::string_view written, Operand (Parser::*argument)()) {
        Operand call{.kind = Operand::Kind::function, .functionName = std::string(written)};
        ++operators_;
        const auto* info = std::find_if(std::begin(kFunctions), std::end(kFunctions),
                                        [&](const auto& f) { return f.name == written; });
        if (info == std::end(kFunctions))
            faults().note(Fault::unknownFunction, "Invalid function name; function: " + std::string(written));
        else
            call.function = info->function;
        const Level level(*this);
        do call.operands.push_back((this->*argument)());
        while (takeSymbol(","));
        needSymbol(")");
        return call;
    }
    bool atFunction() const { return token_.kind == TokenKind::name && nextToken(text_, token_.end).text == "("; }

    // --- conditions -----------------------------------------------------------------------------------------
    Term disjunction() { return chain(&Parser::conjunction, "OR", Condition::Kind::anyOf); }
    Term conjunction() { return chain(&Parser::negation, "AND", Condition::Kind::allOf); }
    Term chain(Term (Parser::*part)(), std::string_view word, Condition::Kind kind) {
        Term first = (this->*part)();
        if (!isWord(word)) return first;
        Condition all{.kind = kind};
        all.conditions.push_back(wantCondition(std::move(first)));
        while (takeWord(word)) {
            ++operators_;
            all.conditions.push_back(wantCondition((this->*part)()));
        }
        return all;
    }
    Term negation() {
        if (!takeWord("NOT")) return comparison();
        ++operators_;
        const Level level(*this);
        Condition negation{.kind = Condition::Kind::negation};
        negation.conditions.push_back(wantCondition(this->negation()));
        return negation;
    }
    std::optional<Comparator> takeComparator() {
        static constexpr Comparator all[] = {Comparator::equal,       Comparator::notEqual, Comparator::less,
                                             Comparator::lessOrEqual, Comparator::greater,  Comparator::greaterOrEqual};
        for (const auto comparator : all)
            if (takeSymbol(nameOf(comparator))) return comparator;
        return std::nullopt;
    }
    Term comparison() {
        Term term = primary();
        if (!std::holds_alternative<Operand>(term)) return term;
        Condition condition;
        if (const auto comparator = takeComparator()) {
            condition.kind = Condition::Kind::comparison;
            condition.comparator = *comparator;
            condition.operands.push_back(wantOperand(std::move(term)));
            condition.operands.push_back(wantOperand(primary()));
        } else if (takeWord("BETWEEN")) {
            condition.kind = Condition::Kind::between;
            condition.operands.push_back(wantOperand(std::move(term)));
            condition.operands.push_back(wantOperand(primary()));
            if (!takeWord("AND")) fail();
            condition.operands.push_back(wantOperand(primary()));
        } else if (takeWord("IN")) {
            condition.kind = Condition::Kind::in;
            condition.operands.push_back(wantOperand(std::move(term)));
            needSymbol("(");
            do condition.operands.push_back(wantOperand(primary()));
            while (takeSymbol(","));
            needSymbol(")");
        } else {
            return term;
        }
        ++operators_;
        return condition;
    }
    Term primary() {
        if (takeSymbol("(")) {
            const Level level(*this);
            Term inner = disjunction();
            needSymbol(")");
            std::visit(
                [&](auto& term) {
                    if (term.inParentheses) noteParentheses();
                    term.inParentheses = true;
                },
                inner);
            if (auto* operand = std::get_if<Operand>(&inner); operand && operand->kind == Operand::Kind::path)
                continuePath(operand->path);
            return inner;
        }
        if (token_.kind == TokenKind::value) return value();
        if (atFunction() && !atKeyword()) {
            const auto written = token_.text;
            advance();
            advance();
            return function(written, &Parser::conditionArgument);
        }
        return Operand{.path = path()};
    }
    Operand conditionArgument() { return wantOperand(primary()); }

    void noteMisuse(const Operand& call) {
        faults().note(
            Fault::misusedFunction,
            "The function is not allowed to be used this way in an expression; function: " + call.functionName);
    }
    Operand wantOperand(Term term) {
        if (!std::holds_alternative<Operand>(term)) fail();
        auto operand = std::get<Operand>(std::move(term));
        if (operand.kind == Operand::Kind::function && operand.function != Function::size &&
            operand.function != Function::unknown)
            noteMisuse(operand);
        return operand;
    }
    Condition wantCondition(Term term) {
        if (std::holds_alternative<Condition>(term)) return std::get<Condition>(std::move(term));
        auto operand = std::get<Operand>(std::move(term));
        if (operand.kind != Operand::Kind::function) fail();
        if (operand.function != Function::unknown && !isConditionFunction(operand.function)) noteMisuse(operand);
        return {
            .kind = Condition::Kind::function, .function = operand.function, .operands = std::move(operand.operands)};
    }

    // --- updates --------------------------------------------------------------------------------------------
    void update() {
        bool seen[4] = {};
        const auto section = [&](int number, const char* word) {
            if (seen[number])
                faults().note(Fault::doubledSection, "The \"" + std::string(word) +
                                                         "\" section can only be used once in an update expression;");
            seen[number] = true;
        };
        auto& update = expression_.update;
        do {
            if (takeWord("SET")) {
                section(0, "SET");
                do {
                    Path target = path();
                    needSymbol("=");
                    update.set.push_back({std::move(target), sum(), assignments_++});
                } while (takeSymbol(","));
            } else if (takeWord("REMOVE")) {
                section(1, "REMOVE");
                do update.remove_.push_back({path(), {}, assignments_++});
                while (takeSymbol(","));
            } else if (takeWord("ADD")) {
                section(2, "ADD");
                pathsWithValues(update.add);
            } else if (takeWord("DELETE")) {
                section(3, "DELETE");
                pathsWithValues(update.delete_);
            } else {
                fail();
            }
        } while (token_.kind != TokenKind::end);
    }
    void pathsWithValues(std::vector<Assignment>& assignments) {
        do {
            ++operators_;
            Path target = path();
            assignments.push_back({std::move(target), value(), assignments_++});
        } while (takeSymbol(","));
    }
    Operand sum() {
        ++operators_;
        Operand left = updateOperand();
        const bool plus = isSymbol("+");
        if (!plus && !isSymbol("-")) return left;
        advance();
        ++operators_;
        Operand sum{.kind = plus ? Operand::Kind::plus : Operand::Kind::minus};
        sum.operands.push_back(std::move(left));
        sum.operands.push_back(updateOperand());
        return sum;
    }
    Operand updateOperand() {
        if (takeSymbol("(")) {
            const Level level(*this);
            Operand inner = sum();
            needSymbol(")");
            if (inner.inParentheses) noteParentheses();
            inner.inParentheses = true;
            return inner;
        }
        if (token_.kind == TokenKind::value) return value();
        if (atFunction() && !atKeyword()) {
            const auto written = token_.text;
            advance();
            advance();
            Operand call = function(written, &Parser::updateOperand);
            if (call.function != Function::unknown && !isUpdateFunction(call.function))
                faults().note(Fault::misusedFunction,
                              "The function is not allowed in an update expression; function: " + call.functionName);
            return call;
        }
        return {.path = path()};
    }

    // --- projections ----------------------------------------------------------------------------------------
    void projection() {
        do expression_.projection.push_back(path());
        while (takeSymbol(","));
    }

    std::string_view text_;
    Token token_;
    std::size_t previousBegin_ = 0;
    bool hasPrevious_ = false;
    std::size_t operators_ = 0, depth_ = 0;
    std::uint32_t assignments_ = 0;
    Expression expression_;
};

}  // namespace

std::string_view nameOf(Function function) {
    const auto* info = infoOf(function);
    return info ? info->name : "";
}

std::size_t operandCountOf(Function function) {
    const auto* info = infoOf(function);
    return info ? info->operands : 0;
}

std::string_view nameOf(Comparator comparator) {
    static constexpr std::string_view names[] = {"=", "<>", "<", "<=", ">", ">="};
    return names[static_cast<std::size_t>(comparator)];
}

Expression parse(ExpressionKind kind, std::string_view text) { return Parser(kind, text).run(); }

}  // namespace backlot::dynamodb::expressions
