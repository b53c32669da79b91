#include "emulator/base/json.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wclass-memaccess"
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/prettywriter.h>
#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#pragma GCC diagnostic pop

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <numeric>
#include <utility>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "emulator/base/aws_error.h"

namespace {

/// Whether a JSON text must escape the byte.
bool isEscaped(unsigned char byte) { return byte < 0x20 || byte == '"' || byte == '\\'; }

/// How many bytes from the beginning need no escape.
std::size_t plainPrefix(const char* text, std::size_t size) {
    std::size_t i = 0;
#ifdef __SSE2__
    const auto quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\'), lastControl = _mm_set1_epi8(0x1F);
    for (; i + 16 <= size; i += 16) {
        const auto bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text + i));
        const auto control = _mm_cmpeq_epi8(_mm_max_epu8(bytes, lastControl), lastControl);
        const auto escaped =
            _mm_or_si128(control, _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash)));
        if (const auto mask = static_cast<unsigned>(_mm_movemask_epi8(escaped)))
            return i + static_cast<std::size_t>(std::countr_zero(mask));
    }
#endif
    while (i < size && !isEscaped(static_cast<unsigned char>(text[i]))) ++i;
    return i;
}

}  // namespace

namespace rapidjson {

/// RapidJSON's place for a faster way through the plain part of a text; it has one only for texts that end with a NUL
/// byte. Byte by byte, a fifth of what writing an item of 1 KB costs was spent here.
template <>
template <>
inline void GenericReader<UTF8<>, UTF8<>, CrtAllocator>::ScanCopyUnescapedString(MemoryStream& from,
                                                                                 StackStream<char>& to) {
    const std::size_t size = plainPrefix(from.src_, static_cast<std::size_t>(from.end_ - from.src_));
    if (size == 0) return;
    std::memcpy(to.Push(static_cast<SizeType>(size)), from.src_, size);
    from.src_ += size;
}

}  // namespace rapidjson

namespace backlot {
namespace {

using Document = rapidjson::GenericDocument<rapidjson::UTF8<>, rapidjson::CrtAllocator>;
rapidjson::CrtAllocator crt;  // stateless: every value may use it

/// Passes the parser's events on to a Document, counting depth and noticing keys that may be doubled.
class Gate {
public:
    /// `lookAtTexts`: RapidJSON 1.1 takes the second half of a surrogate pair alone ("\ude00")
    /// and makes bytes of it that are no UTF-8.
    Gate(Document& document, int depthLimit, bool lookAtTexts)
        : document_(document), limit_(depthLimit), lookAtTexts_(lookAtTexts) {}
    bool Null() { return document_.Null(); }
    bool Bool(bool b) { return document_.Bool(b); }
    bool Int(int i) { return document_.Int(i); }
    bool Uint(unsigned i) { return document_.Uint(i); }
    bool Int64(std::int64_t i) { return document_.Int64(i); }
    bool Uint64(std::uint64_t i) { return document_.Uint64(i); }
    bool Double(double d) { return document_.Double(d); }
    /// Numbers are read here, not by RapidJSON 1.1: it makes garbage of "0.0e300".
    bool RawNumber(const char* s, rapidjson::SizeType n, bool) {
        const std::string_view text(s, n);
        const char* const end = s + n;
        if (text.find_first_of(".eE") == std::string_view::npos) {
            std::int64_t whole = 0;
            if (std::from_chars(s, end, whole).ec == std::errc()) return document_.Int64(whole);
            std::uint64_t large = 0;
            if (std::from_chars(s, end, large).ec == std::errc()) return document_.Uint64(large);
        }
        double value = 0;
        if (std::from_chars(s, end, value).ec == std::errc()) return document_.Double(value);
        value = std::strtod(std::string(text).c_str(), nullptr);  // out of range: zero where it is too small
        return !std::isinf(value) && document_.Double(value);
    }
    bool String(const char* s, rapidjson::SizeType n, bool) { return isText(s, n) && document_.String(s, n, true); }
    bool StartObject() {
        starts_.push_back(keys_.size());
        return ++depth_ <= limit_ && document_.StartObject();
    }
    bool Key(const char* s, rapidjson::SizeType n, bool) {
        if (!isText(s, n)) return false;
        if (!doubled_) noteKey(std::hash<std::string_view>{}({s, n}));
        return document_.Key(s, n, true);
    }
    bool EndObject(rapidjson::SizeType n) {
        --depth_;
        keys_.resize(starts_.back());
        starts_.pop_back();
        return document_.EndObject(n);
    }
    bool StartArray() { return ++depth_ <= limit_ && document_.StartArray(); }
    bool EndArray(rapidjson::SizeType n) {
        --depth_;
        return document_.EndArray(n);
    }
    /// True also where the check was too dear to make for sure.
    bool mayHaveDoubledKeys() const { return doubled_; }
    bool tooDeep() const { return depth_ > limit_; }
    bool halfPair() const { return halfPair_; }

private:
    bool isText(const char* s, rapidjson::SizeType n) {
        halfPair_ = lookAtTexts_ && !isUtf8({s, n});
        return !halfPair_;
    }
    void noteKey(std::size_t hash) {
        const auto first = keys_.begin() + static_cast<std::ptrdiff_t>(starts_.back());
        doubled_ = keys_.end() - first > 64 || std::find(first, keys_.end(), hash) != keys_.end();
        keys_.push_back(hash);
    }
    Document& document_;
    int limit_, depth_ = 0;
    bool lookAtTexts_, halfPair_ = false, doubled_ = false;
    std::vector<std::size_t> keys_, starts_;
};

struct Source {
    std::string_view text;
    int depthLimit;
    rapidjson::ParseResult result;
    bool doubled = false, deep = false;

    bool operator()(Document& document) {
        // Validated beforehand, eight bytes at a time where they are ASCII: twice as fast as RapidJSON's way.
        if (const std::size_t valid = validUtf8Prefix(text); valid < text.size()) {
            result.Set(rapidjson::kParseErrorStringInvalidEncoding, valid);
            return false;
        }
        Gate gate(document, depthLimit, text.find("\\u") != std::string_view::npos);
        rapidjson::MemoryStream stream(text.data(), text.size());
        rapidjson::GenericReader<rapidjson::UTF8<>, rapidjson::UTF8<>, rapidjson::CrtAllocator> reader;
        result = reader.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag>(stream, gate);
        if (!result.IsError() && stream.Tell() < text.size())  // RapidJSON takes a NUL byte for the end
            result.Set(rapidjson::kParseErrorDocumentRootNotSingular, stream.Tell());
        if (gate.halfPair()) result.Set(rapidjson::kParseErrorStringUnicodeSurrogateInvalid, stream.Tell());
        doubled = gate.mayHaveDoubledKeys();
        deep = gate.tooDeep();
        return !result.IsError();
    }
};

void keepLastOfEqualKeys(Json& value) {
    if (value.IsArray()) {
        for (auto& element : value.GetArray()) keepLastOfEqualKeys(element);
    } else if (value.IsObject()) {
        std::vector<std::size_t> order(value.MemberCount());
        std::iota(order.begin(), order.end(), 0);
        const auto name = [&](std::size_t i) {
            return view((value.MemberBegin() + static_cast<std::ptrdiff_t>(i))->name);
        };
        std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return name(a) < name(b); });
        std::vector<std::size_t> extra;
        for (std::size_t i = 0; i + 1 < order.size(); ++i)
            if (name(order[i]) == name(order[i + 1])) extra.push_back(order[i]);
        if (!extra.empty()) {
            std::sort(extra.begin(), extra.end());
            Json kept(rapidjson::kObjectType);
            std::size_t index = 0;
            for (auto& member : value.GetObject())
                if (!std::binary_search(extra.begin(), extra.end(), index++))
                    kept.AddMember(member.name, member.value, crt);
            value = std::move(kept);
        }
        for (auto& member : value.GetObject()) keepLastOfEqualKeys(member.value);
    }
}

[[noreturn]] void wrongMember(std::string_view name, const char* wanted) {
    throw AwsError("ValidationException", "The request member " + std::string(name) + " must be " + wanted + ".");
}

}  // namespace

Json parseJson(std::string_view text, int depthLimit) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);  // a byte order mark
    Document document;
    Source source{text, depthLimit, {}};
    document.Populate(source);
    if (source.deep) throw JsonError("Nesting is deeper than " + std::to_string(depthLimit), source.result.Offset());
    if (source.result.IsError())
        throw JsonError(rapidjson::GetParseError_En(source.result.Code()), source.result.Offset());
    Json value;
    value.Swap(static_cast<Json&>(document));
    if (source.doubled) keepLastOfEqualKeys(value);
    return value;
}

std::size_t validUtf8Prefix(std::string_view text) {
    const auto byte = [&](std::size_t at) { return at < text.size() ? static_cast<unsigned char>(text[at]) : 0u; };
    std::size_t i = 0;
    while (i < text.size()) {
        std::uint64_t eight = 0;
        if (i + sizeof eight <= text.size()) {
            std::memcpy(&eight, text.data() + i, sizeof eight);
            if ((eight & 0x8080808080808080u) == 0) {
                i += sizeof eight;
                continue;
            }
        }
        const unsigned first = byte(i);
        if (first < 0x80) {
            ++i;
            continue;
        }
        const std::size_t more = first >= 0xC2 && first <= 0xDF   ? 1
                                 : first >= 0xE0 && first <= 0xEF ? 2
                                 : first >= 0xF0 && first <= 0xF4 ? 3
                                                                  : 0;
        if (more == 0) return i;
        // The second byte is bounded further: no overlong forms, no surrogates, nothing above U+10FFFF.
        const unsigned second = byte(i + 1);
        if (second < (first == 0xE0   ? 0xA0u
                      : first == 0xF0 ? 0x90u
                                      : 0x80u) ||
            second > (first == 0xED   ? 0x9Fu
                      : first == 0xF4 ? 0x8Fu
                                      : 0xBFu))
            return i;
        for (std::size_t k = 2; k <= more; ++k)
            if ((byte(i + k) & 0xC0) != 0x80) return i;
        i += more + 1;
    }
    return i;
}

std::optional<Json> tryParseJson(std::string_view text, int depthLimit) {
    try {
        return parseJson(text, depthLimit);
    } catch (const JsonError&) {
        return std::nullopt;
    }
}

namespace {

/// Writes compact text as RapidJSON's Writer does, which looks at strings a byte at a time: most of what goes over the
/// wire is long texts.
class TextWriter {
public:
    std::string out;

    void value(const Json& json) {
        switch (json.GetType()) {
            case rapidjson::kNullType: out += "null"; return;
            case rapidjson::kFalseType: out += "false"; return;
            case rapidjson::kTrueType: out += "true"; return;
            case rapidjson::kStringType: string(view(json)); return;
            case rapidjson::kNumberType: number(json); return;
            case rapidjson::kArrayType: {
                char before = '[';
                for (const auto& element : json.GetArray()) {
                    out += std::exchange(before, ',');
                    value(element);
                }
                if (before == '[') out += '[';
                out += ']';
                return;
            }
            case rapidjson::kObjectType: {
                char before = '{';
                for (const auto& member : json.GetObject()) {
                    out += std::exchange(before, ',');
                    string(view(member.name));
                    out += ':';
                    value(member.value);
                }
                if (before == '{') out += '{';
                out += '}';
                return;
            }
        }
    }

private:
    void number(const Json& json) {
        char digits[24];
        std::to_chars_result end{};
        if (json.IsInt64()) {
            end = std::to_chars(digits, digits + sizeof digits, json.GetInt64());
        } else if (json.IsUint64()) {
            end = std::to_chars(digits, digits + sizeof digits, json.GetUint64());
        } else {  // the shortest digits that read back, by RapidJSON's own rules
            rapidjson::StringBuffer buffer;
            rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
            writer.Double(json.GetDouble());
            out.append(buffer.GetString(), buffer.GetSize());
            return;
        }
        out.append(digits, end.ptr);
    }

    void string(std::string_view text) {
        out += '"';
        for (;;) {
            const std::size_t plain = plainPrefix(text.data(), text.size());
            out.append(text, 0, plain);
            if (plain == text.size()) break;
            escape(static_cast<unsigned char>(text[plain]));
            text.remove_prefix(plain + 1);
        }
        out += '"';
    }
    void escape(unsigned char byte) {
        out += '\\';
        switch (byte) {
            case '"': out += '"'; return;
            case '\\': out += '\\'; return;
            case '\b': out += 'b'; return;
            case '\f': out += 'f'; return;
            case '\n': out += 'n'; return;
            case '\r': out += 'r'; return;
            case '\t': out += 't'; return;
            default: break;
        }
        static constexpr char kDigits[] = "0123456789ABCDEF";
        out += "u00";
        out += kDigits[byte >> 4];
        out += kDigits[byte & 15];
    }
};

}  // namespace

std::string writeJson(const Json& value) {
    Reading::whole(&value);
    TextWriter writer;
    writer.out.reserve(1000);  // what malloc gives without a look at its lists; growing up to there would cost more
    writer.value(value);
    return std::move(writer.out);
}

std::string writePretty(const Json& value) {
    Reading::whole(&value);
    rapidjson::StringBuffer buffer;
    rapidjson::PrettyWriter<rapidjson::StringBuffer> writer(buffer);
    writer.SetIndent(' ', 2);
    value.Accept(writer);
    return {buffer.GetString(), buffer.GetSize()};
}

Json copy(const Json& value) { return Json(whole(value), crt); }

bool equal(const Json& a, const Json& b) {
    Reading::whole(&a);
    Reading::whole(&b);
    if (a.IsNumber() && b.IsNumber()) {
        if (a.IsInt64() && b.IsInt64()) return a.GetInt64() == b.GetInt64();
        if (a.IsUint64() && b.IsUint64()) return a.GetUint64() == b.GetUint64();
        return a.GetDouble() == b.GetDouble();
    }
    if (a.GetType() != b.GetType()) return false;
    if (a.IsString()) return view(a) == view(b);
    if (a.IsArray())
        return a.Size() == b.Size() &&
               std::equal(a.Begin(), a.End(), b.Begin(), [](const Json& x, const Json& y) { return equal(x, y); });
    if (a.IsObject()) {
        if (a.MemberCount() != b.MemberCount()) return false;
        for (const auto& member : a.GetObject()) {
            const Json* other = find(b, view(member.name));
            if (!other || !equal(member.value, *other)) return false;
        }
    }
    return true;
}

Json object(std::initializer_list<JsonMember> members) {
    Json result(rapidjson::kObjectType);
    for (const auto& member : members)
        if (!member.value.absent()) result.AddMember(str(member.name), member.value.take(), crt);
    return result;
}

Json list(std::initializer_list<JsonItem> items) {
    Json result(rapidjson::kArrayType);
    for (const auto& item : items)
        if (!item.absent()) result.PushBack(item.take(), crt);
    return result;
}

Json array(const std::vector<std::string>& texts) {
    return array(texts, [](const std::string& text) { return str(text); });
}

void set(Json& object, std::string_view name, JsonItem value) {
    if (value.absent()) return;
    if (Json* existing = find(object, name))
        *existing = value.take();
    else
        object.AddMember(str(name), value.take(), crt);
}

void push(Json& array, JsonItem value) {
    if (!value.absent()) array.PushBack(value.take(), crt);
}

bool erase(Json& object, std::string_view name) {
    const auto key = rapidjson::StringRef(name.data(), static_cast<rapidjson::SizeType>(name.size()));
    const auto member = object.FindMember(Json(key));
    if (member == object.MemberEnd()) return false;
    object.EraseMember(member);
    return true;
}

const Json* find(const Json& value, std::string_view name) {
    if (!value.IsObject()) return nullptr;
    Reading::byName(&value);
    for (auto member = value.MemberBegin(), end = value.MemberEnd(); member != end; ++member) {
        if (view(member->name) != name) continue;
        Reading::asked(&member->value);
        return &member->value;
    }
    return nullptr;
}

Json* find(Json& value, std::string_view name) { return const_cast<Json*>(find(std::as_const(value), name)); }

const Json* at(const Json& value, std::initializer_list<std::string_view> path) {
    const Json* current = &value;
    for (const auto name : path)
        if (!(current = find(*current, name))) return nullptr;
    return current;
}

std::string textOr(const Json& object, std::string_view name, std::string_view otherwise) {
    const Json* value = find(object, name);
    return value && value->IsString() ? text(*value) : std::string(otherwise);
}

std::int64_t intOr(const Json& object, std::string_view name, std::int64_t otherwise) {
    const Json* value = find(object, name);
    return value && value->IsInt64() ? value->GetInt64() : otherwise;
}

bool boolOr(const Json& object, std::string_view name, bool otherwise) {
    const Json* value = find(object, name);
    return value && value->IsBool() ? value->GetBool() : otherwise;
}

std::optional<std::string> optionalText(const Json& object, std::string_view name) {
    const Json* value = find(object, name);
    return value && value->IsString() ? std::optional(text(*value)) : std::nullopt;
}

const Json* Fields::find(std::string_view name) const {
    const Json* value = backlot::find(*json_, name);
    return value && !value->IsNull() ? value : nullptr;
}

void Fields::passOver(std::initializer_list<std::string_view> names) const {
    for (const auto name : names)
        if (const Json* value = find(name)) Reading::whole(value);
}

const Json& Fields::value(std::string_view name) const {
    const Json* value = find(name);
    if (!value) wrongMember(name, "given");
    return *value;
}

std::string Fields::text(std::string_view name) const {
    const Json& found = value(name);
    if (!found.IsString()) wrongMember(name, "a string");
    return backlot::text(found);
}

std::int64_t Fields::integer(std::string_view name) const {
    const Json& found = value(name);
    if (found.IsInt64()) return found.GetInt64();
    if (found.IsDouble()) return static_cast<std::int64_t>(found.GetDouble());
    wrongMember(name, "an integer");
}

std::optional<std::string> Fields::optionalText(std::string_view name) const {
    return find(name) ? std::optional(text(name)) : std::nullopt;
}

std::optional<std::int64_t> Fields::optionalInteger(std::string_view name) const {
    return find(name) ? std::optional(integer(name)) : std::nullopt;
}

std::string Fields::valueOr(std::string_view name, const char* otherwise) const {
    return find(name) ? text(name) : otherwise;
}
std::string Fields::valueOr(std::string_view name, const std::string& otherwise) const {
    return find(name) ? text(name) : otherwise;
}
std::int64_t Fields::valueOr(std::string_view name, int otherwise) const {
    return find(name) ? integer(name) : otherwise;
}
std::int64_t Fields::valueOr(std::string_view name, std::int64_t otherwise) const {
    return find(name) ? integer(name) : otherwise;
}

bool Fields::valueOr(std::string_view name, bool otherwise) const {
    const Json* found = find(name);
    if (!found) return otherwise;
    if (!found->IsBool()) wrongMember(name, "a boolean");
    return found->GetBool();
}

Fields Fields::child(std::string_view name) const {
    static const Json empty(rapidjson::kObjectType);
    const Json* found = find(name);
    if (!found) return empty;
    if (!found->IsObject()) wrongMember(name, "an object");
    return *found;
}

std::vector<const Json*> Fields::items(std::string_view name) const {
    std::vector<const Json*> result;
    if (const Json* found = find(name)) {
        if (!found->IsArray()) wrongMember(name, "an array");
        for (const auto& element : found->GetArray()) result.push_back(&element);
    }
    return result;
}

std::vector<std::string> Fields::texts(std::string_view name) const {
    std::vector<std::string> result;
    for (const Json* element : items(name)) {
        if (!element->IsString()) wrongMember(name, "an array of strings");
        result.push_back(backlot::text(*element));
    }
    return result;
}

}  // namespace backlot
