#include "asl/query/path_filter.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "emulator/base/regex.h"
#include "emulator/base/stack.h"

namespace backlot::asl {

JsonPath parsePathAt(std::string_view text, int depth);  // jsonpath.cpp

/// What stands left or right of an operator: a literal, a pattern, or a path from the item (`@`) or the document (`$`).
struct PathOperand {
    std::optional<JsonPath> path;
    bool fromItem = false;
    Json literal;
    std::shared_ptr<const Regex> pattern;
};

struct PathFilter::Node {
    enum class Kind { allOf, anyOf, negation, comparison, existence };
    Kind kind = Kind::existence;
    std::vector<Node> parts;
    std::string op;
    PathOperand left, right;
};

namespace {

using Node = PathFilter::Node;

constexpr int kFilterDepth = 32;

class FilterReader {
public:
    FilterReader(std::string_view text, int depth) : text_(text), depth_(depth) {}

    Node read() {
        Node node = anyOf(0);
        skipBlanks();
        if (at_ < text_.size()) fail("unexpected text");
        return node;
    }

private:
    [[noreturn]] void fail(const char* why) const {
        throw PathSyntaxError(std::string(why) + " in filter '" + std::string(text_) + "'");
    }
    void skipBlanks() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
    }
    bool take(std::string_view token) {
        skipBlanks();
        if (!text_.substr(at_).starts_with(token)) return false;
        at_ += token.size();
        return true;
    }
    bool takeWord(std::string_view word) {
        skipBlanks();
        const auto rest = text_.substr(at_);
        if (rest.size() < word.size() + 1) return false;
        const auto same =
            std::equal(word.begin(), word.end(), rest.begin(), [](char a, char b) { return a == (b | 0x20); });
        if (!same || std::isalnum(static_cast<unsigned char>(rest[word.size()]))) return false;
        at_ += word.size();
        return true;
    }

    Node anyOf(int depth) {
        if (depth > kFilterDepth || !mayRecurse()) fail("nested too deep");
        return series(depth, "||", Node::Kind::anyOf,
                      [&] { return series(depth, "&&", Node::Kind::allOf, [&] { return term(depth); }); });
    }

    template <typename Part>
    Node series(int, std::string_view separator, Node::Kind kind, const Part& part) {
        Node first = part();
        if (!take(separator)) return first;
        Node all{.kind = kind};
        all.parts.push_back(std::move(first));
        do all.parts.push_back(part());
        while (take(separator));
        return all;
    }

    Node term(int depth) {
        skipBlanks();
        if (at_ + 1 < text_.size() && text_[at_] == '!' && text_[at_ + 1] != '=') {
            ++at_;
            if (depth > kFilterDepth || !mayRecurse()) fail("nested too deep");
            Node node{.kind = Node::Kind::negation};
            node.parts.push_back(term(depth + 1));
            return node;
        }
        if (take("(")) {
            Node node = anyOf(depth + 1);
            if (!take(")")) fail("')' expected");
            return node;
        }
        Node node;
        node.left = operand();
        for (const std::string_view op : {"==", "!=", "<=", ">=", "<", ">", "=~"}) {
            if (!take(op)) continue;
            return comparison(std::move(node), op);
        }
        for (const std::string_view op :
             {"in", "nin", "subsetof", "anyof", "noneof", "contains", "all", "size", "empty"}) {
            if (!takeWord(op)) continue;
            return comparison(std::move(node), op);
        }
        if (!node.left.path) fail("a path or a comparison expected");
        return node;
    }

    Node comparison(Node node, std::string_view op) {
        node.kind = Node::Kind::comparison;
        node.op = op;
        node.right = operand();
        return node;
    }

    PathOperand operand() {
        skipBlanks();
        PathOperand out;
        const char c = at_ < text_.size() ? text_[at_] : '\0';
        if (c == '@' || c == '$') {
            out.fromItem = c == '@';
            out.path = parsePathAt(pathTextAt(text_, at_, " \t=!<>&|),]"), depth_ + 1);
        } else if (c == '/') {
            out.pattern = pattern();
        } else if (c == '\'' || c == '"') {
            out.literal = quoted(c);
        } else {
            out.literal = literal();
        }
        return out;
    }

    std::shared_ptr<const Regex> pattern() {
        std::string source;
        for (++at_; at_ < text_.size() && text_[at_] != '/'; ++at_) {
            if (text_[at_] == '\\' && at_ + 1 < text_.size()) {
                if (text_[at_ + 1] != '/') source += '\\';
                ++at_;
            }
            source += text_[at_];
        }
        if (at_ >= text_.size()) fail("a pattern is not closed");
        const auto flags = ++at_;
        while (at_ < text_.size() && std::isalpha(static_cast<unsigned char>(text_[at_]))) ++at_;
        const auto has = [given = text_.substr(flags, at_ - flags)](char flag) {
            return given.find(flag) != std::string_view::npos;
        };
        try {
            return std::make_shared<const Regex>(source, RegexOptions{.whole = true,
                                                                      .caseless = has('i'),
                                                                      .multiline = has('m'),
                                                                      .dotAll = has('s'),
                                                                      .extended = has('x')});
        } catch (const RegexError&) {
            fail("a pattern cannot be compiled");
        }
    }

    Json quoted(char quote) {
        std::string out;
        for (++at_; at_ < text_.size() && text_[at_] != quote; ++at_) {
            if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
            out += text_[at_];
        }
        if (at_ >= text_.size()) fail("a quote is not closed");
        ++at_;
        return str(out);
    }

    Json literal() {
        const auto start = at_;
        if (start < text_.size() && (text_[start] == '[' || text_[start] == '{')) return listLiteral();
        while (at_ < text_.size() && std::string_view(" \t=!<>&|),]").find(text_[at_]) == std::string_view::npos) ++at_;
        auto value = tryParseJson(text_.substr(start, at_ - start));
        if (!value) fail("a value expected");
        return std::move(*value);
    }

    /// ['a', 1]: JSON but for its quotes.
    Json listLiteral() {
        if (text_[at_] == '{') fail("objects are no operands");
        Json out(rapidjson::kArrayType);
        ++at_;
        while (!take("]")) {
            skipBlanks();
            if (at_ >= text_.size()) fail("']' expected");
            const char c = text_[at_];
            push(out, c == '\'' || c == '"' ? quoted(c) : literal());
            if (!take(",") && at_ < text_.size() && text_[at_] != ']') fail("',' expected");
        }
        return out;
    }

    std::string_view text_;
    int depth_;
    std::size_t at_ = 0;
};

/// The value of an operand; nothing where its path finds nothing.
std::optional<Json> valueOf(const PathOperand& operand, const Json& item, const Json& root) {
    if (!operand.path) return copy(operand.literal);
    try {
        return operand.path->read(operand.fromItem ? item : root);
    } catch (const PathNotFound&) {
        return std::nullopt;
    }
}

std::optional<int> order(const Json& a, const Json& b) {
    if (a.IsNumber() && b.IsNumber()) return a.GetDouble() < b.GetDouble() ? -1 : a.GetDouble() > b.GetDouble() ? 1 : 0;
    if (a.IsString() && b.IsString()) return view(a).compare(view(b));
    return std::nullopt;
}

bool holdsItem(const Json& list, const Json& item) {
    return list.IsArray() &&
           std::any_of(list.Begin(), list.End(), [&](const Json& element) { return equal(element, item); });
}

bool everyIn(const Json& items, const Json& list) {
    return items.IsArray() &&
           std::all_of(items.Begin(), items.End(), [&](const Json& item) { return holdsItem(list, item); });
}

bool someIn(const Json& items, const Json& list) {
    return items.IsArray() &&
           std::any_of(items.Begin(), items.End(), [&](const Json& item) { return holdsItem(list, item); });
}

std::int64_t sizeOf(const Json& value) {
    return value.IsString()   ? value.GetStringLength()
           : value.IsArray()  ? value.Size()
           : value.IsObject() ? value.MemberCount()
                              : -1;
}

bool contains(const Json& whole, const Json& part) {
    if (whole.IsString() && part.IsString()) return view(whole).find(view(part)) != std::string_view::npos;
    return holdsItem(whole, part);
}

struct FilterOperator {
    std::string_view name;
    bool (*holds)(const Json& left, const Json& right);
};

const FilterOperator kOperators[] = {
    {"==", [](const Json& a, const Json& b) { return equal(a, b); }},
    {"!=", [](const Json& a, const Json& b) { return !equal(a, b); }},
    {"<",
     [](const Json& a, const Json& b) {
         const auto o = order(a, b);
         return o && *o < 0;
     }},
    {"<=",
     [](const Json& a, const Json& b) {
         const auto o = order(a, b);
         return o && *o <= 0;
     }},
    {">",
     [](const Json& a, const Json& b) {
         const auto o = order(a, b);
         return o && *o > 0;
     }},
    {">=",
     [](const Json& a, const Json& b) {
         const auto o = order(a, b);
         return o && *o >= 0;
     }},
    {"in", [](const Json& a, const Json& b) { return holdsItem(b, a); }},
    {"nin", [](const Json& a, const Json& b) { return !holdsItem(b, a); }},
    {"subsetof", [](const Json& a, const Json& b) { return everyIn(a, b); }},
    {"anyof", [](const Json& a, const Json& b) { return someIn(a, b); }},
    {"noneof", [](const Json& a, const Json& b) { return !someIn(a, b); }},
    {"all", [](const Json& a, const Json& b) { return everyIn(b, a); }},
    {"contains", contains},
    {"size", [](const Json& a, const Json& b) { return b.IsInt64() && sizeOf(a) == b.GetInt64(); }},
    {"empty",
     [](const Json& a, const Json& b) { return b.IsBool() && sizeOf(a) >= 0 && (sizeOf(a) == 0) == b.GetBool(); }},
};

bool compares(const Node& node, const Json& item, const Json& root) {
    const auto left = valueOf(node.left, item, root);
    if (node.right.pattern) return left && left->IsString() && node.right.pattern->matches(view(*left));
    const auto right = valueOf(node.right, item, root);
    if (!left || !right) return node.op == "!=" ? left.has_value() != right.has_value() : node.op == "nin" && !left;
    const auto* op =
        std::find_if(std::begin(kOperators), std::end(kOperators), [&](const auto& o) { return o.name == node.op; });
    return op != std::end(kOperators) && op->holds(*left, *right);
}

bool evaluate(const Node& node, const Json& item, const Json& root) {
    const auto part = [&](const Node& inner) { return evaluate(inner, item, root); };
    switch (node.kind) {
        case Node::Kind::allOf: return std::all_of(node.parts.begin(), node.parts.end(), part);
        case Node::Kind::anyOf: return std::any_of(node.parts.begin(), node.parts.end(), part);
        case Node::Kind::negation: return !part(node.parts.front());
        case Node::Kind::comparison: return compares(node, item, root);
        case Node::Kind::existence: {
            const auto value = valueOf(node.left, item, root);
            return value &&
                   (node.left.path->isDefinite() || !value->IsArray() || !value->Empty());  // of a function: a number
        }
    }
    return false;
}

}  // namespace

std::shared_ptr<const PathFilter> PathFilter::parse(std::string_view text, int depth) {
    auto filter = std::make_shared<PathFilter>();
    filter->text_ = std::string(text);
    filter->node_ = std::make_shared<const Node>(FilterReader(text, depth).read());
    return filter;
}

bool PathFilter::matches(const Json& item, const Json& root) const { return evaluate(*node_, item, root); }

}  // namespace backlot::asl
