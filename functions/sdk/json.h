#pragma once
// JSON for handlers: the same vocabulary as emulator/base/json.h, kept apart because this library also runs on AWS,
// without the emulator. The only header here that includes RapidJSON.

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace backlot::sdk {
/// A JSON value was used as a type it does not have.
struct JsonMisuse : std::logic_error {
    using std::logic_error::logic_error;
};
}  // namespace backlot::sdk

#define RAPIDJSON_HAS_STDSTRING 1
#define RAPIDJSON_ASSERT(x) ((x) ? void() : throw ::backlot::sdk::JsonMisuse("json: " #x))
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wclass-memaccess"
#pragma GCC diagnostic ignored "-Wterminate"
#include <rapidjson/document.h>
#pragma GCC diagnostic pop

namespace backlot::sdk {

/// Owns its memory and moves like a string; `copy(value)` copies.
using Json = rapidjson::GenericValue<rapidjson::UTF8<>, rapidjson::CrtAllocator>;

struct JsonError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Strict UTF-8 JSON, parsed without recursion, at most 128 levels deep. Throws JsonError.
Json parseJson(std::string_view text);
std::string writeJson(const Json& value);
Json copy(const Json& value);

Json str(std::string_view text);
inline std::string_view view(const Json& string) { return {string.GetString(), string.GetStringLength()}; }

/// A value on its way into object(), list() or set(); an empty optional leaves the member out.
class JsonItem {
public:
    JsonItem(Json&& value) : value_(std::move(value)) {}
    JsonItem(const char* value) : value_(str(value)) {}
    JsonItem(std::string_view value) : value_(str(value)) {}
    JsonItem(const std::string& value) : value_(str(value)) {}
    JsonItem(bool value) : value_(value) {}
    JsonItem(int value) : value_(value) {}
    JsonItem(std::int64_t value) : value_(value) {}
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

/// object({{"orderId", id}, {"status", "CREATED"}})
Json object(std::initializer_list<JsonMember> members = {});
Json list(std::initializer_list<JsonItem> items = {});
/// array(lines, [](const Line& line) { return …; })
template <typename Range, typename Function>
Json array(Range&& range, Function&& each) {
    rapidjson::CrtAllocator allocator;
    Json result(rapidjson::kArrayType);
    for (auto&& entry : range) result.PushBack(JsonItem(each(entry)).take(), allocator);
    return result;
}
void set(Json& object, std::string_view name, JsonItem value);
void push(Json& array, JsonItem value);

/// The member, or null where `value` is no object, has no such member, or has JSON null there.
const Json* find(const Json& value, std::string_view name);
/// find() through nested objects: at(event, {"requestContext", "identity", "sourceIp"})
const Json* at(const Json& value, std::initializer_list<std::string_view> path);
/// The member as text, or `otherwise` where it is missing or no string.
std::string textOr(const Json& object, std::string_view name, std::string_view otherwise = {});
std::optional<std::string> optionalText(const Json& object, std::string_view name);
std::int64_t intOr(const Json& object, std::string_view name, std::int64_t otherwise);
/// A number as it was typed, as far as 15 significant digits go: 12.99 gives "12.99", not 12.9900000000000002.
std::string numberText(const Json& number);

}  // namespace backlot::sdk
