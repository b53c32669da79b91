#include "emulator/services/dynamodb/item_codec.h"

#include <algorithm>
#include <vector>

#include "emulator/base/base64.h"
#include "emulator/services/dynamodb/errors.h"
#include "emulator/services/dynamodb/number.h"

namespace backlot::dynamodb {
namespace {

/// No item that may be kept (400 KB) takes as much when it is encoded, however small its parts: what is larger is
/// refused before millions of values are read.
constexpr std::size_t kFarTooLargeBytes = 1024 * 1024;

void requireInReach(std::size_t bytes) {
    if (bytes > kFarTooLargeBytes) throw validation("Item size has exceeded the maximum allowed size");
}

void encodeContent(Type type, const Json& content, std::string& out, int depth);

AwsError nestedTooDeep() {
    return validation(
        "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported "
        "limit");
}

/// `rest`: what lies in a map or in a list, `depth` levels down.
void requireNesting(std::string_view rest, bool map, int depth) {
    while (!rest.empty()) {
        if (depth > kNestingLimit) throw nestedTooDeep();
        const auto value = map ? takeAttribute(rest).value : takeValue(rest);
        if (value.type == Type::M || value.type == Type::L)
            requireNesting(value.payload, value.type == Type::M, depth + 1);
    }
}

/// true and false, or the words that AWS takes for them: "true", "yes", "1".
bool truthOf(const Json& content) {
    if (content.IsBool()) return content.GetBool();
    return content.IsString() && (view(content) == "true" || view(content) == "yes" || view(content) == "1");
}

std::string decodedBinary(const Json& text) {
    auto bytes = base64Decode(view(text));
    if (!bytes) throw AwsError("SerializationException", "only base-64-encoded strings are convertible to bytes");
    return std::move(*bytes);
}

std::string joinedElements(const Json& set) {
    std::string out;
    for (const auto& element : set.GetArray()) {
        if (!out.empty()) out += ", ";
        out += view(element);
    }
    return "[" + out + "]";
}

void encodeSet(const Json& set, Type type, std::string& out) {
    if (set.Empty())
        throw invalidParameter(type == Type::BS ? "Binary sets should not be empty"
                                                : "An " + std::string(type == Type::SS ? "string" : "number") +
                                                      " set  may not be empty");
    if (std::any_of(set.Begin(), set.End(), [](const Json& element) { return element.IsNull(); }))
        throw invalidParameter(type == Type::BS ? "Binary sets may not contain null or empty values"
                                                : "An " + std::string(type == Type::SS ? "string" : "number") +
                                                      " set  may not have a null " +
                                                      (type == Type::SS ? "string" : "number") + " as a member");
    requireInReach(set.Size() * std::size_t(2));  // an element counts a byte at least
    std::vector<std::string> elements;
    elements.reserve(set.Size());
    for (const auto& element : set.GetArray()) {
        if (type == Type::SS)
            elements.emplace_back(view(element));
        else if (type == Type::NS)
            elements.push_back(Number::parse(view(element)).key());
        else
            elements.push_back(decodedBinary(element));
    }
    std::sort(elements.begin(), elements.end());
    if (std::adjacent_find(elements.begin(), elements.end()) != elements.end()) {
        if (type == Type::NS) throw validation("Input collection contains duplicates");
        throw invalidParameter("Input collection " + joinedElements(set) + (type == Type::BS ? "of type BS" : "") +
                               " contains duplicates.");
    }
    const auto begun = beginContainer(out, type);
    for (const auto& element : elements) appendElement(out, type, element);
    endContainer(out, begun);
}

/// The members sorted by name, which JSON has made distinct.
void encodeMembers(const Json& members, std::string& out, int depth) {
    requireInReach(members.MemberCount() * std::size_t(7));  // names are distinct: many have three letters
    std::vector<const Json::Member*> sorted;
    sorted.reserve(members.MemberCount());
    bool inOrder = true;
    for (const auto& member : members.GetObject()) {
        inOrder = inOrder && (sorted.empty() || view(sorted.back()->name) < view(member.name));
        sorted.push_back(&member);
    }
    if (!inOrder)
        std::sort(sorted.begin(), sorted.end(),
                  [](const auto* a, const auto* b) { return view(a->name) < view(b->name); });
    for (const auto* member : sorted) {
        requireInReach(out.size());
        appendName(out, view(member->name));
        encodeValue(member->value, out, depth);
    }
}

/// Tells a handler of JSON events what an item holds.
template <typename Handler>
class Teller {
public:
    explicit Teller(Handler& handler) : handler_(handler) {}

    void members(std::string_view item) {
        handler_.StartObject();
        rapidjson::SizeType count = 0;
        for (; !item.empty(); ++count) {
            const auto attribute = takeAttribute(item);
            key(attribute.name);
            value(attribute.value);
        }
        handler_.EndObject(count);
    }
    /// {"S": "x"}
    void value(const ValueView& value) {
        handler_.StartObject();
        key(nameOf(value.type));
        content(value);
        handler_.EndObject(1);
    }

private:
    void content(const ValueView& value) {
        auto rest = value.payload;
        rapidjson::SizeType count = 0;
        switch (value.type) {
            case Type::BOOL: handler_.Bool(value.boolean()); return;
            case Type::NULL_: handler_.Bool(true); return;
            case Type::M: members(rest); return;
            case Type::L:
                handler_.StartArray();
                for (; !rest.empty(); ++count) this->value(takeValue(rest));
                handler_.EndArray(count);
                return;
            case Type::SS:
            case Type::NS:
            case Type::BS:
                handler_.StartArray();
                for (; !rest.empty(); ++count) scalar(elementTypeOf(value.type), takeElement(value.type, rest));
                handler_.EndArray(count);
                return;
            default: scalar(value.type, rest);
        }
    }
    void scalar(Type type, std::string_view payload) {
        if (type == Type::S)
            text(payload);
        else
            text(type == Type::N ? Number::fromKey(payload).text() : base64Encode(payload));
    }
    void text(std::string_view text) {
        handler_.String(text.data(), static_cast<rapidjson::SizeType>(text.size()), true);
    }
    void key(std::string_view name) { handler_.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()), true); }

    Handler& handler_;
};

}  // namespace

void encodeValue(const Json& value, std::string& out, int depth) {
    if (depth > kNestingLimit) throw nestedTooDeep();
    const Json::Member* only = nullptr;
    bool several = false;
    if (value.IsObject()) {
        for (const auto& member : value.GetObject()) {
            if (member.value.IsNull() || !typeNamed(view(member.name))) continue;
            several = several || only;
            if (!only) only = &member;
        }
    }
    if (!only)
        throw validation("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
    if (several) {
        // AWS reads every type that is set before it counts them.
        for (const auto& member : value.GetObject()) {
            if (member.value.IsNull() || !typeNamed(view(member.name))) continue;
            std::string scratch;
            encodeContent(*typeNamed(view(member.name)), member.value, scratch, depth);
        }
        throw validation(
            "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported "
            "datatypes");
    }
    encodeContent(*typeNamed(view(only->name)), only->value, out, depth);
}

namespace {

void encodeContent(Type type, const Json& content, std::string& out, int depth) {
    switch (type) {
        case Type::S: return appendScalar(out, type, view(content));
        case Type::N: return appendScalar(out, type, Number::parse(view(content)).key());
        case Type::B: return appendScalar(out, type, decodedBinary(content));
        case Type::BOOL: return appendBoolean(out, truthOf(content));
        case Type::NULL_:
            if (!truthOf(content)) throw invalidParameter("Null attribute value types must have the value of true");
            return appendScalar(out, type, {});
        case Type::SS:
        case Type::NS:
        case Type::BS: return encodeSet(content, type, out);
        case Type::L: {
            const auto begun = beginContainer(out, type);
            for (const auto& element : content.GetArray()) {
                requireInReach(out.size());
                encodeValue(element, out, depth + 1);
            }
            return endContainer(out, begun);
        }
        case Type::M: {
            const auto begun = beginContainer(out, type);
            encodeMembers(content, out, depth + 1);
            return endContainer(out, begun);
        }
    }
}

}  // namespace

std::string encodeItem(const Json& attributes) {
    std::string out;
    out.reserve(256);
    encodeMembers(attributes, out, 1);
    return out;
}

void requireNesting(std::string_view item) { requireNesting(item, true, 1); }

Json toJson(const ValueView& value) {
    return built([&](auto& handler) { Teller(handler).value(value); });
}

Json itemToJson(std::string_view item) {
    return built([&](auto& handler) { Teller(handler).members(item); });
}

}  // namespace backlot::dynamodb
