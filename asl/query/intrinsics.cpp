#include "asl/query/intrinsics.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "asl/dice.h"
#include "asl/failure.h"
#include "emulator/base/base64.h"
#include "emulator/base/hash.h"

namespace backlot::asl {

namespace {

constexpr std::size_t kMaxBase64Bytes = 10'000;  // States Language: Base64 functions take up to 10,000 characters
constexpr std::size_t kMaxHashBytes = 10'000;
constexpr std::size_t kMaxRange = 1'000;
constexpr int kNestingLimit = 10;

/// Why a function cannot give a value; the caller adds which call it was.
struct BadArgument {
    std::string why;
};

/// What a function works with.
struct Arguments {
    const std::vector<Json>& values;
    const Scene& scene;

    const Json& at(std::size_t i) const { return values[i]; }
    std::string_view text(std::size_t i) const {
        if (!values[i].IsString()) throw BadArgument{"Argument " + std::to_string(i + 1) + " must be a string"};
        return view(values[i]);
    }
    const Json& list(std::size_t i) const {
        if (!values[i].IsArray()) throw BadArgument{"Argument " + std::to_string(i + 1) + " must be an array"};
        return values[i];
    }
    /// Numbers that are not whole are rounded as Java's Math.round does: halves go up.
    std::int64_t integer(std::size_t i) const {
        if (!values[i].IsNumber()) throw BadArgument{"Argument " + std::to_string(i + 1) + " must be a number"};
        if (values[i].IsInt64()) return values[i].GetInt64();
        const double rounded = std::floor(values[i].GetDouble() + 0.5);
        if (!(std::abs(rounded) < 9.2e18)) throw BadArgument{"Argument " + std::to_string(i + 1) + " is out of range"};
        return static_cast<std::int64_t>(rounded);
    }
};

/// A value as Java's String.valueOf shows it: {a=1, b=[x, null]}.
void writeJava(const Json& value, std::string& out) {
    if (value.IsString()) {
        out += view(value);
    } else if (value.IsArray()) {
        out += '[';
        for (rapidjson::SizeType i = 0; i < value.Size(); ++i) {
            if (i) out += ", ";
            writeJava(value[i], out);
        }
        out += ']';
    } else if (value.IsObject()) {
        out += '{';
        bool first = true;
        for (const auto& member : value.GetObject()) {
            if (!first) out += ", ";
            first = false;
            out += view(member.name);
            out += '=';
            writeJava(member.value, out);
        }
        out += '}';
    } else {
        out += writeJson(value);
    }
}

Json format(const Arguments& arguments) {
    const auto pattern = arguments.text(0);
    std::string out;
    std::size_t next = 1;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i] == '\\' && i + 1 < pattern.size() &&
            (pattern[i + 1] == '{' || pattern[i + 1] == '}' || pattern[i + 1] == '\\')) {
            out += pattern[++i];
        } else if (pattern[i] == '{' && i + 1 < pattern.size() && pattern[i + 1] == '}') {
            if (next >= arguments.values.size())
                throw BadArgument{"The number of arguments does not match the number of occurrences of {}"};
            writeJava(arguments.at(next++), out);
            ++i;
        } else {
            out += pattern[i];
        }
    }
    if (next != arguments.values.size())
        throw BadArgument{"The number of arguments does not match the number of occurrences of {}"};
    return str(out);
}

Json stringToJson(const Arguments& arguments) {
    auto value = tryParseJson(arguments.text(0));
    if (!value) throw BadArgument{"The argument is not a valid JSON string"};
    return std::move(*value);
}

Json jsonToString(const Arguments& arguments) { return str(writeJson(arguments.at(0))); }

Json makeArray(const Arguments& arguments) {
    return array(arguments.values, [](const Json& value) { return copy(value); });
}

Json arrayPartition(const Arguments& arguments) {
    const Json& whole = arguments.list(0);
    const auto size = arguments.integer(1);
    if (size <= 0) throw BadArgument{"The chunk size must be a positive integer"};
    Json out(rapidjson::kArrayType);
    for (rapidjson::SizeType i = 0; i < whole.Size(); ++i) {
        if (i % static_cast<std::uint64_t>(size) == 0) push(out, Json(rapidjson::kArrayType));
        push(out[out.Size() - 1], copy(whole[i]));
    }
    return out;
}

Json arrayContains(const Arguments& arguments) {
    const Json& whole = arguments.list(0);
    return Json(
        std::any_of(whole.Begin(), whole.End(), [&](const Json& element) { return equal(element, arguments.at(1)); }));
}

Json arrayRange(const Arguments& arguments) {
    const auto first = arguments.integer(0), last = arguments.integer(1), step = arguments.integer(2);
    if (step == 0) throw BadArgument{"The increment must not be zero"};
    Json out(rapidjson::kArrayType);
    for (auto number = first; step > 0 ? number <= last : number >= last;) {
        if (out.Size() == kMaxRange) throw BadArgument{"The range must not hold more than 1000 elements"};
        push(out, number);
        if (__builtin_add_overflow(number, step, &number)) break;
    }
    return out;
}

Json arrayGetItem(const Arguments& arguments) {
    const Json& whole = arguments.list(0);
    const auto index = arguments.integer(1);
    if (index < 0 || index >= static_cast<std::int64_t>(whole.Size())) throw BadArgument{"The index is out of bounds"};
    return copy(whole[static_cast<rapidjson::SizeType>(index)]);
}

Json arrayLength(const Arguments& arguments) { return Json(arguments.list(0).Size()); }

Json arrayUnique(const Arguments& arguments) {
    Json out(rapidjson::kArrayType);
    for (const auto& element : arguments.list(0).GetArray())
        if (std::none_of(out.Begin(), out.End(), [&](const Json& kept) { return equal(kept, element); }))
            push(out, copy(element));
    return out;
}

Json encodeBase64(const Arguments& arguments) {
    const auto text = arguments.text(0);
    if (text.size() > kMaxBase64Bytes) throw BadArgument{"The argument must not be longer than 10000 characters"};
    return str(base64Encode(text));
}

Json decodeBase64(const Arguments& arguments) {
    const auto text = arguments.text(0);
    if (text.size() > kMaxBase64Bytes) throw BadArgument{"The argument must not be longer than 10000 characters"};
    const auto bytes = base64Decode(text);
    if (!bytes) throw BadArgument{"The argument is not a valid Base64 string"};
    return str(*bytes);
}

Json hash(const Arguments& arguments) {
    struct Algorithm {
        std::string_view name;
        const char* openssl;
    };
    static constexpr Algorithm kAlgorithms[] = {
        {"MD5", "MD5"}, {"SHA-1", "SHA1"}, {"SHA-256", "SHA256"}, {"SHA-384", "SHA384"}, {"SHA-512", "SHA512"}};
    std::string data;
    writeJava(arguments.at(0), data);
    if (data.size() > kMaxHashBytes) throw BadArgument{"The data must not be longer than 10000 characters"};
    for (const auto& algorithm : kAlgorithms)
        if (algorithm.name == arguments.text(1)) return str(hex(digest(algorithm.openssl, data)));
    throw BadArgument{"The hashing algorithm must be one of MD5, SHA-1, SHA-256, SHA-384, SHA-512"};
}

Json jsonMerge(const Arguments& arguments) {
    if (!arguments.at(0).IsObject() || !arguments.at(1).IsObject())
        throw BadArgument{"Both arguments must be JSON objects"};
    if (!arguments.at(2).IsBool() || arguments.at(2).GetBool())
        throw BadArgument{"Only a shallow merge is supported: the third argument must be false"};
    Json out = copy(arguments.at(0));
    for (const auto& member : arguments.at(1).GetObject()) set(out, view(member.name), copy(member.value));
    return out;
}

Json mathRandom(const Arguments& arguments) {
    const auto first = arguments.integer(0), end = arguments.integer(1);
    if (first >= end) throw BadArgument{"The start number must be smaller than the end number"};
    const auto span = static_cast<std::uint64_t>(end) - static_cast<std::uint64_t>(first);
    const auto bits = arguments.values.size() == 3 ? mix(0x5eed, static_cast<std::uint64_t>(arguments.integer(2)))
                                                   : arguments.scene.dice->next();
    return Json(static_cast<std::int64_t>(static_cast<std::uint64_t>(first) + bits % span));
}

Json mathAdd(const Arguments& arguments) {
    std::int64_t sum = 0;
    if (__builtin_add_overflow(arguments.integer(0), arguments.integer(1), &sum))
        throw BadArgument{"The sum is out of range"};
    return Json(sum);
}

/// Every character of the second argument separates; empty parts are dropped.
Json stringSplit(const Arguments& arguments) {
    const auto whole = arguments.text(0), separators = arguments.text(1);
    Json out(rapidjson::kArrayType);
    for (std::size_t start = 0; start < whole.size();) {
        const auto end = std::min(whole.find_first_of(separators, start), whole.size());
        if (end > start) push(out, whole.substr(start, end - start));
        start = end + 1;
    }
    return out;
}

Json uuid(const Arguments& arguments) { return str(randomUuid(*arguments.scene.dice)); }

constexpr std::size_t kAnyNumber = SIZE_MAX;

}  // namespace

struct IntrinsicFunction {
    std::string_view name;
    std::size_t least, most;
    Json (*apply)(const Arguments&);
};

namespace {

const IntrinsicFunction kFunctions[] = {
    {"States.Format", 1, kAnyNumber, format},
    {"States.StringToJson", 1, 1, stringToJson},
    {"States.JsonToString", 1, 1, jsonToString},
    {"States.Array", 0, kAnyNumber, makeArray},
    {"States.ArrayPartition", 2, 2, arrayPartition},
    {"States.ArrayContains", 2, 2, arrayContains},
    {"States.ArrayRange", 3, 3, arrayRange},
    {"States.ArrayGetItem", 2, 2, arrayGetItem},
    {"States.ArrayLength", 1, 1, arrayLength},
    {"States.ArrayUnique", 1, 1, arrayUnique},
    {"States.Base64Encode", 1, 1, encodeBase64},
    {"States.Base64Decode", 1, 1, decodeBase64},
    {"States.Hash", 2, 2, hash},
    {"States.JsonMerge", 3, 3, jsonMerge},
    {"States.MathRandom", 2, 3, mathRandom},
    {"States.MathAdd", 2, 2, mathAdd},
    {"States.StringSplit", 2, 2, stringSplit},
    {"States.UUID", 0, 0, uuid},
};

}  // namespace

class IntrinsicReader {
public:
    explicit IntrinsicReader(std::string_view text) : text_(text) {}

    Intrinsic read() {
        Intrinsic call = readCall(1);
        skipBlanks();
        if (at_ < text_.size()) fail("unexpected text after the call");
        return call;
    }

private:
    [[noreturn]] void fail(const std::string& why) const {
        throw PathSyntaxError(why + " in '" + std::string(text_) + "'");
    }
    char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    void skipBlanks() {
        while (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r') ++at_;
    }

    Intrinsic readCall(int depth) {
        if (depth > kNestingLimit) fail("calls are nested deeper than 10");
        const auto start = at_;
        while (std::isalnum(static_cast<unsigned char>(peek())) || peek() == '.') ++at_;
        const auto name = text_.substr(start, at_ - start);
        const auto* function =
            std::find_if(std::begin(kFunctions), std::end(kFunctions), [&](const auto& f) { return f.name == name; });
        if (function == std::end(kFunctions)) fail("unknown function");
        Intrinsic call;
        call.function_ = function;
        skipBlanks();
        if (peek() != '(') fail("'(' expected");
        ++at_;
        skipBlanks();
        while (peek() != ')') {
            call.arguments_.push_back(readArgument(depth, call.badEscape_));
            skipBlanks();
            if (peek() == ',') {
                ++at_;
                skipBlanks();
                if (peek() == ')') fail("an argument is missing");
            } else if (peek() != ')') {
                fail("',' or ')' expected");
            }
        }
        ++at_;
        if (call.arguments_.size() < function->least || call.arguments_.size() > function->most)
            fail("wrong number of arguments");
        call.text_ = std::string(text_.substr(start, at_ - start));
        return call;
    }

    Intrinsic::Argument readArgument(int depth, bool& badEscape) {
        if (peek() == '\'') return std::make_shared<const Json>(readString(badEscape));
        if (peek() == '$') return JsonPath::parse(pathTextAt(text_, at_, ",) "));
        if (text_.substr(at_).starts_with("States.")) {
            auto inner = std::make_shared<const Intrinsic>(readCall(depth + 1));
            badEscape = badEscape || inner->hasBadEscape();
            return inner;
        }
        const auto start = at_;
        while (at_ < text_.size() && peek() != ',' && peek() != ')' && peek() != ' ') ++at_;
        auto literal = tryParseJson(text_.substr(start, at_ - start));
        if (!literal || literal->IsString() || literal->IsArray() || literal->IsObject())
            fail("an argument is no value, path or call");
        return std::make_shared<const Json>(std::move(*literal));
    }

    /// Quotes and backslashes are escaped; escaped braces stay for States.Format to read.
    Json readString(bool& badEscape) {
        std::string out;
        for (++at_; peek() != '\''; ++at_) {
            if (at_ >= text_.size()) fail("a quote is not closed");
            if (peek() == '\\') {
                const char next = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
                if (next == '\'' || next == '\\')
                    ++at_;
                else if (next != '{' && next != '}')
                    badEscape = true;
                if (next == '\\') out += '\\';  // for Format, which unescapes once more
            }
            out += peek();
        }
        ++at_;
        return str(out);
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

Intrinsic Intrinsic::parse(std::string_view text) { return IntrinsicReader(text).read(); }

bool Intrinsic::isCall(std::string_view text) { return text.starts_with("States."); }

bool Intrinsic::hasBadEscape() const { return badEscape_; }

Json Intrinsic::evaluate(const Scene& scene) const {
    std::vector<Json> values;
    values.reserve(arguments_.size());
    const bool isFormat = function_->name == "States.Format";
    for (std::size_t i = 0; i < arguments_.size(); ++i) {
        const auto& argument = arguments_[i];
        if (const auto* path = std::get_if<JsonPath>(&argument)) {
            values.push_back(readPath(*path, scene));
        } else if (const auto* call = std::get_if<std::shared_ptr<const Intrinsic>>(&argument)) {
            values.push_back((*call)->evaluate(scene));
        } else {
            const Json& literal = *std::get<std::shared_ptr<const Json>>(argument);
            if (literal.IsString() && !(isFormat && i == 0)) {  // only Format's pattern has a second layer of escapes
                std::string plain;
                const auto raw = view(literal);
                for (std::size_t c = 0; c < raw.size(); ++c) {
                    if (raw[c] == '\\' && c + 1 < raw.size() &&
                        (raw[c + 1] == '\\' || raw[c + 1] == '{' || raw[c + 1] == '}'))
                        ++c;
                    plain += raw[c];
                }
                values.push_back(str(plain));
            } else {
                values.push_back(copy(literal));
            }
        }
    }
    try {
        return function_->apply({values, scene});
    } catch (const BadArgument& bad) {
        throw StateFailure("States.IntrinsicFailure",
                           "The function '" + text_ + "' had the following error: " + bad.why + ".");
    }
}

void Intrinsic::collectVariables(std::set<std::string>& names) const {
    for (const auto& argument : arguments_) {
        if (const auto* path = std::get_if<JsonPath>(&argument)) {
            if (path->root() == JsonPath::Root::variable) names.insert(path->variable());
        } else if (const auto* call = std::get_if<std::shared_ptr<const Intrinsic>>(&argument)) {
            (*call)->collectVariables(names);
        }
    }
}

namespace {

bool readsExecutionInput(const JsonPath& path) {
    const auto& steps = path.steps();
    const auto isOther = [&](std::size_t i, std::string_view name) {
        return steps.size() > i && steps[i].kind == JsonPath::Step::Kind::property && steps[i].names[0] != name;
    };
    return !isOther(0, "Execution") && !isOther(1, "Input");
}

const Json& rootOf(const JsonPath& path, const Scene& scene) {
    if (path.root() == JsonPath::Root::input) return scene.input.json();
    if (path.root() == JsonPath::Root::context) return scene.context(readsExecutionInput(path));
    if (const auto* value = scene.variable(path.variable())) return value->json();
    throw PathNotFound("No results for path: $['" + path.variable() + "']");
}

}  // namespace

Json readPath(const JsonPath& path, const Scene& scene) { return path.read(rootOf(path, scene)); }

}  // namespace backlot::asl
