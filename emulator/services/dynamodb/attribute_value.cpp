#include "emulator/services/dynamodb/attribute_value.h"

#include <array>
#include <cstring>

#include "emulator/base/base64.h"
#include "emulator/services/dynamodb/number.h"

namespace backlot::dynamodb {
namespace {

constexpr std::array<std::string_view, 10> kNames = {"S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", "L", "M"};
constexpr std::array<std::string_view, 10> kLongNames = {"STRING",     "NUMBER",     "BINARY",     "BOOLEAN", "NULL",
                                                         "STRING_SET", "NUMBER_SET", "BINARY_SET", "LIST",    "MAP"};
constexpr std::size_t kContainerHead = 5;  // type byte and size

void appendVarint(std::string& out, std::size_t value) {
    for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
    out += static_cast<char>(value);
}

std::size_t takeVarint(std::string_view& rest) {
    std::size_t value = 0;
    std::size_t i = 0;
    for (int shift = 0;; shift += 7) {
        const auto byte = static_cast<unsigned char>(rest[i++]);
        value |= std::size_t(byte & 0x7F) << shift;
        if (byte < 0x80) break;
    }
    rest.remove_prefix(i);
    return value;
}

std::string_view take(std::string_view& rest, std::size_t size) {
    const auto taken = rest.substr(0, size);
    rest.remove_prefix(size);
    return taken;
}

std::string_view takeSized(std::string_view& rest) {
    const auto size = takeVarint(rest);
    return take(rest, size);
}

}  // namespace

std::string_view nameOf(Type type) { return kNames[static_cast<std::size_t>(type)]; }
std::string_view longNameOf(Type type) { return kLongNames[static_cast<std::size_t>(type)]; }

std::optional<Type> typeNamed(std::string_view name) {
    for (std::size_t i = 0; i < kNames.size(); ++i)
        if (kNames[i] == name) return static_cast<Type>(i);
    return std::nullopt;
}

Type elementTypeOf(Type set) { return set == Type::SS ? Type::S : set == Type::NS ? Type::N : Type::B; }

ValueView takeValue(std::string_view& rest) {
    const std::string_view whole = rest;
    ValueView value;
    value.type = static_cast<Type>(rest[0]);
    rest.remove_prefix(1);
    switch (value.type) {
        case Type::S:
        case Type::B: value.payload = takeSized(rest); break;
        case Type::N: {
            const auto size = static_cast<unsigned char>(rest[0]);
            rest.remove_prefix(1);
            value.payload = take(rest, size);
            break;
        }
        case Type::BOOL: value.payload = take(rest, 1); break;
        case Type::NULL_: break;
        default: {
            std::uint32_t size;
            std::memcpy(&size, rest.data(), sizeof size);
            rest.remove_prefix(sizeof size);
            value.payload = take(rest, size);
        }
    }
    value.bytes = whole.substr(0, whole.size() - rest.size());
    return value;
}

Attribute takeAttribute(std::string_view& rest) {
    const auto name = takeSized(rest);
    return {name, takeValue(rest)};
}

std::string_view takeElement(Type set, std::string_view& rest) {
    if (set != Type::NS) return takeSized(rest);
    const auto size = static_cast<unsigned char>(rest[0]);
    rest.remove_prefix(1);
    return take(rest, size);
}

ValueView viewOf(std::string_view encoded) { return takeValue(encoded); }

std::optional<ValueView> findAttribute(std::string_view item, std::string_view name) {
    while (!item.empty()) {
        const auto attribute = takeAttribute(item);
        const int order = attribute.name.compare(name);
        if (order == 0) return attribute.value;
        if (order > 0) break;  // names are sorted
    }
    return std::nullopt;
}

std::optional<ValueView> elementAt(std::string_view list, std::size_t index) {
    while (!list.empty()) {
        const auto value = takeValue(list);
        if (index-- == 0) return value;
    }
    return std::nullopt;
}

std::size_t countElements(const ValueView& container) {
    std::size_t count = 0;
    for (auto rest = container.payload; !rest.empty(); ++count) {
        if (container.type == Type::M)
            takeAttribute(rest);
        else if (container.type == Type::L)
            takeValue(rest);
        else
            takeElement(container.type, rest);
    }
    return count;
}

bool setContains(const ValueView& set, std::string_view element) {
    for (auto rest = set.payload; !rest.empty();)
        if (takeElement(set.type, rest) == element) return true;
    return false;
}

void appendName(std::string& out, std::string_view name) {
    appendVarint(out, name.size());
    out += name;
}

void appendScalar(std::string& out, Type type, std::string_view payload) {
    out += static_cast<char>(type);
    if (type == Type::N)
        out += static_cast<char>(payload.size());
    else if (type != Type::NULL_ && type != Type::BOOL)
        appendVarint(out, payload.size());
    out += payload;
}

void appendBoolean(std::string& out, bool value) {
    out += static_cast<char>(Type::BOOL);
    out += value ? '\1' : '\0';
}

void appendElement(std::string& out, Type set, std::string_view element) {
    if (set == Type::NS)
        out += static_cast<char>(element.size());
    else
        appendVarint(out, element.size());
    out += element;
}

std::size_t beginContainer(std::string& out, Type type) {
    const auto begun = out.size();
    out += static_cast<char>(type);
    out.append(kContainerHead - 1, '\0');
    return begun;
}

void endContainer(std::string& out, std::size_t begun) {
    const auto size = static_cast<std::uint32_t>(out.size() - begun - kContainerHead);
    std::memcpy(out.data() + begun + 1, &size, sizeof size);
}

std::size_t sizeOfItem(std::string_view item) {
    std::size_t size = 0;
    while (!item.empty()) {
        const auto attribute = takeAttribute(item);
        size += attribute.name.size() + sizeOfValue(attribute.value);
    }
    return size;
}

std::size_t sizeOfValue(const ValueView& value) {
    std::size_t size = 0;
    auto rest = value.payload;
    switch (value.type) {
        case Type::S:
        case Type::B:
        case Type::N: return rest.size();  // a number's key is one byte for two digits and one for the exponent
        case Type::BOOL:
        case Type::NULL_: return 1;
        case Type::SS:
        case Type::NS:
        case Type::BS:
            while (!rest.empty()) size += takeElement(value.type, rest).size();
            return size;
        case Type::L:
            for (size = 3; !rest.empty(); ++size) size += sizeOfValue(takeValue(rest));
            return size;
        case Type::M:
            for (size = 3; !rest.empty(); ++size) {
                const auto attribute = takeAttribute(rest);
                size += attribute.name.size() + sizeOfValue(attribute.value);
            }
            return size;
    }
    return size;
}

std::string printed(const ValueView& value) {
    const auto scalar = [](Type type, std::string_view payload) {
        if (type == Type::N) return Number::fromKey(payload).text();
        return type == Type::B ? base64Encode(payload) : std::string(payload);
    };
    std::string out;
    auto rest = value.payload;
    const auto comma = [&] {
        if (!out.empty()) out += ", ";
    };
    switch (value.type) {
        case Type::BOOL: out = value.boolean() ? "true" : "false"; break;
        case Type::NULL_: out = "true"; break;
        case Type::L:
            while (!rest.empty()) comma(), out += printed(takeValue(rest));
            out = "[" + out + "]";
            break;
        case Type::M:
            while (!rest.empty()) {
                const auto attribute = takeAttribute(rest);
                comma();
                out.append(attribute.name).append("=").append(printed(attribute.value));
            }
            out = "{" + out + "}";
            break;
        case Type::SS:
        case Type::NS:
        case Type::BS:
            while (!rest.empty()) comma(), out += scalar(elementTypeOf(value.type), takeElement(value.type, rest));
            out = "[" + out + "]";
            break;
        default: out = scalar(value.type, rest);
    }
    return "{" + std::string(nameOf(value.type)) + ":" + out + "}";
}

}  // namespace backlot::dynamodb
