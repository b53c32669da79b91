// From text to a tree, by binding powers (Pratt). Operators of paths stay as they are written; rewrite.cpp makes paths
// of them.

#include <algorithm>
#include <iterator>

#include "asl/query/jsonata/failure.h"
#include "asl/query/jsonata/lexer.h"
#include "asl/query/jsonata/program.h"
#include "asl/query/jsonata/signature.h"
#include "asl/query/jsonata/text.h"
#include "emulator/base/stack.h"

namespace backlot::asl::jsonata {
namespace {

struct Power {
    std::string_view symbol;
    int power;
};
/// How strongly each symbol binds what stands to its left; what is not here ends an expression.
constexpr Power kPowers[] = {
    {"[", 80},  {"(", 80},  {"@", 80},  {"#", 80},   {".", 75},  {"{", 70}, {"*", 60},  {"/", 60},  {"%", 60},
    {"+", 50},  {"-", 50},  {"&", 50},  {"=", 40},   {"<", 40},  {">", 40}, {"^", 40},  {"!=", 40}, {"<=", 40},
    {">=", 40}, {"~>", 40}, {"in", 40}, {"and", 30}, {"or", 25}, {"?", 20}, {":=", 10},
};
/// Symbols that may begin nothing and stand only where the grammar asks for them.
constexpr std::string_view kKnownElsewhere[] = {"]", "}", ")", ",", ";", ":", "|", "..", "**"};

struct BinarySymbol {
    std::string_view symbol;
    Operator op;
};
constexpr BinarySymbol kBinaries[] = {
    {"+", Operator::add},
    {"-", Operator::subtract},
    {"*", Operator::multiply},
    {"/", Operator::divide},
    {"%", Operator::modulo},
    {"=", Operator::equal},
    {"!=", Operator::notEqual},
    {"<", Operator::less},
    {"<=", Operator::lessOrEqual},
    {">", Operator::greater},
    {">=", Operator::greaterOrEqual},
    {"&", Operator::concatenate},
    {"in", Operator::in},
    {"and", Operator::both},
    {"or", Operator::either},
};

class Parser {
public:
    explicit Parser(Program& program) : program_(program), lexer_(program.text) {}

    Node* parseAll() {
        advance(true);
        Node* result = expression(0);
        if (token_.what != Token::What::end) throw Failure("S0201", token_.position).with("token", shown(token_));
        return result;
    }

private:
    // Tokens

    bool at(std::string_view symbol) const { return token_.what == Token::What::op && token_.text == symbol; }
    int power() const {
        if (token_.what != Token::What::op) return 0;
        const auto* found = std::find_if(std::begin(kPowers), std::end(kPowers),
                                         [this](const Power& p) { return p.symbol == token_.text; });
        return found == std::end(kPowers) ? 0 : found->power;
    }
    void advance(bool operandAllowed) {
        token_ = lexer_.next(operandAllowed);
        if (token_.what == Token::What::op && power() == 0 &&
            std::find(std::begin(kKnownElsewhere), std::end(kKnownElsewhere), token_.text) == std::end(kKnownElsewhere))
            throw Failure("S0204", token_.position).with("token", shown(token_));
    }
    void expect(std::string_view symbol, bool operandAllowed) {
        if (!at(symbol))
            throw Failure(token_.what == Token::What::end ? "S0203" : "S0202", token_.position)
                .withText("value", symbol)
                .with("token", shown(token_));
        advance(operandAllowed);
    }

    // Nodes

    Node* make(Kind kind, const Token& token) { return program_.make(kind, token.position); }
    /// Notes how deep the tree is that hangs below `node`.
    Node* grown(Node* node, std::initializer_list<const Node*> parts) {
        for (const auto* part : parts)
            if (part) node->depth = std::max(node->depth, part->depth + 1);
        if (node->depth > kNestingLimit) failTooDeep();
        return node;
    }
    Node* grown(Node* node, const std::vector<Node*>& parts) {
        for (const auto* part : parts) grown(node, {part});
        return node;
    }

    Node* expression(int rightPower) {
        if (++nesting_ > kNestingLimit || !mayRecurse()) failTooDeep();
        Token token = token_;
        advance(startsOperand(token));
        Node* left = prefix(token);
        while (rightPower < power()) {
            token = token_;
            advance(true);
            left = infix(token, left);
        }
        --nesting_;
        return left;
    }
    /// Whether an operand follows this token at the beginning of an expression, so that `/` begins a regular
    /// expression.
    static bool startsOperand(const Token& token) {
        return token.what == Token::What::op &&
               (token.text == "(" || token.text == "[" || token.text == "{" || token.text == "-" || token.text == "|");
    }

    // What may begin an expression

    Node* prefix(const Token& token) {
        switch (token.what) {
            case Token::What::end: return make(Kind::end, token);
            case Token::What::name: return leaf(Kind::name, token);
            case Token::What::string: return leaf(Kind::string, token);
            case Token::What::variable: return variable(token);
            case Token::What::number: {
                Node* node = leaf(Kind::number, token);
                node->number = token.number;
                return node;
            }
            case Token::What::boolean:
            case Token::What::null: {
                Node* node = leaf(Kind::literal, token);
                node->isBoolean = token.what == Token::What::boolean;
                node->boolean = token.text == "true";
                return node;
            }
            case Token::What::regex: {
                Node* node = leaf(Kind::regex, token);
                node->regex = token.regex;
                return node;
            }
            case Token::What::op: break;
        }
        const auto& symbol = token.text;
        if (symbol == "and" || symbol == "or" || symbol == "in") return leaf(Kind::operatorName, token);
        if (symbol == "*") return make(Kind::wildcard, token);
        if (symbol == "**") return make(Kind::descendant, token);
        if (symbol == "%") return make(Kind::parent, token);
        if (symbol == "-") {
            Node* node = make(Kind::negate, token);
            node->first = expression(70);
            return grown(node, {node->first});
        }
        if (symbol == "(") return block(token);
        if (symbol == "[") return arrayConstructor(token);
        if (symbol == "{") {
            Node* node = make(Kind::objectConstructor, token);
            node->members = std::make_unique<Group>();
            members(node, *node->members);
            return node;
        }
        if (symbol == "|") return transform(token);
        throw Failure("S0211", token.position).with("token", shown(token));
    }

    Node* leaf(Kind kind, const Token& token) {
        Node* node = make(kind, token);
        node->text = token.text;
        return node;
    }
    Node* variable(const Token& token) {
        Node* node = leaf(token.text == "$" ? Kind::root : Kind::variable, token);
        node->id = program_.intern(token.text);
        return node;
    }

    Node* block(const Token& token) {
        Node* node = make(Kind::block, token);
        while (!at(")")) {
            node->items.push_back(expression(0));
            if (!at(";")) break;
            advance(true);
        }
        expect(")", false);
        return grown(node, node->items);
    }

    Node* arrayConstructor(const Token& token) {
        Node* node = make(Kind::arrayConstructor, token);
        if (!at("]")) {
            for (;;) {
                Node* item = expression(0);
                if (at("..")) {
                    Node* range = binary(token_, Operator::range, item);
                    advance(true);
                    range->second = expression(0);
                    item = grown(range, {range->second});
                }
                node->items.push_back(item);
                if (!at(",")) break;
                advance(true);
            }
        }
        expect("]", false);
        return grown(node, node->items);
    }

    void members(Node* node, Group& group) {
        group.position = node->position;
        if (!at("}")) {
            for (;;) {
                Node* key = expression(0);
                expect(":", true);
                Node* value = expression(0);
                group.pairs.emplace_back(key, value);
                grown(node, {key, value});
                if (!at(",")) break;
                advance(true);
            }
        }
        expect("}", false);
    }

    Node* transform(const Token& token) {
        Node* node = make(Kind::transform, token);
        node->first = expression(0);
        expect("|", true);
        node->second = expression(0);
        if (at(",")) {
            advance(true);
            node->third = expression(0);
        }
        expect("|", false);
        return grown(node, {node->first, node->second, node->third});
    }

    // What may follow an expression

    Node* infix(const Token& token, Node* left) {
        const auto& symbol = token.text;
        if (symbol == "(") return call(token, left);
        if (symbol == "[") return predicate(token, left);
        if (symbol == "{") {
            Node* node = make(Kind::groupBy, token);
            node->first = left;
            node->group = std::make_unique<Group>();
            members(node, *node->group);
            return grown(node, {left});
        }
        if (symbol == "^") return orderBy(token, left);
        if (symbol == "@" || symbol == "#") return mark(token, left);
        if (symbol == "?") return condition(token, left);
        if (symbol == ".") return pair(Kind::dot, token, left, 75);
        if (symbol == "~>") return pair(Kind::apply, token, left, 40);
        if (symbol == ":=") {
            if (left->kind != Kind::variable && left->kind != Kind::root)
                throw Failure("S0212", left->position).withText("token", left->text);
            return pair(Kind::bind, token, left, 9);
        }
        const auto* found = std::find_if(std::begin(kBinaries), std::end(kBinaries),
                                         [&](const BinarySymbol& b) { return b.symbol == symbol; });
        const int power = std::find_if(std::begin(kPowers), std::end(kPowers), [&](const Power& p) {
                              return p.symbol == symbol;
                          })->power;
        Node* node = binary(token, found->op, left);
        node->second = expression(power);
        return grown(node, {node->second});
    }

    Node* pair(Kind kind, const Token& token, Node* left, int power) {
        Node* node = leaf(kind, token);
        node->first = left;
        node->second = expression(power);
        return grown(node, {left, node->second});
    }
    Node* binary(const Token& token, Operator op, Node* left) {
        Node* node = leaf(Kind::binary, token);
        node->op = op;
        node->first = left;
        return grown(node, {left});
    }

    Node* call(const Token& token, Node* left) {
        Node* node = make(Kind::call, token);
        node->first = left;
        if (!at(")")) {
            for (;;) {
                if (at("?")) {
                    node->kind = Kind::partial;
                    node->items.push_back(leaf(Kind::placeholder, token_));
                    advance(true);
                } else {
                    node->items.push_back(expression(0));
                }
                if (!at(",")) break;
                advance(true);
            }
        }
        expect(")", false);
        if (left->kind == Kind::name && (left->text == "function" || left->text == "λ")) return lambda(node);
        grown(node, {left});
        return grown(node, node->items);
    }

    Node* lambda(Node* node) {
        node->kind = Kind::lambda;
        node->first = nullptr;
        for (std::size_t i = 0; i < node->items.size(); ++i) {
            const Node* parameter = node->items[i];
            if (parameter->kind != Kind::variable && parameter->kind != Kind::root)
                throw Failure("S0208", parameter->position)
                    .withText("token", parameter->text)
                    .with("value", std::to_string(i + 1));
            node->parameters.push_back(parameter->id);
        }
        node->items.clear();
        if (at("<")) {
            const int start = token_.position;
            std::string text = "<";
            for (int depth = 1; depth > 0;) {
                advance(false);
                if (at("{") || token_.what == Token::What::end) break;
                if (at(">")) --depth;
                if (at("<")) ++depth;
                text += token_.text;
            }
            expect(">", false);
            node->signature = std::make_shared<Signature>(text, start);
        }
        expect("{", true);
        node->first = expression(0);
        expect("}", false);
        return grown(node, {node->first});
    }

    Node* predicate(const Token& token, Node* left) {
        if (at("]")) {  // an empty one asks to keep arrays of one element, whatever predicates stand between
            Node* step = left;
            while (step->kind == Kind::predicate) step = step->first;
            step->keepArray = true;
            advance(false);
            return left;
        }
        Node* node = make(Kind::predicate, token);
        node->first = left;
        node->second = expression(0);
        expect("]", false);
        return grown(node, {left, node->second});
    }

    Node* orderBy(const Token& token, Node* left) {
        Node* node = make(Kind::orderBy, token);
        node->first = left;
        grown(node, {left});
        expect("(", true);
        for (;;) {
            const bool descending = at(">");
            if (at("<") || at(">")) advance(true);
            node->terms.push_back({expression(0), descending});
            grown(node, {node->terms.back().expression});
            if (!at(",")) break;
            advance(true);
        }
        expect(")", false);
        return node;
    }

    /// `@$variable` or `#$variable` behind a step.
    Node* mark(const Token& token, Node* left) {
        Node* node = make(token.text == "@" ? Kind::focus : Kind::index, token);
        node->first = left;
        const Node* variable = expression(80);
        if (variable->kind != Kind::variable && variable->kind != Kind::root)
            throw Failure("S0214", variable->position).withText("token", token.text);
        node->id = variable->id;
        return grown(node, {left});
    }

    Node* condition(const Token& token, Node* left) {
        Node* node = make(Kind::condition, token);
        node->first = left;
        node->second = expression(0);
        if (at(":")) {
            advance(true);
            node->third = expression(0);
        }
        return grown(node, {left, node->second, node->third});
    }

    Program& program_;
    Lexer lexer_;
    Token token_;
    int nesting_ = 0;
};

}  // namespace

void parse(Program& program) { program.root = Parser(program).parseAll(); }

}  // namespace backlot::asl::jsonata
