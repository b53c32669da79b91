#include "emulator/base/event_pattern.h"

#include <algorithm>
#include <charconv>
#include <map>

#include "emulator/base/pattern_reader.h"
#include "emulator/base/pattern_condition.h"

namespace backlot {

PatternError::PatternError(std::string reason_, std::string where_)
    : std::runtime_error(where_.empty() ? reason_ : reason_ + "\n" + where_),
      reason(std::move(reason_)),
      where(std::move(where_)) {}

/// A field of the pattern: what its own value must be (`conditions`: any of them), and what must lie below it
/// (`children`: all).
struct EventPattern::Node {
    std::string name;
    std::vector<PatternCondition> conditions;
    std::vector<Node> children;
    bool matchesAbsent = true;  // all that is asked here and below is that nothing be there
};

namespace {

using Node = EventPattern::Node;
using Kind = PatternCondition::Kind;

/// How many alternatives `$or` may multiply to. Differs: AWS's bound is not published.
constexpr std::size_t kAlternativesLimit = 1000;
constexpr std::size_t kRepeatedWildcardLimit = 5;

/// One alternative while it is built: dotted path → the values that are fine there.
using Rule = std::map<std::string, std::vector<PatternCondition>>;

class Compiler {
public:
    explicit Compiler(std::string_view text) : text_(text), tokens_(readPatternTokens(text)) {}

    std::vector<Rule> run() {
        if (next().kind != TokenKind::objectStart) fail("Filter is not an object");
        rules_.emplace_back();
        object({}, true);
        if (next().kind != TokenKind::end) fail("Unexpected content after the pattern");
        return std::move(rules_);
    }

private:
    // --- tokens ---------------------------------------------------------------------------------------------------
    const PatternToken& next() {
        const PatternToken& token = tokens_[at_];
        if (token.kind == TokenKind::broken) throw PatternError(token.text, patternPlace(text_, token.end));
        if (token.kind != TokenKind::end) ++at_;
        last_ = &token;
        return token;
    }
    const PatternToken& peek() const { return tokens_[at_]; }
    /// The place is behind the token that was read last, as AWS names it.
    [[noreturn]] void fail(const std::string& reason) const {
        throw PatternError(reason, patternPlace(text_, last_->end));
    }
    [[noreturn]] void failWithoutPlace(const std::string& reason) const { throw PatternError(reason, {}); }

    // --- objects --------------------------------------------------------------------------------------------------
    /// Reads up to and with the closing brace, adding to every rule of `rules_`.
    void object(const std::string& path, bool whole) {
        bool empty = true;
        for (;;) {
            const PatternToken& token = next();
            if (token.kind == TokenKind::objectEnd) break;
            empty = false;
            const std::string name = token.text;
            if (name == "$or" && isOr()) {
                alternatives(path);
                continue;
            }
            const std::string below = path.empty() && whole ? name : path + "." + name;
            const PatternToken& value = next();
            if (value.kind == TokenKind::objectStart) {
                object(below, false);
            } else if (value.kind == TokenKind::arrayStart) {
                std::vector<PatternCondition> conditions = values();
                for (Rule& rule : rules_) rule[below] = conditions;  // of equal fields the last one counts
            } else {
                fail("\"" + name + "\" must be an object or an array");
            }
        }
        if (empty) fail("Empty objects are not allowed");
    }

    /// `$or` is an operator only before an array of at least two objects none of whose fields has an operator's name;
    /// else it is a field like any other.
    bool isOr() const {
        if (peek().kind != TokenKind::arrayStart) return false;
        std::size_t objects = 0, depth = 0;
        for (std::size_t i = at_ + 1; i < tokens_.size(); ++i) {
            const PatternToken& token = tokens_[i];
            if (token.kind == TokenKind::arrayEnd && depth == 0) return objects >= 2;
            if (depth == 0 && token.kind != TokenKind::objectStart) return false;
            if (depth == 1 && token.kind == TokenKind::fieldName && isOperator(token.text)) return false;
            if (token.kind == TokenKind::objectStart || token.kind == TokenKind::arrayStart) {
                if (depth == 0) ++objects;
                ++depth;
            } else if (token.kind == TokenKind::objectEnd || token.kind == TokenKind::arrayEnd) {
                --depth;
            } else if (token.kind == TokenKind::broken || token.kind == TokenKind::end) {
                return objects >= 1;  // reading on reports what is broken
            }
        }
        return false;
    }

    static bool isOperator(std::string_view name) {
        static constexpr std::string_view names[] = {"exact",
                                                     "prefix",
                                                     "suffix",
                                                     "anything-but",
                                                     "equals-ignore-case",
                                                     "wildcard",
                                                     "numeric",
                                                     "cidr",
                                                     "exists",
                                                     "anything-but-ignore-case",
                                                     "anything-but-prefix",
                                                     "anything-but-suffix",
                                                     "anything-but-wildcard"};
        return std::find(std::begin(names), std::end(names), name) != std::end(names);
    }

    void alternatives(const std::string& path) {
        next();  // [
        const std::vector<Rule> before = rules_;
        std::vector<Rule> all;
        while (next().kind == TokenKind::objectStart) {
            rules_ = before;
            object(path, path.empty());
            std::move(rules_.begin(), rules_.end(), std::back_inserter(all));
            if (all.size() > kAlternativesLimit)
                failWithoutPlace("Rule is too complex - try using fewer $or alternatives");
        }
        rules_ = std::move(all);
    }

    // --- values ---------------------------------------------------------------------------------------------------
    /// The elements of a field's array, up to and with its closing bracket.
    std::vector<PatternCondition> values() {
        std::vector<PatternCondition> conditions;
        std::vector<std::string> texts;
        std::vector<PatternNumber> numbers;
        for (;;) {
            const PatternToken& token = next();
            switch (token.kind) {
                case TokenKind::string: texts.push_back(token.text); break;
                case TokenKind::number: numbers.push_back(patternNumber(token.text)); break;
                case TokenKind::literalTrue: conditions.push_back({.kind = Kind::literalTrue}); break;
                case TokenKind::literalFalse: conditions.push_back({.kind = Kind::literalFalse}); break;
                case TokenKind::literalNull: conditions.push_back({.kind = Kind::literalNull}); break;
                case TokenKind::objectStart: conditions.push_back(expression()); break;
                case TokenKind::arrayEnd: {
                    if (!texts.empty())
                        conditions.insert(conditions.begin(), sortedTexts(Kind::text, std::move(texts)));
                    if (!numbers.empty())
                        conditions.insert(conditions.begin(), {.kind = Kind::number, .numbers = std::move(numbers)});
                    if (conditions.empty()) fail("Empty arrays are not allowed");
                    return conditions;
                }
                default: fail("Match value must be String, number, true, false, or null");
            }
        }
    }

    static PatternCondition sortedTexts(Kind kind, std::vector<std::string> texts) {
        std::sort(texts.begin(), texts.end());
        return {.kind = kind, .texts = std::move(texts)};
    }

    PatternCondition expression() {
        const PatternToken& name = next();
        if (name.kind != TokenKind::fieldName) fail("Match expression name not found");
        PatternCondition condition = operation(name.text);
        if (next().kind != TokenKind::objectEnd) fail("Only one key allowed in match expression");
        return condition;
    }

    PatternCondition operation(const std::string& name) {
        if (name == "exact") return sortedTexts(Kind::text, {string("exact match pattern must be a string")});
        if (name == "prefix") return affix(name, Kind::prefix, Kind::prefixFolded);
        if (name == "suffix") return affix(name, Kind::suffix, Kind::suffixFolded);
        if (name == "equals-ignore-case")
            return {.kind = Kind::equalsFolded,
                    .texts = {foldCase(string("equals-ignore-case match pattern must be a string"))}};
        if (name == "wildcard")
            return {.kind = Kind::wildcard, .wildcards = {wildcard(string("wildcard match pattern must be a string"))}};
        if (name == "anything-but") return anythingBut();
        if (name == "numeric") return numeric();
        if (name == "cidr")
            return {.kind = Kind::cidr,
                    .network = cidr(string("prefix match pattern must be a string"))};  // AWS's words
        if (name == "exists") return exists();
        next();  // AWS names the place behind the value
        fail("Unrecognized match type " + name);
    }

    std::string string(const char* otherwise) {
        const PatternToken& token = next();
        if (token.kind != TokenKind::string) fail(otherwise);
        return token.text;
    }

    PatternCondition affix(const std::string& name, Kind plain, Kind folded) {
        if (peek().kind != TokenKind::objectStart)
            return {.kind = plain,
                    .texts = {string(name == "prefix" ? "prefix match pattern must be a string"
                                                      : "suffix match pattern must be a string")}};
        next();
        const PatternToken& inner = next();
        if (inner.text != "equals-ignore-case") fail("Unsupported " + name + " pattern: " + inner.text);
        PatternCondition condition{.kind = folded,
                                   .texts = {foldCase(string("equals-ignore-case match pattern must be a string"))}};
        if (next().kind != TokenKind::objectEnd) fail("Only one key allowed in match expression");
        return condition;
    }

    PatternCondition exists() {
        const TokenKind kind = next().kind;
        if (kind != TokenKind::literalTrue && kind != TokenKind::literalFalse)
            fail("exists match pattern must be either true or false.");
        return {.kind = kind == TokenKind::literalTrue ? Kind::exists : Kind::absent};
    }

    // --- anything-but -----------------------------------------------------------------------------------------------
    PatternCondition anythingBut() {
        const PatternToken& token = next();
        switch (token.kind) {
            case TokenKind::string: return sortedTexts(Kind::butTexts, {token.text});
            case TokenKind::number: return {.kind = Kind::butNumbers, .numbers = {patternNumber(token.text)}};
            case TokenKind::arrayStart: return anythingButList();
            case TokenKind::objectStart: return anythingButExpression();
            default: fail("Value of anything-but must be an array or single string/number value.");
        }
    }

    PatternCondition anythingButList() {
        std::vector<std::string> texts;
        std::vector<PatternNumber> numbers;
        for (;;) {
            const PatternToken& token = next();
            if (token.kind == TokenKind::arrayEnd) break;
            if (token.kind == TokenKind::string)
                texts.push_back(token.text);
            else if (token.kind == TokenKind::number)
                numbers.push_back(patternNumber(token.text));
            else
                fail("Inside anything but list, start|null|boolean is not supported.");
        }
        if (texts.empty() == numbers.empty())
            fail("Inside anything but list, either all values are number or string, mixed type is not supported");
        if (!texts.empty()) return sortedTexts(Kind::butTexts, std::move(texts));
        return {.kind = Kind::butNumbers, .numbers = std::move(numbers)};
    }

    PatternCondition anythingButExpression() {
        const PatternToken& inner = next();
        if (inner.kind != TokenKind::fieldName) fail("Anything-But expression name not found");
        const std::string name = inner.text;
        PatternCondition condition;
        if (name == "prefix" || name == "suffix") {
            condition = {.kind = name == "prefix" ? Kind::butPrefixes : Kind::butSuffixes};
            condition.texts = oneOrMore("prefix/suffix match pattern must be a string",
                                        "prefix/suffix match pattern must be a string", [&](const std::string& text) {
                                            if (text.empty()) fail("Null prefix/suffix not allowed");
                                        });
        } else if (name == "equals-ignore-case") {
            condition = {.kind = Kind::butFolded};
            condition.texts =
                oneOrMore("Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.",
                          "equals-ignore-case match pattern must be a string", [](const std::string&) {});
            for (std::string& text : condition.texts) text = foldCase(text);
        } else if (name == "wildcard") {
            condition = {.kind = Kind::butWildcards};
            oneOrMore("wildcard match pattern must be a string", "wildcard match pattern must be a string",
                      [&](const std::string& text) { condition.wildcards.push_back(wildcard(text)); });
        } else {
            fail("Unsupported anything-but pattern: " + name);
        }
        if (next().kind != TokenKind::objectEnd)
            fail("Too many elements in numeric expression");  // AWS's words, numeric or not
        return condition;
    }

    /// A string or an array of strings; `each` checks one, while the reader still stands behind it.
    template <typename Each>
    std::vector<std::string> oneOrMore(const char* inList, const char* alone, Each&& each) {
        std::vector<std::string> texts;
        const TokenKind first = peek().kind;
        if (first != TokenKind::arrayStart) {
            if (next().kind == TokenKind::objectStart)
                fail("Value of anything-but must be an array or single string/number value.");
            if (first != TokenKind::string) fail(alone);
            texts.push_back(last_->text);
            each(texts.back());
            return texts;
        }
        for (next(); next().kind != TokenKind::arrayEnd;) {
            if (last_->kind != TokenKind::string) fail(inList);
            texts.push_back(last_->text);
            each(texts.back());
        }
        if (texts.empty()) fail("Empty arrays are not allowed");
        return texts;
    }

    // --- wildcard, numeric, cidr ------------------------------------------------------------------------------------
    Wildcard wildcard(const std::string& text) {
        std::vector<std::string> parts(1);
        std::map<char, std::size_t> followers;  // the character behind an asterisk → how often
        for (std::size_t i = 0; i < text.size(); ++i) {
            const char c = text[i];
            if (c == '\\') {
                const char escaped = i + 1 < text.size() ? text[i + 1] : '\0';
                if (escaped != '*' && escaped != '\\') fail("Invalid escape character at pos " + std::to_string(i + 1));
                parts.back() += escaped;
                ++i;
            } else if (c == '*') {
                if (i + 1 < text.size() && text[i + 1] == '*')
                    fail("Consecutive wildcard characters at pos " + std::to_string(i + 1));
                parts.emplace_back();
                if (i + 1 < text.size() && ++followers[text[i + 1]] >= kRepeatedWildcardLimit) {
                    failWithoutPlace(
                        "Rule is too complex - try using fewer wildcard characters or fewer repeating character "
                        "sequences after a wildcard character");
                }
            } else {
                parts.back() += c;
            }
        }
        return Wildcard(std::move(parts));
    }

    PatternCondition numeric() {
        if (next().kind != TokenKind::arrayStart) fail("Value of numeric must be an array.");
        if (next().kind != TokenKind::string) fail("Invalid member in numeric match: " + last_->text);
        const std::string op = last_->text;
        PatternCondition condition{.kind = Kind::numeric};
        NumericRange& range = condition.range;
        if (op == "=") {
            range.low = range.high = numericValue("equals");
            range.hasLow = range.hasHigh = range.withLow = range.withHigh = true;
        } else if (op == "<" || op == "<=") {
            range.high = numericValue(op);
            range.hasHigh = true;
            range.withHigh = op == "<=";
        } else if (op == ">" || op == ">=") {
            range.low = numericValue(op);
            range.hasLow = true;
            range.withLow = op == ">=";
            if (next().kind == TokenKind::arrayEnd) return condition;
            if (last_->kind != TokenKind::string) fail("Bad value in numeric range: " + last_->text);
            const std::string upper = last_->text;
            if (upper != "<" && upper != "<=") fail("Bad numeric range operator: " + upper);
            range.high = numericValue(upper);
            range.hasHigh = true;
            range.withHigh = upper == "<=";
            if (!(range.low < range.high)) fail("Bottom must be less than top");
        } else {
            fail("Unrecognized numeric range operator: " + op);
        }
        if (next().kind != TokenKind::arrayEnd) fail("Too many elements in numeric expression");
        return condition;
    }

    double numericValue(const std::string& op) {
        if (next().kind != TokenKind::number) fail("Value of " + op + " must be numeric");
        return patternNumber(last_->text).value;
    }

    Cidr cidr(const std::string& text) {
        const std::size_t slash = text.find('/');
        if (slash == std::string::npos || text.find('/', slash + 1) != std::string::npos)
            failWithoutPlace("Malformed CIDR, one '/' required");
        const std::string address = text.substr(0, slash), mask = text.substr(slash + 1);
        int bits = 0;
        const auto [end, error] = std::from_chars(mask.data(), mask.data() + mask.size(), bits);
        if (error != std::errc() || end != mask.data() + mask.size())
            failWithoutPlace("Malformed CIDR, mask bits must be an integer");
        if (bits < 0) failWithoutPlace("Malformed CIDR, mask bits must not be negative");
        const auto parsed = parseIpAddress(address);
        if (!parsed) failWithoutPlace("Nonstandard IP address: " + address);
        if (parsed->second == 4 && bits >= 32) failWithoutPlace("IPv4 mask bits must be < 32");
        if (parsed->second == 16 && bits >= 128) failWithoutPlace("IPv6 mask bits must be < 128");
        return {.network = parsed->first, .bytes = parsed->second, .bits = bits};
    }

    std::string_view text_;
    std::vector<PatternToken> tokens_;
    std::size_t at_ = 0;
    const PatternToken* last_ = tokens_.data();
    std::vector<Rule> rules_;
};

// --- from paths to a tree -----------------------------------------------------------------------------------------

Node& childOf(Node& node, std::string_view name) {
    for (Node& child : node.children) {
        if (child.name == name) return child;
    }
    node.children.push_back({.name = std::string(name)});
    return node.children.back();
}

/// Finds out what matches where nothing is there.
bool settleAbsence(Node& node) {
    node.matchesAbsent = node.conditions.empty() ||
                         std::any_of(node.conditions.begin(), node.conditions.end(),
                                     [](const PatternCondition& condition) { return condition.kind == Kind::absent; });
    for (Node& child : node.children) node.matchesAbsent = settleAbsence(child) && node.matchesAbsent;
    return node.matchesAbsent;
}

Node treeOf(Rule rule) {
    Node root;
    for (auto& [path, conditions] : rule) {
        Node* node = &root;
        std::string_view rest = path;
        for (;;) {
            const std::size_t dot = rest.find('.');
            node = &childOf(*node, rest.substr(0, dot));
            if (dot == std::string_view::npos) break;
            rest.remove_prefix(dot + 1);
        }
        node->conditions = std::move(conditions);
    }
    settleAbsence(root);
    return root;
}

// --- matching -----------------------------------------------------------------------------------------------------

bool matchNode(const Node& node, const Json& value);

std::string_view nameOf(const rapidjson::GenericMember<rapidjson::UTF8<>, rapidjson::CrtAllocator>& member) {
    return view(member.name);
}

bool isDotted(std::string_view name, std::string_view wanted) {
    return name.size() > wanted.size() && name[wanted.size()] == '.' && name.starts_with(wanted);
}

/// The event spells `a.b` where the pattern has `a` above `b`: puts both spellings together.
Json undotted(const Json& object, std::string_view name) {
    Json plain(rapidjson::kNullType), rest = backlot::object();
    for (const auto& member : object.GetObject()) {
        if (nameOf(member) == name)
            plain = copy(member.value);
        else if (isDotted(nameOf(member), name))
            set(rest, nameOf(member).substr(name.size() + 1), copy(member.value));
    }
    const auto merge = [&](Json& into) {
        for (const auto& member : rest.GetObject()) set(into, nameOf(member), copy(member.value));
    };
    if (plain.IsObject()) {
        merge(plain);
        return plain;
    }
    if (!plain.IsArray()) return rest;
    for (Json& element : plain.GetArray()) {
        if (element.IsObject()) merge(element);
    }
    return plain;
}

bool matchChild(const Node& child, const Json& object) {
    const Json* found = nullptr;
    bool dotted = false;
    const std::string_view wanted = child.name;
    for (const auto& member : object.GetObject()) {
        const std::string_view name = nameOf(member);
        if (name.size() == wanted.size()) {
            if (name == wanted) found = &member.value;
        } else if (!child.children.empty() && isDotted(name, wanted)) {
            dotted = true;
        }
    }
    if (dotted) return matchNode(child, undotted(object, wanted));
    return found ? matchNode(child, *found) : child.matchesAbsent;
}

bool matchNode(const Node& node, const Json& value) {
    if (value.IsArray()) {
        if (value.Empty()) return node.matchesAbsent;
        return std::any_of(value.Begin(), value.End(), [&](const Json& element) { return matchNode(node, element); });
    }
    if (value.IsObject()) {
        // An object is no value: only `exists: false` is content with it.
        if (!node.conditions.empty() &&
            std::none_of(node.conditions.begin(), node.conditions.end(),
                         [](const PatternCondition& condition) { return condition.kind == Kind::absent; }))
            return false;
        return std::all_of(node.children.begin(), node.children.end(),
                           [&](const Node& child) { return matchChild(child, value); });
    }
    if (!node.conditions.empty() &&
        std::none_of(node.conditions.begin(), node.conditions.end(),
                     [&](const PatternCondition& condition) { return condition.matches(value); }))
        return false;
    return std::all_of(node.children.begin(), node.children.end(),
                       [](const Node& child) { return child.matchesAbsent; });
}

/// The deepest field that fails on the way down through objects.
std::string firstMismatch(const Node& node, const Json& value) {
    for (const Node& child : node.children) {
        if (!value.IsObject()) return child.matchesAbsent ? std::string() : child.name;
        if (matchChild(child, value)) continue;
        const Json* below = find(value, child.name);
        const std::string deeper = below && below->IsObject() ? firstMismatch(child, *below) : std::string();
        return deeper.empty() ? child.name : child.name + "." + deeper;
    }
    return {};
}

}  // namespace

EventPattern EventPattern::compile(std::string_view patternText) {
    auto alternatives = std::make_shared<std::vector<Node>>();
    for (Rule& rule : Compiler(patternText).run()) alternatives->push_back(treeOf(std::move(rule)));
    EventPattern pattern;
    pattern.alternatives_ = std::move(alternatives);
    return pattern;
}

bool EventPattern::matches(const Json& event) const {
    return event.IsObject() && std::any_of(alternatives_->begin(), alternatives_->end(),
                                           [&](const Node& root) { return matchNode(root, event); });
}

std::string EventPattern::mismatch(const Json& event) const {
    return alternatives_->size() == 1 && event.IsObject() ? firstMismatch(alternatives_->front(), event)
                                                          : std::string();
}

std::optional<std::vector<std::string>> EventPattern::onlyTexts(std::string_view field) const {
    std::vector<std::string> all;
    for (const Node& root : *alternatives_) {
        const auto child = std::find_if(root.children.begin(), root.children.end(),
                                        [&](const Node& node) { return node.name == field; });
        if (child == root.children.end() || child->conditions.size() != 1 ||
            child->conditions.front().kind != Kind::text || !child->children.empty())
            return std::nullopt;
        all.insert(all.end(), child->conditions.front().texts.begin(), child->conditions.front().texts.end());
    }
    return all;
}

}  // namespace backlot
