#include "functions/sdk/json.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wclass-memaccess"
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#pragma GCC diagnostic pop

#include <charconv>

namespace backlot::sdk {
namespace {

using Document = rapidjson::GenericDocument<rapidjson::UTF8<>, rapidjson::CrtAllocator>;
rapidjson::CrtAllocator crt;  // stateless: every value may use it
constexpr int kDepthLimit = 128;

/// RapidJSON 1.1 takes the second half of a surrogate pair alone ("\ude00") and makes bytes of it that are no UTF-8.
bool hasSurrogate(std::string_view text) {
    for (auto at = text.find('\xED'); at != std::string_view::npos; at = text.find('\xED', at + 1))
        if (at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) >= 0xA0) return true;
    return false;
}

/// Hands the parser's events to a Document and counts depth, so that hostile nesting ends in an error.
struct DepthGate {
    Document& document;
    int depth = 0;
    bool Null() { return document.Null(); }
    bool Bool(bool b) { return document.Bool(b); }
    bool Int(int i) { return document.Int(i); }
    bool Uint(unsigned i) { return document.Uint(i); }
    bool Int64(std::int64_t i) { return document.Int64(i); }
    bool Uint64(std::uint64_t i) { return document.Uint64(i); }
    bool Double(double d) { return document.Double(d); }
    bool RawNumber(const char* s, rapidjson::SizeType n, bool copy) { return document.RawNumber(s, n, copy); }
    bool String(const char* s, rapidjson::SizeType n, bool) {
        return !hasSurrogate({s, n}) && document.String(s, n, true);
    }
    bool Key(const char* s, rapidjson::SizeType n, bool) { return !hasSurrogate({s, n}) && document.Key(s, n, true); }
    bool StartObject() { return ++depth <= kDepthLimit && document.StartObject(); }
    bool EndObject(rapidjson::SizeType n) { return --depth, document.EndObject(n); }
    bool StartArray() { return ++depth <= kDepthLimit && document.StartArray(); }
    bool EndArray(rapidjson::SizeType n) { return --depth, document.EndArray(n); }
};

struct Source {
    std::string_view text;
    rapidjson::ParseResult result;
    bool operator()(Document& document) {
        DepthGate gate{document};
        rapidjson::MemoryStream raw(text.data(), text.size());
        rapidjson::EncodedInputStream<rapidjson::UTF8<>, rapidjson::MemoryStream> stream(raw);
        rapidjson::GenericReader<rapidjson::UTF8<>, rapidjson::UTF8<>, rapidjson::CrtAllocator> reader;
        constexpr unsigned flags =
            rapidjson::kParseIterativeFlag | rapidjson::kParseFullPrecisionFlag | rapidjson::kParseValidateEncodingFlag;
        result = reader.Parse<flags>(stream, gate);
        return !result.IsError();
    }
};

}  // namespace

Json parseJson(std::string_view text) {
    Document document;
    Source source{text, {}};
    document.Populate(source);
    if (source.result.IsError())
        throw JsonError(std::string(rapidjson::GetParseError_En(source.result.Code())) + " (offset " +
                        std::to_string(source.result.Offset()) + ")");
    Json value;
    value.Swap(static_cast<Json&>(document));
    return value;
}

std::string writeJson(const Json& value) {
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
    value.Accept(writer);
    return {buffer.GetString(), buffer.GetSize()};
}

Json copy(const Json& value) { return Json(value, crt); }

Json str(std::string_view text) { return Json(text.data(), static_cast<rapidjson::SizeType>(text.size()), crt); }

Json object(std::initializer_list<JsonMember> members) {
    Json result(rapidjson::kObjectType);
    for (const auto& member : members)
        if (!member.value.absent()) result.AddMember(str(member.name), member.value.take(), crt);
    return result;
}

Json list(std::initializer_list<JsonItem> items) {
    Json result(rapidjson::kArrayType);
    for (const auto& item : items) result.PushBack(item.take(), crt);
    return result;
}

void set(Json& object, std::string_view name, JsonItem value) {
    if (value.absent()) return;
    const auto found = object.FindMember(str(name));
    if (found != object.MemberEnd())
        found->value = value.take();
    else
        object.AddMember(str(name), value.take(), crt);
}

void push(Json& array, JsonItem value) { array.PushBack(value.take(), crt); }

const Json* find(const Json& value, std::string_view name) {
    if (!value.IsObject()) return nullptr;
    for (const auto& member : value.GetObject())
        if (view(member.name) == name) return member.value.IsNull() ? nullptr : &member.value;
    return nullptr;
}

const Json* at(const Json& value, std::initializer_list<std::string_view> path) {
    const Json* found = &value;
    for (const auto name : path)
        if (found) found = find(*found, name);
    return found;
}

std::string textOr(const Json& object, std::string_view name, std::string_view otherwise) {
    const auto found = find(object, name);
    return std::string(found && found->IsString() ? view(*found) : otherwise);
}

std::optional<std::string> optionalText(const Json& object, std::string_view name) {
    const auto found = find(object, name);
    if (!found || !found->IsString()) return std::nullopt;
    return std::string(view(*found));
}

std::int64_t intOr(const Json& object, std::string_view name, std::int64_t otherwise) {
    const auto found = find(object, name);
    return found && found->IsInt64() ? found->GetInt64() : otherwise;
}

std::string numberText(const Json& number) {
    if (number.IsInt64()) return std::to_string(number.GetInt64());
    if (number.IsUint64()) return std::to_string(number.GetUint64());
    char buffer[400];  // the shortest digits that read back as this double; fixed, so never an exponent
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, number.GetDouble(), std::chars_format::fixed).ptr;
    return {buffer, end};
}

}  // namespace backlot::sdk
