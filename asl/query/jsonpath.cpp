#include "asl/query/jsonpath.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "asl/failure.h"
#include "asl/query/path_filter.h"
#include "asl/query/path_functions.h"
#include "emulator/base/stack.h"

namespace backlot::asl {

namespace {
constexpr int kDepthLimit = 10;             // of paths in filters in paths
constexpr std::size_t kStepsLimit = 1'000;  // as many as a payload has levels
/// Scans within scans of a deep document name each node again and again: what one path looks at, and what it copies,
/// ends here.
/// Differs: AWS ends such a state by its own limits of time and memory.
constexpr std::size_t kVisitLimit = 5'000'000, kCopyLimit = 2'000'000;
}  // namespace

using Kind = JsonPath::Step::Kind;

/// Reads a path from left to right.
class PathReader {
public:
    PathReader(std::string_view text, int depth) : text_(text), depth_(depth) {}

    JsonPath read() {
        if (depth_ > kDepthLimit || !mayRecurse()) fail("the path is nested too deep");
        path_.text_ = std::string(text_);
        readRoot();
        while (at_ < text_.size()) readStep();
        for (const auto& step : path_.steps_) {
            if (step.kind == Kind::function) path_.hasFunction_ = true;
            const bool single = step.kind == Kind::property || step.kind == Kind::index;
            if (!single) path_.reference_ = false;
            if (!single && step.kind != Kind::function) path_.definite_ = false;
        }
        return std::move(path_);
    }

private:
    [[noreturn]] void fail(const std::string& why) const {
        throw PathSyntaxError(why + " in path '" + std::string(text_) + "'");
    }
    char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    void skipBlanks() {
        while (peek() == ' ' || peek() == '\t') ++at_;
    }

    void readRoot() {
        if (peek() == '@') {  // inside filters
            ++at_;
            return;
        }
        if (peek() != '$') fail("'$' expected");
        ++at_;
        if (peek() == '$') {
            ++at_;
            path_.root_ = JsonPath::Root::context;
        } else if (isNameByte(peek())) {
            path_.root_ = JsonPath::Root::variable;
            path_.variable_ = readName();
        }
    }

    static bool isNameByte(char c) {
        return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               static_cast<unsigned char>(c) >= 0x80;
    }

    std::string readName() {
        const auto start = at_;
        while (isNameByte(peek())) ++at_;
        return std::string(text_.substr(start, at_ - start));
    }

    void readStep() {
        if (peek() == '[') return readBracket();
        if (peek() != '.') fail("'.' or '[' expected at " + std::to_string(at_));
        ++at_;
        if (peek() == '.') {
            ++at_;
            add(Kind::scan);
            if (peek() == '[') return readBracket();
        }
        if (peek() == '*') {
            ++at_;
            add(Kind::wildcard);
            return;
        }
        const auto start = at_;  // Jayway takes everything up to the next separator: spaces and dashes too
        while (at_ < text_.size() && text_[at_] != '.' && text_[at_] != '[' && text_[at_] != '(' && text_[at_] != ' ')
            ++at_;
        const auto name = text_.substr(start, at_ - start);
        if (name.empty()) fail("a name is missing");
        if (peek() == '(') return readFunction(std::string(name));
        if (peek() == ' ') fail("a blank must be quoted");
        add(Kind::property).names.emplace_back(name);
    }

    JsonPath::Step& add(Kind kind) {
        if (path_.steps_.size() >= kStepsLimit) fail("there are too many steps");
        path_.steps_.emplace_back();
        path_.steps_.back().kind = kind;
        return path_.steps_.back();
    }

    void readBracket() {
        ++at_;
        skipBlanks();
        switch (peek()) {
            case '\'':
            case '"': return readQuoted();
            case '*':
                ++at_;
                add(Kind::wildcard);
                return closeBracket();
            case '?': return readFilter();
            default: return readNumbers();
        }
    }

    void closeBracket() {
        skipBlanks();
        if (peek() != ']') fail("']' expected at " + std::to_string(at_));
        ++at_;
    }

    void readQuoted() {
        std::vector<std::string> names;
        do {
            skipBlanks();
            const char quote = peek();
            if (quote != '\'' && quote != '"') fail("a quoted name expected");
            ++at_;
            std::string name;
            for (; peek() != quote; ++at_) {
                if (at_ + 1 >= text_.size()) fail("a quote is not closed");
                if (peek() == '\\')
                    name += text_[at_++];  // recorded on AWS: a backslash keeps a quote from closing and stays
                name += peek();
            }
            ++at_;
            names.push_back(std::move(name));
            skipBlanks();
        } while (peek() == ',' && ++at_);
        auto& step = add(names.size() == 1 ? Kind::property : Kind::properties);
        step.names = std::move(names);
        closeBracket();
    }

    std::optional<std::int64_t> readNumber() {
        skipBlanks();
        std::int64_t number = 0;
        const auto* start = text_.data() + at_;
        const auto [end, error] = std::from_chars(start, text_.data() + text_.size(), number);
        if (error != std::errc() || end == start) return std::nullopt;
        at_ += static_cast<std::size_t>(end - start);
        skipBlanks();
        return number;
    }

    void readNumbers() {
        const auto first = readNumber();
        if (peek() == ':') {
            ++at_;
            auto& step = add(Kind::slice);
            const auto last = readNumber();
            step.numbers = {first.value_or(JsonPath::kAbsent), last.value_or(JsonPath::kAbsent)};
            return closeBracket();
        }
        if (!first) fail("an index expected");
        std::vector<std::int64_t> numbers{*first};
        while (peek() == ',') {
            ++at_;
            const auto next = readNumber();
            if (!next) fail("an index expected");
            numbers.push_back(*next);
        }
        auto& step = add(numbers.size() == 1 ? Kind::index : Kind::indexes);
        step.numbers = std::move(numbers);
        closeBracket();
    }

    void readFilter() {
        ++at_;
        skipBlanks();
        if (peek() != '(') fail("'(' expected after '?'");
        const auto inner = readParenthesised();
        auto& step = add(Kind::filter);
        step.filter = PathFilter::parse(inner, depth_ + 1);
        closeBracket();
    }

    /// From "(" to its ")"; quotes and regular expressions may hold brackets.
    std::string_view readParenthesised() {
        const auto start = ++at_;
        int open = 1;
        for (char quote = '\0'; at_ < text_.size(); ++at_) {
            const char c = text_[at_];
            if (quote) {
                if (c == '\\')
                    ++at_;
                else if (c == quote)
                    quote = '\0';
            } else if (c == '\'' || c == '"' || (c == '/' && beginsRegex())) {
                quote = c;
            } else if (c == '(') {
                ++open;
            } else if (c == ')' && --open == 0) {
                return text_.substr(start, at_++ - start);
            }
        }
        fail("')' is missing");
    }

    bool beginsRegex() const {
        auto before = text_.find_last_not_of(" \t", at_ - 1);
        return before != std::string_view::npos && text_[before] == '~';
    }

    void readFunction(std::string name) {
        if (!isPathFunction(name)) fail("unknown function " + name);
        const auto inner = readParenthesised();
        if (at_ < text_.size()) fail("nothing may follow a function");
        auto& step = add(Kind::function);
        step.names.push_back(std::move(name));
        std::size_t start = 0;
        for (std::size_t i = 0, open = 0; i <= inner.size(); ++i) {
            if (i < inner.size() && (inner[i] == '(' || inner[i] == '[')) ++open;
            if (i < inner.size() && (inner[i] == ')' || inner[i] == ']') && open > 0) --open;
            if (i < inner.size() && (inner[i] != ',' || open)) continue;
            auto argument = inner.substr(start, i - start);
            start = i + 1;
            const auto first = argument.find_first_not_of(" \t");
            if (first == std::string_view::npos) continue;
            argument = argument.substr(first, argument.find_last_not_of(" \t") - first + 1);
            if (argument.front() == '$' || argument.front() == '@') {
                step.paths.push_back(PathReader(argument, depth_ + 1).read());
            } else if (auto literal = tryParseJson(argument)) {
                step.arguments.push_back(std::move(*literal));
            } else {
                fail("an argument is neither a path nor JSON");
            }
        }
    }

    std::string_view text_;
    int depth_;
    std::size_t at_ = 0;
    JsonPath path_;
};

JsonPath parsePathAt(std::string_view text, int depth) { return PathReader(text, depth).read(); }

JsonPath JsonPath::parse(std::string_view text) { return PathReader(text, 0).read(); }

JsonPath::Step::Step(const Step& other)
    : kind(other.kind), names(other.names), numbers(other.numbers), filter(other.filter), paths(other.paths) {
    for (const auto& argument : other.arguments) arguments.push_back(copy(argument));
}

std::string JsonPath::Step::canonical() const {
    const auto joined = [&](const auto& list, const auto& write) {
        std::string out = "[";
        for (std::size_t i = 0; i < list.size(); ++i) out += (i ? "," : "") + write(list[i]);
        return out + "]";
    };
    switch (kind) {
        case Kind::property:
        case Kind::properties: return joined(names, [](const std::string& name) { return "'" + name + "'"; });
        case Kind::index:
        case Kind::indexes: return joined(numbers, [](std::int64_t number) { return std::to_string(number); });
        case Kind::wildcard: return "[*]";
        case Kind::scan: return "..";
        case Kind::filter: return "[?]";
        case Kind::function: return "." + names[0] + "()";
        case Kind::slice: {
            const auto end = [](std::int64_t number) { return number == kAbsent ? "" : std::to_string(number); };
            return "[" + end(numbers[0]) + ":" + end(numbers[1]) + "]";
        }
    }
    return {};
}

std::string JsonPath::canonical() const {
    std::string out = "$";
    for (const auto& step : steps_) out += step.canonical();
    return out;
}

namespace {

StateFailure tooMuch(const JsonPath& path) {
    return runtimeFailure("The JSONPath '" + path.text() + "' names more than can be read.");
}

/// Walks a document along a path and gathers the nodes it names.
class Walk {
public:
    Walk(const JsonPath& path, const Json& root) : path_(path), root_(root) {}

    std::vector<const Json*> nodes() {
        visit(root_, 0, true);
        return std::move(found_);
    }

private:
    std::string prefix(std::size_t steps) const {
        std::string out = "$";
        for (std::size_t i = 0; i < steps; ++i) out += path_.steps()[i].canonical();
        return out;
    }

    /// `exact`: no step so far could name several nodes, so what is missing is an error.
    void visit(const Json& node, std::size_t step, bool exact) {
        if (left_-- == 0 || !mayRecurse()) throw tooMuch(path_);
        const auto& steps = path_.steps();
        if (step == steps.size() || steps[step].kind == Kind::function) return found_.push_back(&node);
        const auto& current = steps[step];
        switch (current.kind) {
            case Kind::property: return property(node, current.names[0], step, exact);
            case Kind::properties:
                for (const auto& name : current.names)
                    if (const Json* member = find(node, name)) visit(*member, step + 1, false);
                return;
            case Kind::wildcard: return children(node, [&](const Json& child) { visit(child, step + 1, false); });
            case Kind::index:
            case Kind::indexes:
                if (!isArray(node, step, exact)) return;
                for (const auto number : current.numbers)
                    if (const auto index = position(number, node); index < node.Size())
                        visit(node[index], step + 1, exact && current.kind == Kind::index);
                return;
            case Kind::slice: return slice(node, step, exact);
            case Kind::filter: return filter(node, step);
            case Kind::scan: return scan(node, step + 1);
            case Kind::function: return;
        }
    }

    void property(const Json& node, const std::string& name, std::size_t step, bool exact) {
        if (!node.IsObject()) {
            if (!exact) return;
            throw PathNotFound("Expected to find an object with property ['" + name + "'] in path " + prefix(step) +
                               " but found '" + javaType(node) +
                               "'. This is not a json object according to the JsonProvider: '" +
                               "com.jayway.jsonpath.spi.json.JacksonJsonNodeJsonProvider'.");
        }
        if (const Json* member = find(node, name)) return visit(*member, step + 1, exact);
        if (exact && step + 1 < path_.steps().size() && path_.steps()[step + 1].kind != Kind::function)
            throw PathNotFound("Missing property in path " + prefix(step + 1));
    }

    static const char* javaType(const Json& node) {
        switch (node.GetType()) {
            case rapidjson::kNullType: return "null";
            case rapidjson::kStringType: return "com.fasterxml.jackson.databind.node.TextNode";
            case rapidjson::kArrayType: return "com.fasterxml.jackson.databind.node.ArrayNode";
            case rapidjson::kNumberType:
                return node.IsDouble() ? "com.fasterxml.jackson.databind.node.DoubleNode"
                                       : "com.fasterxml.jackson.databind.node.IntNode";
            default: return "com.fasterxml.jackson.databind.node.BooleanNode";
        }
    }

    bool isArray(const Json& node, std::size_t step, bool exact) const {
        if (node.IsArray()) return true;
        if (exact)
            throw PathNotFound("Filter: " + path_.steps()[step].canonical() +
                               " can only be applied to arrays. Current context is: " + writeJson(node));
        return false;
    }

    /// Past the end where there is no such element.
    static rapidjson::SizeType position(std::int64_t number, const Json& node) {
        const auto size = static_cast<std::int64_t>(node.Size());
        if (number < 0) number += size;
        return number < 0 || number >= size ? node.Size() : static_cast<rapidjson::SizeType>(number);
    }

    void slice(const Json& node, std::size_t step, bool exact) {
        if (!isArray(node, step, exact)) return;
        const auto size = static_cast<std::int64_t>(node.Size());
        const auto bound = [&](std::int64_t number, std::int64_t otherwise) {
            if (number == JsonPath::kAbsent) return otherwise;
            return std::clamp<std::int64_t>(number < 0 ? number + size : number, 0, size);
        };
        const auto& numbers = path_.steps()[step].numbers;
        const auto last = bound(numbers[1], size);
        for (auto i = bound(numbers[0], 0); i < last; ++i)
            visit(node[static_cast<rapidjson::SizeType>(i)], step + 1, false);
    }

    void filter(const Json& node, std::size_t step) {
        const auto& condition = *path_.steps()[step].filter;
        if (node.IsArray()) {
            for (const auto& element : node.GetArray())
                if (condition.matches(element, root_)) visit(element, step + 1, false);
        } else if (node.IsObject() && condition.matches(node, root_)) {
            visit(node, step + 1, false);
        }
    }

    template <typename Function>
    static void children(const Json& node, const Function& each) {
        if (node.IsArray())
            for (const auto& element : node.GetArray()) each(element);
        else if (node.IsObject())
            for (const auto& member : node.GetObject()) each(member.value);
    }

    void scan(const Json& node, std::size_t step) {
        visit(node, step, false);
        children(node, [&](const Json& child) { scan(child, step); });
    }

    const JsonPath& path_;
    const Json& root_;
    std::size_t left_ = kVisitLimit;
    std::vector<const Json*> found_;
};

/// Takes the values that lie in `node` off what may still be copied.
bool fits(const Json& node, std::size_t& left) {
    if (left-- == 0) return ++left, false;
    if (node.IsArray())
        return std::all_of(node.Begin(), node.End(), [&](const Json& element) { return fits(element, left); });
    if (!node.IsObject()) return true;
    return std::all_of(node.MemberBegin(), node.MemberEnd(),
                       [&](const auto& member) { return fits(member.value, left); });
}

}  // namespace

const Json& JsonPath::locate(const Json& from) const {
    const Json* node = &from;  // the usual case without ceremony: members of objects
    for (const auto& step : steps_) {
        node = step.kind == Kind::property ? find(*node, step.names[0]) : nullptr;
        if (!node) break;
    }
    if (node) return *node;
    const auto nodes = Walk(*this, from).nodes();
    if (nodes.empty()) throw PathNotFound("No results for path: " + canonical());
    return *nodes.front();
}

Json JsonPath::read(const Json& from) const {
    if (hasFunction_) {
        std::vector<const Json*> nodes;
        try {
            nodes = Walk(*this, from).nodes();
        } catch (const PathNotFound&) {
            if (definite_) throw;
        }
        return applyPathFunction(steps_.back(), nodes, definite_, from);
    }
    if (definite_) return copy(locate(from));
    try {
        const auto nodes = Walk(*this, from).nodes();
        std::size_t left = kCopyLimit;
        if (!std::all_of(nodes.begin(), nodes.end(), [&](const Json* node) { return fits(*node, left); }))
            throw tooMuch(*this);
        return array(nodes, [](const Json* node) { return copy(*node); });
    } catch (const PathNotFound&) {  // recorded on AWS: what is missing before a wildcard or slice gives an empty list
        return Json(rapidjson::kArrayType);
    }
}

Json JsonPath::place(Json document, Json value) const {
    Json* node = &document;
    for (const auto& step : steps_) {
        if (step.kind == Kind::index) {
            if (!node->IsArray() || step.numbers[0] < 0 || step.numbers[0] >= static_cast<std::int64_t>(node->Size()))
                throw PathNotFound("No results for path: " + canonical());
            node = &(*node)[static_cast<rapidjson::SizeType>(step.numbers[0])];
            continue;
        }
        if (node->IsNull()) node->SetObject();
        if (!node->IsObject()) throw PathNotFound("No results for path: " + canonical());
        if (!find(*node, step.names[0])) set(*node, step.names[0], Json());
        node = find(*node, step.names[0]);
    }
    *node = std::move(value);
    return document;
}

std::string_view pathTextAt(std::string_view text, std::size_t& at, std::string_view ends) {
    const auto start = at;
    int open = 0;
    for (char quote = '\0'; at < text.size(); ++at) {
        const char c = text[at];
        if (quote) {
            if (c == '\\')
                ++at;
            else if (c == quote)
                quote = '\0';
            continue;
        }
        if ((c == '\'' || c == '"') && open)
            quote = c;
        else if (c == '[' || c == '(')
            ++open;
        else if ((c == ']' || c == ')') && open)
            --open;
        else if (!open && ends.find(c) != std::string_view::npos)
            break;
    }
    at = std::min(at, text.size());
    return text.substr(start, at - start);
}

}  // namespace backlot::asl
