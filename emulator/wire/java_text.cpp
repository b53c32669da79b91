#include "emulator/wire/java_text.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "emulator/wire/values.h"

namespace backlot::wire {
namespace {

/// java.lang.String.hashCode(); enum values are ASCII.
std::uint32_t javaHash(std::string_view text) {
    std::uint32_t hash = 0;
    for (const char c : text) hash = 31 * hash + static_cast<unsigned char>(c);
    return hash;
}

/// java.lang.Double.toString() for the sizes that occur: a point always, no exponent between 1e-3 and 1e7.
std::string javaDouble(double value) {
    std::string text = scalarToText(Type::doubleFloating, TimeFormat::byProtocol, Json(value));
    if (text.find_first_of(".eE") == std::string::npos && std::isfinite(value)) text += ".0";
    return text;
}

void append(std::string& out, const Model& model, const Shape& shape, const Json& value);

void appendStructure(std::string& out, const Model& model, const Shape& shape, const Json& value) {
    out += shape.name;
    out += '(';
    bool first = true;
    for (const auto& member : shape.members) {
        if (!first) out += ", ";
        first = false;
        out += lowerFirst(member.name);
        out += '=';
        const Json* found = find(value, member.name);
        if (found && !found->IsNull())
            append(out, model, model.shape(member.shape), *found);
        else
            out += "null";
    }
    out += ')';
}

void append(std::string& out, const Model& model, const Shape& shape, const Json& value) {
    if (value.IsArray() && shape.type == Type::list) {
        out += '[';
        for (rapidjson::SizeType i = 0; i < value.Size(); ++i) {
            if (i) out += ", ";
            append(out, model, model.shape(shape.element.shape), value[i]);
        }
        out += ']';
    } else if (value.IsObject() && shape.type == Type::map) {
        out += '{';
        bool first = true;
        for (const auto& entry : value.GetObject()) {
            if (!first) out += ", ";
            first = false;
            out += view(entry.name);
            out += '=';
            append(out, model, model.shape(shape.value.shape), entry.value);
        }
        out += '}';
    } else if (value.IsObject()) {
        appendStructure(out, model, shape, value);
    } else if (value.IsNull()) {
        out += "null";
    } else if (shape.type == Type::blob) {
        out += "java.nio.HeapByteBuffer";  // Differs: AWS adds position, limit and capacity
    } else if (value.IsNumber() && (shape.type == Type::doubleFloating || shape.type == Type::floating)) {
        out += javaDouble(value.GetDouble());
    } else {
        out += scalarToText(shape.type, TimeFormat::byProtocol, value);
    }
}

}  // namespace

std::string javaText(const Model& model, const Shape& shape, const Json& value) {
    std::string out;
    append(out, model, shape, value);
    return out;
}

std::string javaNumber(bool decimal, double value) {
    return decimal ? javaDouble(value) : std::to_string(static_cast<std::int64_t>(value));
}

std::string lowerFirst(std::string_view name) {
    std::string out(name);
    if (!out.empty() && out.front() >= 'A' && out.front() <= 'Z') out.front() = static_cast<char>(out.front() + 32);
    return out;
}

std::vector<std::string_view> javaOrder(const std::vector<std::string_view>& values) {
    std::vector<std::string_view> ordered(values.rbegin(), values.rend());
    std::stable_sort(ordered.begin(), ordered.end(),
                     [](std::string_view a, std::string_view b) { return (javaHash(a) & 31) < (javaHash(b) & 31); });
    return ordered;
}

}  // namespace backlot::wire
