#include <algorithm>

#include "emulator/base/stack.h"
#include "emulator/services/dynamodb/errors.h"
#include "emulator/services/dynamodb/expressions/lexer.h"
#include "emulator/services/dynamodb/item_codec.h"
#include "emulator/services/dynamodb/number.h"
#include "emulator/services/dynamodb/partiql/lexer.h"
#include "emulator/services/dynamodb/partiql/statement.h"

namespace backlot::dynamodb::partiql {
namespace {

using namespace expressions;
using expressions::equalIgnoringCase;
using PartiqlToken = partiql::Token;

constexpr int kDepthLimit = 64;
constexpr std::size_t kPathLimit = 32;

AwsError malformed(const std::string& what) {
    return validation("Statement wasn't well formed, can't be processed: " + what);
}

class Parser {
public:
    Parser(std::string_view text, const Json* parameters) : text_(text), parameters_(parameters) {
        token_ = partiql::nextToken(text_, 0);
    }

    Statement run() {
        if (takeWord("SELECT"))
            select();
        else if (takeWord("INSERT"))
            insert();
        else if (takeWord("UPDATE"))
            update();
        else if (takeWord("DELETE"))
            remove();
        else if (takeWord("EXISTS"))
            exists();
        else
            fail();
        if (token_.kind != partiql::TokenKind::end) fail();
        if (parameters_ && nextParameter_ != parameters_->Size())
            throw validation("Number of parameters in request and statement don't match.");
        result_.bound = {std::make_shared<const Expression>(std::move(expression_)), std::move(names_),
                         std::move(values_)};
        return std::move(result_);
    }

private:
    // --- tokens ---------------------------------------------------------------------------------------------
    void advance() { token_ = partiql::nextToken(text_, token_.end); }
    [[noreturn]] void fail() {
        throw malformed(token_.kind == partiql::TokenKind::end ? "unexpected end of the statement"
                                                               : "unexpected term: " + token_.text);
    }
    bool isWord(std::string_view word) const {
        return token_.kind == partiql::TokenKind::word && equalIgnoringCase(token_.text, word);
    }
    bool isSymbol(std::string_view symbol) const {
        return token_.kind == partiql::TokenKind::symbol && token_.text == symbol;
    }
    bool takeWord(std::string_view word) {
        if (!isWord(word)) return false;
        advance();
        return true;
    }
    bool takeSymbol(std::string_view symbol) {
        if (!isSymbol(symbol)) return false;
        advance();
        return true;
    }
    void needWord(std::string_view word) {
        if (!takeWord(word)) fail();
    }
    void needSymbol(std::string_view symbol) {
        if (!takeSymbol(symbol)) fail();
    }
    std::string name() {
        if (token_.kind != partiql::TokenKind::word && token_.kind != partiql::TokenKind::quotedName) fail();
        auto text = std::move(token_.text);
        advance();
        return text;
    }

    // --- statements -----------------------------------------------------------------------------------------
    void select() {
        result_.kind = Statement::Kind::select;
        if (!takeSymbol("*")) {
            do expression_.projection.push_back(path());
            while (takeSymbol(","));
        }
        needWord("FROM");
        result_.table = name();
        if (takeSymbol(".")) result_.index = name();
        if (takeWord("WHERE")) where();
        if (takeWord("ORDER")) {
            needWord("BY");
            result_.orderBy = name();
            if (takeWord("DESC"))
                result_.descending = true;
            else
                takeWord("ASC");
        }
    }
    void exists() {
        needSymbol("(");
        needWord("SELECT");
        select();
        needSymbol(")");
        result_.kind = Statement::Kind::exists;
    }
    void insert() {
        result_.kind = Statement::Kind::insert;
        needWord("INTO");
        result_.table = name();
        needWord("VALUE");
        const auto encoded = literal(0);
        const auto value = viewOf(encoded);
        if (value.type != Type::M) throw malformed("INSERT needs a tuple: VALUE {…}");
        result_.item = value.payload;
    }
    void update() {
        result_.kind = Statement::Kind::update;
        result_.table = name();
        bool any = false;
        for (;; any = true) {
            if (takeWord("SET")) {
                do assignment();
                while (takeSymbol(","));
            } else if (takeWord("REMOVE")) {
                do expression_.update.remove_.push_back({path(), {}});
                while (takeSymbol(","));
            } else {
                break;
            }
        }
        if (!any) fail();
        needWord("WHERE");
        where();
        returning();
    }
    void remove() {
        result_.kind = Statement::Kind::remove;
        needWord("FROM");
        result_.table = name();
        needWord("WHERE");
        where();
        returning();
    }
    void where() {
        inCondition_ = true;
        expression_.condition = disjunction(0);
        result_.hasWhere = true;
    }
    void returning() {
        if (!takeWord("RETURNING")) return;
        const bool all = isWord("ALL");
        if (!all && !isWord("MODIFIED")) fail();
        advance();
        const bool old = isWord("OLD");
        if (!old && !isWord("NEW")) fail();
        advance();
        needSymbol("*");
        result_.returning = all ? (old ? Returning::allOld : Returning::allNew)
                                : (old ? Returning::modifiedOld : Returning::modifiedNew);
    }
    void assignment() {
        auto target = path();
        needSymbol("=");
        const bool add = isWord("set_add") || isWord("SET_ADD"), take = isWord("set_delete") || isWord("SET_DELETE");
        if ((add || take) && atCall()) {
            advance();
            advance();
            path();
            needSymbol(",");
            auto operand = value(literal(0));
            needSymbol(")");
            (add ? expression_.update.add : expression_.update.delete_)
                .push_back({std::move(target), std::move(operand)});
            return;
        }
        expression_.update.set.push_back({std::move(target), sum(0)});
    }

    // --- conditions -----------------------------------------------------------------------------------------
    void requireDepth(int depth) {
        if (depth > kDepthLimit || !mayRecurse()) throw malformed("the statement is nested too deeply");
    }
    Condition chain(Condition::Kind kind, std::string_view word, Condition (Parser::*part)(int), int depth) {
        requireDepth(depth);
        Condition first = (this->*part)(depth);
        if (!isWord(word)) return first;
        Condition all{.kind = kind};
        all.conditions.push_back(std::move(first));
        while (takeWord(word)) all.conditions.push_back((this->*part)(depth));
        return all;
    }
    Condition disjunction(int depth) { return chain(Condition::Kind::anyOf, "OR", &Parser::conjunction, depth); }
    Condition conjunction(int depth) { return chain(Condition::Kind::allOf, "AND", &Parser::negation, depth); }
    Condition negated(Condition inner) {
        Condition negation{.kind = Condition::Kind::negation};
        negation.conditions.push_back(std::move(inner));
        return negation;
    }
    Condition negation(int depth) {
        requireDepth(depth);
        return takeWord("NOT") ? negated(negation(depth + 1)) : comparison(depth);
    }
    static std::optional<Function> conditionFunction(std::string_view name) {
        static constexpr std::pair<std::string_view, Function> all[] = {
            {"BEGINS_WITH", Function::beginsWith},
            {"CONTAINS", Function::contains},
            {"ATTRIBUTE_TYPE", Function::attributeType},
            {"ATTRIBUTE_EXISTS", Function::attributeExists},
            {"ATTRIBUTE_NOT_EXISTS", Function::attributeNotExists}};
        for (const auto& [known, function] : all)
            if (equalIgnoringCase(name, known)) return function;
        return std::nullopt;
    }
    bool atCall() const {
        return token_.kind == partiql::TokenKind::word && partiql::nextToken(text_, token_.end).text == "(";
    }

    Condition comparison(int depth) {
        if (isSymbol("(")) {
            advance();
            auto inner = disjunction(depth + 1);
            needSymbol(")");
            return inner;
        }
        if (atCall()) {
            if (const auto function = conditionFunction(token_.text)) return call(*function);
        }
        Condition condition;
        condition.operands.push_back(operand(depth));
        if (takeWord("IS")) return state(std::move(condition));
        if (takeWord("BETWEEN")) {
            condition.kind = Condition::Kind::between;
            condition.operands.push_back(operand(depth));
            needWord("AND");
            condition.operands.push_back(operand(depth));
            return condition;
        }
        if (takeWord("IN")) {
            condition.kind = Condition::Kind::in;
            const bool brackets = isSymbol("[");
            if (!brackets && !isSymbol("(")) fail();
            advance();
            do condition.operands.push_back(operand(depth));
            while (takeSymbol(","));
            needSymbol(brackets ? "]" : ")");
            return condition;
        }
        condition.kind = Condition::Kind::comparison;
        condition.comparator = comparator();
        condition.operands.push_back(operand(depth));
        return condition;
    }
    Comparator comparator() {
        static constexpr std::pair<std::string_view, Comparator> all[] = {
            {"=", Comparator::equal},          {"<>", Comparator::notEqual},    {"!=", Comparator::notEqual},
            {"<", Comparator::less},           {"<=", Comparator::lessOrEqual}, {">", Comparator::greater},
            {">=", Comparator::greaterOrEqual}};
        for (const auto& [symbol, comparator] : all)
            if (takeSymbol(symbol)) return comparator;
        fail();
    }
    /// IS [NOT] MISSING, IS [NOT] NULL; the operand is there already.
    Condition state(Condition condition) {
        const bool negative = takeWord("NOT");
        condition.kind = Condition::Kind::function;
        if (takeWord("MISSING")) {
            condition.function = Function::attributeNotExists;
        } else {
            needWord("NULL");
            condition.function = Function::attributeType;
            std::string type;
            appendScalar(type, Type::S, "NULL");
            condition.operands.push_back(value(std::move(type)));
        }
        return negative ? negated(std::move(condition)) : condition;
    }
    Condition call(Function function) {
        Condition condition{.kind = Condition::Kind::function, .function = function};
        advance();
        needSymbol("(");
        do condition.operands.push_back(operand(0));
        while (takeSymbol(","));
        needSymbol(")");
        const std::size_t wanted =
            function == Function::attributeExists || function == Function::attributeNotExists ? 1 : 2;
        if (condition.operands.size() != wanted)
            throw malformed("wrong number of arguments of " + std::string(nameOf(function)));
        return condition;
    }

    // --- operands -------------------------------------------------------------------------------------------
    Operand sum(int depth) {
        auto left = operand(depth);
        const bool plus = isSymbol("+");
        if (!plus && !isSymbol("-")) return left;
        advance();
        Operand sum{.kind = plus ? Operand::Kind::plus : Operand::Kind::minus};
        sum.operands.push_back(std::move(left));
        sum.operands.push_back(operand(depth));
        return sum;
    }
    Operand operand(int depth) {
        requireDepth(depth);
        if (atCall()) return functionOperand(depth);
        const bool isPath =
            token_.kind == partiql::TokenKind::quotedName ||
            (token_.kind == partiql::TokenKind::word && !isWord("TRUE") && !isWord("FALSE") && !isWord("NULL"));
        if (isPath) return {.kind = Operand::Kind::path, .path = path()};
        return value(literal(depth));
    }
    Operand functionOperand(int depth) {
        static constexpr std::pair<std::string_view, Function> all[] = {
            {"SIZE", Function::size}, {"LIST_APPEND", Function::listAppend}, {"IF_NOT_EXISTS", Function::ifNotExists}};
        for (const auto& [known, function] : all) {
            if (!equalIgnoringCase(token_.text, known)) continue;
            Operand call{
                .kind = Operand::Kind::function, .function = function, .functionName = std::string(nameOf(function))};
            if ((function == Function::size) != inCondition_)
                throw malformed(call.functionName + " is not allowed here");
            advance();
            needSymbol("(");
            do call.operands.push_back(operand(depth + 1));
            while (takeSymbol(","));
            needSymbol(")");
            if (call.operands.size() != (function == Function::size ? 1 : 2))
                throw malformed("wrong number of arguments of " + call.functionName);
            if (function == Function::ifNotExists && call.operands[0].kind != Operand::Kind::path)
                throw malformed(call.functionName + " wants a path");
            return call;
        }
        throw malformed("unknown function: " + token_.text);
    }
    Path path() {
        Path steps{nameStep(name())};
        for (;;) {
            if (takeSymbol(".")) {
                steps.push_back(nameStep(name()));
            } else if (takeSymbol("[")) {
                if (token_.kind == partiql::TokenKind::text) {
                    steps.push_back(nameStep(token_.text));
                } else {
                    if (token_.kind != partiql::TokenKind::number || token_.text.size() > 9 ||
                        token_.text.find_first_not_of("0123456789") != std::string::npos)
                        fail();
                    steps.push_back({true, static_cast<std::uint32_t>(std::stoul(token_.text))});
                }
                advance();
                needSymbol("]");
            } else {
                return steps;
            }
            if (steps.size() > kPathLimit) throw malformed("the document path has too many nesting elements");
        }
    }
    Step nameStep(std::string_view text) {
        names_.push_back(result_.storage.emplace_back(text));
        return {false, static_cast<std::uint32_t>(names_.size() - 1)};
    }
    Operand value(std::string encoded) {
        values_.push_back(viewOf(result_.storage.emplace_back(std::move(encoded))));
        return {.kind = Operand::Kind::value, .value = static_cast<std::uint32_t>(values_.size() - 1)};
    }

    // --- literals -------------------------------------------------------------------------------------------
    std::string literal(int depth) {
        requireDepth(depth);
        std::string out;
        if (token_.kind == partiql::TokenKind::parameter) {
            if (!parameters_ || nextParameter_ >= parameters_->Size())
                throw validation("Number of parameters in request and statement don't match.");
            encodeValue((*parameters_)[nextParameter_++], out);
            advance();
        } else if (token_.kind == partiql::TokenKind::text) {
            appendScalar(out, Type::S, token_.text);
            advance();
        } else if (token_.kind == partiql::TokenKind::number || isSymbol("-") || isSymbol("+")) {
            std::string digits;
            if (token_.kind == partiql::TokenKind::symbol) {
                digits = token_.text;
                advance();
            }
            if (token_.kind != partiql::TokenKind::number) fail();
            appendScalar(out, Type::N, Number::parse(digits + token_.text).key());
            advance();
        } else if (takeWord("TRUE")) {
            appendBoolean(out, true);
        } else if (takeWord("FALSE")) {
            appendBoolean(out, false);
        } else if (takeWord("NULL")) {
            appendScalar(out, Type::NULL_, {});
        } else if (takeSymbol("{")) {
            tuple(out, depth);
        } else if (takeSymbol("[")) {
            const auto begun = beginContainer(out, Type::L);
            elements("]", depth, [&](const std::string& element) { out += element; });
            endContainer(out, begun);
        } else if (takeSymbol("<<")) {
            set(out, depth);
        } else {
            fail();
        }
        return out;
    }
    template <typename Each>
    void elements(std::string_view close, int depth, Each each) {
        if (takeSymbol(close)) return;
        do each(literal(depth + 1));
        while (takeSymbol(","));
        needSymbol(close);
    }
    void tuple(std::string& out, int depth) {
        std::vector<std::pair<std::string, std::string>> members;
        if (!takeSymbol("}")) {
            do {
                if (token_.kind == partiql::TokenKind::text) {
                    members.emplace_back(token_.text, "");
                    advance();
                } else {
                    members.emplace_back(name(), "");
                }
                needSymbol(":");
                members.back().second = literal(depth + 1);
            } while (takeSymbol(","));
            needSymbol("}");
        }
        std::sort(members.begin(), members.end());
        const auto begun = beginContainer(out, Type::M);
        for (std::size_t i = 0; i < members.size(); ++i) {
            if (i > 0 && members[i].first == members[i - 1].first)
                throw malformed("attribute " + members[i].first + " is given twice");
            appendName(out, members[i].first);
            out += members[i].second;
        }
        endContainer(out, begun);
    }
    void set(std::string& out, int depth) {
        std::vector<std::string> payloads;
        std::optional<Type> type;
        elements(">>", depth, [&](const std::string& element) {
            const auto value = viewOf(element);
            if (!isScalarKeyType(value.type) || (type && *type != value.type))
                throw malformed("a set holds strings, numbers or binaries of one type");
            type = value.type;
            payloads.emplace_back(value.payload);
        });
        if (payloads.empty()) throw invalidParameter("An string set  may not be empty");
        std::sort(payloads.begin(), payloads.end());
        if (std::adjacent_find(payloads.begin(), payloads.end()) != payloads.end())
            throw invalidParameter("Input collection contains duplicates.");
        const Type setType = *type == Type::S ? Type::SS : *type == Type::N ? Type::NS : Type::BS;
        const auto begun = beginContainer(out, setType);
        for (const auto& payload : payloads) appendElement(out, setType, payload);
        endContainer(out, begun);
    }

    std::string_view text_;
    const Json* parameters_;
    rapidjson::SizeType nextParameter_ = 0;
    bool inCondition_ = false;
    PartiqlToken token_;
    Statement result_;
    Expression expression_;
    std::vector<std::string_view> names_;
    std::vector<ValueView> values_;
};

}  // namespace

Statement parseStatement(std::string_view text, const Json* parameters) { return Parser(text, parameters).run(); }

}  // namespace backlot::dynamodb::partiql
