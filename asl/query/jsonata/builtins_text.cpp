#include <algorithm>
#include <cmath>

#include "asl/query/jsonata/builtins.h"
#include "asl/query/jsonata/evaluator.h"
#include "asl/query/jsonata/text.h"
#include "emulator/base/base64.h"

namespace backlot::asl::jsonata {
namespace {

/// A position as JavaScript's slice() takes it: whole, counted from the end if negative, and within the text.
std::size_t clamped(double position, std::size_t size) {
    position = std::trunc(position);
    if (position < 0) position += static_cast<double>(size);
    return static_cast<std::size_t>(std::clamp(position, 0.0, static_cast<double>(size)));
}

/// The matches of a regular expression in a text, one after the other. Any function may stand in for the expression, if
/// it answers as one would (T1010).
class Matches {
public:
    Matches(const BuiltinCall& call, const Value& matcher, std::string_view text)
        : call_(call), matcher_(matcher), text_(text) {}

    bool next() {
        call_.budget().steps(1 + static_cast<std::int64_t>(text_.size() - std::min(end, text_.size())) / 256);
        return matcher_.function().kind == Function::Kind::regex ? nextOfRegex() : nextOfFunction();
    }

    std::size_t start = 0, end = 0;  ///< bytes
    std::string_view match;
    Value groups() {
        if (object_.isUndefined()) object();
        return object_.object().get("groups");
    }
    std::size_t startInUtf16() const { return units_; }
    Value object() {
        if (object_.isUndefined())
            object_ = call_.evaluator.matchObject(*matcher_.function().node, text_, *found_, units_);
        return object_;
    }

private:
    bool nextOfRegex() {
        const Node& node = *matcher_.function().node;
        const bool first = !found_;
        if (!first && end >= text_.size()) return false;
        found_ = node.regex->find(text_, end);
        if (!found_) return false;
        if (!first && found_->start == found_->end)
            throw Failure("D1004", node.position).withText("value", node.regex->source());
        units_ += utf16Length(text_.substr(counted_, found_->start - counted_));
        counted_ = start = found_->start;
        end = found_->end;
        match = text_.substr(start, end - start);
        object_ = {};
        return true;
    }

    bool nextOfFunction() {
        Value argument = text_;
        const Value following = object_.isObject() ? object_.object().get("next") : matcher_;
        if (!following.isFunction()) return false;
        object_ = call_.evaluator.apply(following, {&argument, object_.isObject() ? 0U : 1U}, Value::null());
        if (object_.isUndefined() || object_.isNull()) return false;
        const auto member = [&](std::string_view name) {
            return object_.isObject() ? object_.object().get(name) : Value();
        };
        if (!member("start").isNumberType() && !member("end").isNumberType() && !member("groups").isArray() &&
            !member("next").isFunction())
            throw Failure("T1010");
        const auto offset = [&](const Value& units) {  // UTF-16 units to bytes
            std::size_t at = 0;
            for (double left = units.isNumberType() ? units.number() : 0; left > 0 && at < text_.size();)
                left -= nextCodePoint(text_, at) > 0xFFFF ? 2 : 1;
            return at;
        };
        start = std::max(end, offset(member("start")));
        units_ = utf16Length(text_.substr(0, start));
        match = member("match").isString() ? member("match").text() : std::string_view();
        end = member("end").isNumberType() ? std::max(start, offset(member("end")))
                                           : std::min(start + match.size(), text_.size());
        return true;
    }

    const BuiltinCall& call_;
    Value matcher_;
    std::string_view text_;
    std::optional<Regex::Match> found_;
    Value object_;
    std::size_t units_ = 0, counted_ = 0;
};

/// How many results are wanted; a negative limit is the error `code`.
double limitOf(const BuiltinCall& call, std::size_t index, const char* code) {
    if (!call.has(index)) return HUGE_VAL;
    const double limit = call.number(index);
    if (limit < 0) throw Failure(code).with("value", numberText(limit));
    return limit;
}

/// A text that grows before it goes to the arena, which would refuse it only then.
void requireBounded(const std::string& growing) {
    if (growing.size() > std::size_t{64} << 20) failTooLarge();
}

std::string repeated(std::string_view filler, std::size_t count) {
    std::string out;
    for (std::size_t i = 0; i < count; ++i) out += filler;
    return out;
}

/// "$1" and the like in a replacement: $0 is the match, $$ a dollar; as many digits as could name a group count.
std::string substituted(std::string_view replacement, Matches& matches) {
    auto& groups = matches.groups().array();
    std::string out;
    std::size_t position = 0;
    for (auto dollar = replacement.find('$'); dollar != std::string_view::npos;
         dollar = replacement.find('$', position)) {
        out += replacement.substr(position, dollar - position);
        position = dollar + 1;
        const char next = position < replacement.size() ? replacement[position] : '\0';
        if (next == '$') {
            out += '$';
            ++position;
            continue;
        }
        if (next == '0') {
            out += matches.match;
            ++position;
            continue;
        }
        std::size_t most = 1;
        for (auto count = groups.size(); count >= 10; count /= 10) ++most;
        const auto numberOf = [&](std::size_t digits) {
            std::size_t value = 0, read = 0;
            while (read < digits && position + read < replacement.size() && replacement[position + read] >= '0' &&
                   replacement[position + read] <= '9')
                value = value * 10 + static_cast<std::size_t>(replacement[position + read++] - '0');
            return std::pair(value, read);
        };
        auto [index, read] = numberOf(most);
        if (most > 1 && index > groups.size()) std::tie(index, read) = numberOf(most - 1);
        if (read == 0) {
            out += '$';
            continue;
        }
        if (index >= 1 && index <= groups.size())
            if (const Value group = groups.at(index - 1); group.isString()) out += group.text();
        position += std::to_string(index).size();
    }
    return out += replacement.substr(std::min(position, replacement.size()));
}

std::string escapedUrl(std::string_view text, std::string_view unescaped, const char* function) {
    if (!isWellFormed(text)) throw Failure("D3140").withText("functionName", function).withText("value", text);
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte < 0x80 && std::isalnum(byte)) || unescaped.find(c) != std::string_view::npos) {
            out += c;
        } else {
            out += '%';
            out += "0123456789ABCDEF"[byte >> 4];
            out += "0123456789ABCDEF"[byte & 15];
        }
    }
    return out;
}

/// `kept` are characters whose escapes stay. Anything that is not UTF-8 in the end is an error.
std::string unescapedUrl(std::string_view text, std::string_view kept, const char* function) {
    const auto malformed = [&]() {
        return Failure("D3140").withText("functionName", function).withText("value", text);
    };
    const auto byteAt = [&](std::size_t i) {
        if (i + 2 >= text.size() || text[i] != '%') throw malformed();
        const int high = hexDigit(text[i + 1]), low = hexDigit(text[i + 2]);
        if (high < 0 || low < 0) throw malformed();
        return static_cast<unsigned char>(high * 16 + low);
    };
    std::string out;
    for (std::size_t i = 0; i < text.size();) {
        if (text[i] != '%') {
            out += text[i++];
            continue;
        }
        const auto lead = byteAt(i);
        if (lead < 0x80) {
            if (kept.find(static_cast<char>(lead)) != std::string_view::npos)
                out += text.substr(i, 3);
            else
                out += static_cast<char>(lead);
            i += 3;
            continue;
        }
        const int more = lead >= 0xF0 && lead < 0xF5   ? 3
                         : lead >= 0xE0 && lead < 0xF0 ? 2
                         : lead >= 0xC2 && lead < 0xE0 ? 1
                                                       : 0;
        if (more == 0) throw malformed();
        std::string sequence(1, static_cast<char>(lead));
        i += 3;
        for (int k = 0; k < more; ++k, i += 3) {
            const auto byte = byteAt(i);
            if ((byte & 0xC0) != 0x80) throw malformed();
            sequence += static_cast<char>(byte);
        }
        std::size_t at = 0;
        const char32_t point = nextCodePoint(sequence, at);
        const char32_t least = more == 1 ? 0x80 : more == 2 ? 0x800 : 0x10000;
        if (point < least || point > 0x10FFFF || (point >= 0xD800 && point < 0xE000)) throw malformed();
        out += sequence;
    }
    return out;
}

}  // namespace

Value string(const BuiltinCall& call) {
    const Value value = call.argument(0);
    if (value.isUndefined() || value.isString()) return value;
    const bool pretty = call.has(1) && truth(call.argument(1), call.budget());
    if (!pretty || !(value.isArray() || value.isObject())) return call.evaluator.textOf(value);
    return call.made(stringify(value, call.budget(), true, true));
}

Value substring(const BuiltinCall& call) {
    if (!call.has(0)) return {};
    const auto text = call.text(0);
    const std::size_t size = length(text);
    double start = call.has(1) ? call.number(1) : 0;
    if (static_cast<double>(size) + start < 0) start = 0;
    std::size_t end = size;
    if (call.has(2)) {
        const double count = call.number(2);
        if (count <= 0) return std::string_view();
        end = clamped(start >= 0 ? start + count : static_cast<double>(size) + start + count, size);
    }
    const std::size_t from = clamped(start, size);
    if (end <= from) return std::string_view();
    const auto first = byteOffset(text, from);
    const auto rest = text.substr(first);
    return rest.substr(0, byteOffset(rest, end - from));
}

Value substringBefore(const BuiltinCall& call) {
    if (!call.has(0)) return {};
    return call.text(0).substr(0, call.has(1) ? call.text(0).find(call.text(1)) : std::string_view::npos);
}

Value substringAfter(const BuiltinCall& call) {
    if (!call.has(0)) return {};
    const auto text = call.text(0), mark = call.has(1) ? call.text(1) : std::string_view();
    const auto at = call.has(1) ? text.find(mark) : std::string_view::npos;
    return at == std::string_view::npos ? text : text.substr(at + mark.size());
}

Value lowercase(const BuiltinCall& call) { return call.has(0) ? call.made(toLower(call.text(0))) : Value(); }
Value uppercase(const BuiltinCall& call) { return call.has(0) ? call.made(toUpper(call.text(0))) : Value(); }
Value length(const BuiltinCall& call) {
    return call.has(0) ? Value(static_cast<double>(length(call.text(0)))) : Value();
}

/// Also makes each run of blanks inside one space.
Value trim(const BuiltinCall& call) {
    if (!call.has(0)) return {};
    std::string out;
    for (const char c : call.text(0)) {
        const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
        if (!blank)
            out += c;
        else if (!out.empty() && out.back() != ' ')
            out += ' ';
    }
    if (!out.empty() && out.back() == ' ') out.pop_back();
    return call.made(out);
}

Value pad(const BuiltinCall& call) {
    if (!call.has(0)) return {};
    const auto text = call.text(0);
    const double width = std::trunc(call.number(1));
    const std::string_view filler = call.has(2) && !call.text(2).empty() ? call.text(2) : std::string_view(" ");
    const double missing = std::fabs(width) - static_cast<double>(length(text));
    if (!(missing > 0)) return text;
    if (missing > 1e8) failTooLarge();
    const auto count = static_cast<std::size_t>(missing);
    call.budget().steps(static_cast<std::int64_t>(count));
    std::string padding = repeated(filler, count / length(filler) + 1);
    padding.resize(byteOffset(padding, count));
    return call.made(width > 0 ? std::string(text) + padding : padding + std::string(text));
}

Value match(const BuiltinCall& call) {
    if (!call.has(0)) return {};
    const double limit = limitOf(call, 2, "D3040");
    auto* result = call.evaluator.sequence();
    Matches matches(call, call.function(1), call.text(0));
    for (double count = 0; count < limit && matches.next(); ++count) {
        auto* each = call.evaluator.object();
        each->set("match", matches.match);
        each->set("index", static_cast<double>(matches.startInUtf16()));
        each->set("groups", matches.groups());
        result->push(each);
    }
    return result;
}

Value contains(const BuiltinCall& call) {
    if (!call.has(0)) return {};
    const Value token = call.argument(1);
    if (token.isFunction()) return Matches(call, token, call.text(0)).next();
    return call.text(0).find(call.text(1)) != std::string_view::npos;
}

Value replace(const BuiltinCall& call) {
    if (!call.has(0)) return {};
    const auto text = call.text(0);
    const Value pattern = call.argument(1), replacement = call.argument(2);
    if (pattern.isString() && pattern.text().empty()) throw Failure("D3010").withText("value", "");
    const double limit = limitOf(call, 3, "D3011");
    std::string out;
    std::size_t position = 0;
    if (!pattern.isFunction()) {
        const auto wanted = call.text(1);
        double count = 0;
        for (auto at = text.find(wanted); at != std::string_view::npos && count < limit;
             at = text.find(wanted, position), ++count) {
            const auto with = call.text(2);
            out.append(text, position, at - position).append(with);
            requireBounded(out);
            position = at + wanted.size();
            call.budget().steps(1 + static_cast<std::int64_t>(with.size()) / 64);
        }
    } else {
        Matches matches(call, pattern, text);
        for (double count = 0; count < limit && matches.next(); ++count) {
            out.append(text, position, matches.start - position);
            if (replacement.isString()) {
                out += substituted(replacement.text(), matches);
            } else {
                Value argument = matches.object();
                const Value with = call.evaluator.apply(call.function(2), {&argument, 1}, Value::null());
                if (!with.isString()) throw Failure("D3012").with("value", shown(with));
                out += with.text();
            }
            requireBounded(out);
            position = matches.start + matches.match.size();
        }
    }
    return call.made(out.append(text, std::min(position, text.size())));
}

Value split(const BuiltinCall& call) {
    if (!call.has(0)) return {};
    const auto text = call.text(0);
    const double limit = limitOf(call, 2, "D3020");
    auto* result = call.evaluator.array();
    const Value separator = call.argument(1);
    if (separator.isFunction()) {
        Matches matches(call, separator, text);
        std::size_t start = 0;
        double count = 0;
        for (; count < limit && matches.next(); ++count) {
            result->push(text.substr(start, matches.start - start));
            start = matches.end;
        }
        if (count < limit) result->push(text.substr(start));
        return result;
    }
    const auto mark = call.text(1);
    const double most = std::floor(limit);  // JavaScript takes the whole part here
    const auto full = [&] {
        call.budget().step();
        return static_cast<double>(result->size()) >= most;
    };
    if (mark.empty()) {
        for (std::size_t at = 0; at < text.size() && !full();) {
            const auto start = at;
            nextCodePoint(text, at);
            result->push(text.substr(start, at - start));
        }
        return result;
    }
    std::size_t start = 0;
    for (auto at = text.find(mark); at != std::string_view::npos && !full(); at = text.find(mark, start)) {
        result->push(text.substr(start, at - start));
        start = at + mark.size();
    }
    if (!full()) result->push(text.substr(start));
    return result;
}

Value join(const BuiltinCall& call) {
    if (!call.has(0)) return {};
    const auto separator = call.has(1) ? call.text(1) : std::string_view();
    std::string out;
    bool first = true;
    for (const auto& item : call.array(0).items()) {
        call.budget().steps(1 + static_cast<std::int64_t>(separator.size()) / 64);
        if (!first) out += separator;
        first = false;
        if (!item.isString()) call.refuse(0);
        out += item.text();
        requireBounded(out);
    }
    return call.made(out);
}

/// Characters are bytes, as in JavaScript's btoa: of what lies beyond U+00FF the low byte is taken.
Value base64encode(const BuiltinCall& call) {
    if (!call.has(0)) return {};
    std::string bytes;
    for (std::size_t at = 0; at < call.text(0).size();) {
        const char32_t c = nextCodePoint(call.text(0), at);
        if (c > 0xFFFF) bytes += static_cast<char>((0xD800 + ((c - 0x10000) >> 10)) & 0xFF);
        bytes += static_cast<char>(c & 0xFF);
    }
    return call.made(base64Encode(bytes));
}

/// Takes both alphabets and passes over everything else.
Value base64decode(const BuiltinCall& call) {
    if (!call.has(0)) return {};
    static constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    unsigned gathered = 0, bits = 0;
    for (const char c : call.text(0)) {
        if (c == '=') break;
        const auto digit = alphabet.find(c == '-' ? '+' : c == '_' ? '/' : c);
        if (digit == std::string_view::npos) continue;
        gathered = gathered << 6 | static_cast<unsigned>(digit);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            appendUtf8(out, gathered >> bits & 0xFF);
        }
    }
    return call.made(out);
}

constexpr std::string_view kUnreserved = "-_.!~*'()", kReserved = ";/?:@&=+$,#";

Value encodeUrlComponent(const BuiltinCall& call) {
    return call.has(0) ? call.made(escapedUrl(call.text(0), kUnreserved, "encodeUrlComponent")) : Value();
}
Value encodeUrl(const BuiltinCall& call) {
    static const std::string kept = std::string(kUnreserved).append(kReserved);
    return call.has(0) ? call.made(escapedUrl(call.text(0), kept, "encodeUrl")) : Value();
}
Value decodeUrlComponent(const BuiltinCall& call) {
    return call.has(0) ? call.made(unescapedUrl(call.text(0), "", "decodeUrlComponent")) : Value();
}
Value decodeUrl(const BuiltinCall& call) {
    return call.has(0) ? call.made(unescapedUrl(call.text(0), kReserved, "decodeUrl")) : Value();
}

}  // namespace backlot::asl::jsonata
