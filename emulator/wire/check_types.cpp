#include "emulator/wire/check_types.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "emulator/base/aws_error.h"

namespace backlot::wire {
namespace {

/// Where a value stands: a reader of a service's own words it otherwise for a member than for an element or a map's
/// value.
enum class Place { member, entry };

std::string_view javaClass(Type type) {
    switch (type) {
        case Type::string: return "java.lang.String";
        case Type::integer: return "java.lang.Integer";
        case Type::longInteger: return "java.lang.Long";
        case Type::floating: return "java.lang.Float";
        case Type::doubleFloating: return "java.lang.Double";
        case Type::boolean: return "java.lang.Boolean";
        case Type::timestamp: return "java.util.Date";
        case Type::blob: return "java.nio.ByteBuffer";
        case Type::list: return "java.util.List";
        case Type::map: return "java.util.Map";
        case Type::structure: break;
    }
    return {};
}

std::string_view javaName(Type type) {
    const auto name = javaClass(type);
    return type == Type::blob ? "ByteBuffer" : name.substr(name.rfind('.') + 1);
}

/// The parser's name for what it met.
std::string token(const Json& value, bool decimals) {
    if (value.IsString()) return "STRING_VALUE";
    if (value.IsBool()) return value.GetBool() ? "TRUE_VALUE" : "FALSE_VALUE";
    return decimals && value.IsDouble() ? "DECIMAL_VALUE" : "NUMBER_VALUE";
}

/// Nothing where the text is base64 as AWS takes it.
std::string base64Fault(std::string_view text) {
    if (text.size() % 4 != 0)
        return "Base64 encoded length is expected a multiple of 4 bytes but found: " + std::to_string(text.size());
    static constexpr auto kValues = [] {
        std::array<signed char, 256> values{};
        values.fill(-1);
        int next = 0;
        for (const char c : std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"))
            values[static_cast<unsigned char>(c)] = static_cast<signed char>(next++);
        return values;
    }();
    const auto value = [&](std::size_t i) { return kValues[static_cast<unsigned char>(text[i])]; };
    const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
    bool good = true;
    for (std::size_t i = 0; i + padding < text.size(); ++i) good = good && value(i) >= 0;
    if (good && padding > 0)
        good = (value(text.size() - padding - 1) & (padding == 1 ? 3 : 15)) == 0;  // bits that no byte holds
    return good ? "" : "Invalid last non-pad Base64 character dectected";          // AWS's own spelling
}

class TypeChecker {
public:
    TypeChecker(const JsonManners& manners, const Model& model) : manners_(manners), model_(model) {}

    void structure(const Shape& shape, const Json& value) const {
        for (const auto& entry : value.GetObject()) {
            const Member* member = shape.member(view(entry.name));
            if (!member || entry.value.IsNull()) continue;
            const Shape& target = model_.shape(member->shape);
            // The payload of a REST request is bytes, not base64.
            if (member == shape.payload && target.type == Type::blob) continue;
            check(target, entry.value, Place::member);
        }
    }

private:
    void check(const Shape& shape, const Json& value, Place place) const {
        switch (shape.type) {
            case Type::structure:
                if (!value.IsObject()) mismatch(shape, value, place);
                structure(shape, value);
                return;
            case Type::list:
                if (!value.IsArray()) mismatch(shape, value, place);
                for (const auto& element : value.GetArray())
                    if (!element.IsNull()) check(model_.shape(shape.element.shape), element, Place::entry);
                return;
            case Type::map:
                if (!value.IsObject()) mismatch(shape, value, place);
                for (const auto& entry : value.GetObject())
                    if (!entry.value.IsNull()) check(model_.shape(shape.value.shape), entry.value, Place::entry);
                return;
            case Type::string:
                if (!value.IsString()) mismatch(shape, value, place);
                return;
            case Type::boolean:
                if (!value.IsBool() && !(isSpelledFlag(shape) && value.IsString() && isSpelledBoolean(view(value))))
                    mismatch(shape, value, place);
                return;
            case Type::integer:
            case Type::longInteger:
                if (!value.IsNumber() || (value.IsDouble() && !(std::abs(value.GetDouble()) < 9.2e18)))
                    mismatch(shape, value, place);
                return;
            case Type::floating:
            case Type::doubleFloating:
                if (!value.IsNumber() && !(value.IsString() && isSpecialNumber(view(value))))
                    mismatch(shape, value, place);
                return;
            case Type::timestamp:
                if (!value.IsNumber()) mismatch(shape, value, place);
                return;
            case Type::blob:
                if (!value.IsString()) mismatch(shape, value, place);
                if (auto fault = base64Fault(view(value)); !fault.empty()) fail(std::move(fault));
                return;
        }
    }

    bool isSpelledFlag(const Shape& shape) const {
        return std::find(manners_.spelledFlags.begin(), manners_.spelledFlags.end(), shape.name) !=
               manners_.spelledFlags.end();
    }
    static bool isSpelledBoolean(std::string_view text) {
        static constexpr std::string_view kWords[] = {"true", "false", "yes", "no", "1", "0"};
        return std::find(std::begin(kWords), std::end(kWords), text) != std::end(kWords);
    }
    static bool isSpecialNumber(std::string_view text) {
        return text == "NaN" || text == "Infinity" || text == "-Infinity";
    }

    [[noreturn]] static void fail(std::string message) { throw AwsError("SerializationException", std::move(message)); }

    [[noreturn]] void mismatch(const Shape& shape, const Json& value, Place place) const {
        fail(manners_.readerClasses.empty() ? coralText(shape, value) : readerText(shape, value, place));
    }

    static std::string coralText(const Shape& shape, const Json& value) {
        if (value.IsObject()) return "Start of structure or map found where not expected.";
        if (value.IsArray()) return "Start of list found where not expected";
        if (shape.type == Type::list) return "Expected list or null";
        if (shape.type == Type::structure || shape.type == Type::map) return "Expected null";
        const auto name = javaName(shape.type);
        return token(value, false) + " can not be converted to " + (name == "Integer" ? "an " : "a ") +
               std::string(name);
    }

    std::string readerText(const Shape& shape, const Json& value, Place place) const {
        if (value.IsObject()) return "Start of structure or map found where not expected";
        if (value.IsArray()) return "Unrecognized collection type " + readerClass(shape, true);
        if (shape.type == Type::structure)
            return place == Place::member ? "Unexpected field type" : "Unexpected value type in payload";
        if (shape.type == Type::list || shape.type == Type::map) {
            if (place == Place::member) return "Unexpected field type";
            return "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast to class "
                   "java.lang.Class "
                   "(sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl and java.lang.Class are in module "
                   "java.base of loader "
                   "'bootstrap')";
        }
        if (shape.type == Type::blob) return "only base-64-encoded strings are convertible to bytes";
        if (shape.type == Type::boolean && value.IsString()) return "Unexpected token received from parser";
        return token(value, true) + " cannot be converted to " + std::string(javaName(shape.type));
    }

    /// "class java.lang.String", "java.util.Map<java.lang.String, com.amazonaws.dynamodb.v20120810.AttributeValue>"
    std::string readerClass(const Shape& shape, bool outermost) const {
        const std::string prefix = outermost ? "class " : "";
        if (shape.type == Type::structure)
            return prefix + std::string(manners_.readerClasses) + std::string(shape.name);
        if (shape.type == Type::map)
            return "java.util.Map<java.lang.String, " + readerClass(model_.shape(shape.value.shape), false) + ">";
        if (shape.type == Type::list)
            return "java.util.List<" + readerClass(model_.shape(shape.element.shape), false) + ">";
        return prefix + std::string(javaClass(shape.type));
    }

    const JsonManners& manners_;
    const Model& model_;
};

}  // namespace

void checkTypes(const JsonManners& manners, const Model& model, const Shape& input, const Json& value) {
    if (value.IsObject()) TypeChecker(manners, model).structure(input, value);
}

}  // namespace backlot::wire
