// A guard and not #pragma once, which compares the time of a file: a precompiled header out of a compiler cache has
// another.
#ifndef BACKLOT_BASE_JSON_H
#define BACKLOT_BASE_JSON_H
// JSON values and the helpers everybody uses. The only header that includes RapidJSON's document.h.

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emulator/base/reading.h"

namespace backlot {
/// A JSON value was used as a type it does not have: a bug of ours, never the client's.
struct JsonMisuse : std::logic_error {
    using std::logic_error::logic_error;
};
}  // namespace backlot

#define RAPIDJSON_HAS_STDSTRING 1
#define RAPIDJSON_ASSERT(x) ((x) ? void() : throw ::backlot::JsonMisuse("json: " #x))
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wclass-memaccess"
#pragma GCC diagnostic ignored "-Wterminate"
#include <rapidjson/document.h>
#pragma GCC diagnostic pop

namespace backlot {

/// Owns its memory and moves like a string; a copy is asked for by name: `copy(value)`.
using Json = rapidjson::GenericValue<rapidjson::UTF8<>, rapidjson::CrtAllocator>;

/// The text is not JSON. `offset` counts bytes from the start of the text.
struct JsonError : std::runtime_error {
    JsonError(const std::string& what, std::size_t at) : std::runtime_error(what), offset(at) {}
    std::size_t offset;
};

inline constexpr int kJsonDepthLimit = 128;

/// Parses strict UTF-8 JSON without recursion. Of equal keys in an object the last one counts.
/// Throws JsonError on anything else, and on nesting deeper than `depthLimit`.
Json parseJson(std::string_view text, int depthLimit = kJsonDepthLimit);
/// The same, or nothing where the text is not JSON.
std::optional<Json> tryParseJson(std::string_view text, int depthLimit = kJsonDepthLimit);
/// How many bytes from the start are UTF-8: all of them where the text is valid.
std::size_t validUtf8Prefix(std::string_view text);
inline bool isUtf8(std::string_view text) { return validUtf8Prefix(text) == text.size(); }
/// Compact text, members in their order, UTF-8 unescaped.
std::string writeJson(const Json& value);
/// Indented text for people.
std::string writePretty(const Json& value);

Json copy(const Json& value);
/// Deep equality; numbers compare by value (1 equals 1.0), objects regardless of order.
bool equal(const Json& a, const Json& b);

inline Json str(std::string_view text) {
    rapidjson::CrtAllocator allocator;
    return Json(text.data(), static_cast<rapidjson::SizeType>(text.size()), allocator);
}
inline std::string_view view(const Json& string) { return {string.GetString(), string.GetStringLength()}; }
inline std::string text(const Json& string) { return {string.GetString(), string.GetStringLength()}; }

/// A value on its way into object() or array(): made from what C++ has; an empty optional is left out of an object.
class JsonItem {
public:
    JsonItem(Json&& value) : value_(std::move(value)) {}
    JsonItem(const char* value) : value_(str(value)) {}
    JsonItem(std::string_view value) : value_(str(value)) {}
    JsonItem(const std::string& value) : value_(str(value)) {}
    JsonItem(bool value) : value_(value) {}
    JsonItem(int value) : value_(value) {}
    JsonItem(unsigned value) : value_(value) {}
    JsonItem(long value) : value_(static_cast<std::int64_t>(value)) {}
    JsonItem(long long value) : value_(static_cast<std::int64_t>(value)) {}
    JsonItem(unsigned long value) : value_(static_cast<std::uint64_t>(value)) {}
    JsonItem(unsigned long long value) : value_(static_cast<std::uint64_t>(value)) {}
    JsonItem(double value) : value_(value) {}
    JsonItem(std::nullptr_t) {}
    template <typename T>
    JsonItem(std::optional<T> value) : absent_(!value) {
        if (value) value_ = JsonItem(std::move(*value)).take();
    }
    bool absent() const { return absent_; }
    Json take() const { return std::move(value_); }

private:
    mutable Json value_;
    bool absent_ = false;
};

struct JsonMember {
    std::string_view name;
    JsonItem value;
};

/// object({{"QueueName", name}, {"NextToken", optionalToken}})
Json object(std::initializer_list<JsonMember> members = {});
/// list({"a", 1, std::move(json)})
Json list(std::initializer_list<JsonItem> items = {});
/// array(queue.tags, [](const Tag& tag) { return …; })
template <typename Range, typename Function>
Json array(Range&& range, Function&& each) {
    rapidjson::CrtAllocator allocator;
    Json result(rapidjson::kArrayType);
    for (auto&& entry : range) result.PushBack(JsonItem(each(entry)).take(), allocator);
    return result;
}
Json array(const std::vector<std::string>& texts);

/// A value made from events (StartObject, Key, String, EndObject …) that `generate` sends to the handler it is given.
/// Its objects and arrays are as large as they need to be, where one that grows by set() begins with room for 16
/// members.
template <typename Generate>
Json built(const Generate& generate) {
    rapidjson::CrtAllocator allocator;
    rapidjson::GenericDocument<rapidjson::UTF8<>, rapidjson::CrtAllocator> document(&allocator, 1024, &allocator);
    const auto generator = [&](auto& handler) {
        generate(handler);
        return true;
    };
    document.Populate(generator);
    return std::move(static_cast<Json&>(document));
}

/// Sets or replaces a member; an absent optional removes nothing and adds nothing.
void set(Json& object, std::string_view name, JsonItem value);
void push(Json& array, JsonItem value);
/// Removes a member, keeping the order of the others; false if it was not there.
bool erase(Json& object, std::string_view name);

/// The member, or null where `value` is no object or has no such member.
const Json* find(const Json& value, std::string_view name);
Json* find(Json& value, std::string_view name);
/// find() through nested objects: at(event, {"requestContext", "http", "method"})
const Json* at(const Json& value, std::initializer_list<std::string_view> path);

/// The member as text, or `otherwise` where it is missing or no string.
std::string textOr(const Json& object, std::string_view name, std::string_view otherwise = {});
std::int64_t intOr(const Json& object, std::string_view name, std::int64_t otherwise);
bool boolOr(const Json& object, std::string_view name, bool otherwise);
std::optional<std::string> optionalText(const Json& object, std::string_view name);

/// Says that all of a request's value is used, where its members are not asked for by Fields or find(): gone through
/// by an iterator, for example. copy(), writeJson() and equal() say so themselves. Returns the value.
inline const Json& whole(const Json& value) {
    Reading::whole(&value);
    return value;
}

/// A request as an operation reads it. Types were checked against the API model before; what a caller inside the
/// program got wrong is an AwsError (ValidationException) that names the member.
class Fields {
public:
    Fields(const Json& json) : json_(&json) { Reading::byName(json_); }
    /// All of it, to be stored, handed on or gone through: each member counts as looked at (reading.h).
    const Json& json() const { return whole(*json_); }
    /// Members that change nothing in the case at hand, because of what the others say: they count as looked at.
    void passOver(std::initializer_list<std::string_view> names) const;
    bool has(std::string_view name) const { return find(name) != nullptr; }
    /// Null where the member is missing or JSON null.
    const Json* find(std::string_view name) const;
    /// A member that must be there.
    std::string text(std::string_view name) const;
    std::int64_t integer(std::string_view name) const;
    const Json& value(std::string_view name) const;
    /// A member that may be missing.
    std::optional<std::string> optionalText(std::string_view name) const;
    std::optional<std::int64_t> optionalInteger(std::string_view name) const;
    std::string valueOr(std::string_view name, const char* otherwise) const;
    std::string valueOr(std::string_view name, const std::string& otherwise) const;
    std::int64_t valueOr(std::string_view name, int otherwise) const;
    std::int64_t valueOr(std::string_view name, std::int64_t otherwise) const;
    bool valueOr(std::string_view name, bool otherwise) const;
    /// An object member; an empty object where it is missing.
    Fields child(std::string_view name) const;
    /// The elements of an array member; none where it is missing.
    std::vector<const Json*> items(std::string_view name) const;
    /// The strings of an array member; none where it is missing.
    std::vector<std::string> texts(std::string_view name) const;

private:
    const Json* json_;
};

}  // namespace backlot

#endif
