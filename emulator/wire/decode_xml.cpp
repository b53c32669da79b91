#include "emulator/wire/decode.h"
#include "emulator/wire/model.h"
#include "emulator/wire/values.h"
#include "emulator/wire/xml.h"

namespace backlot::wire {
namespace {

rapidjson::CrtAllocator crt;

class XmlReader {
public:
    explicit XmlReader(const Target& target) : target_(target), model_(*target.model) {}

    Json structure(const Shape& shape, const XmlElement& element) const {
        Json result(rapidjson::kObjectType);
        for (const auto& member : shape.members) {
            if (member.location != Location::body) continue;
            if (member.xmlAttribute) {
                for (const auto& [name, value] : element.attributes)
                    if (name == member.wireName) result.AddMember(str(member.name), scalar(member, value), crt);
                continue;
            }
            const Shape& target = model_.shape(member.shape);
            if (member.flattened && target.type == Type::list) {
                Json list(rapidjson::kArrayType);
                for (const auto& child : element.children)
                    if (child.name == member.wireName) list.PushBack(value(target.element, child), crt);
                if (!list.Empty()) result.AddMember(str(member.name), std::move(list), crt);
            } else if (member.flattened && target.type == Type::map) {
                Json map(rapidjson::kObjectType);
                for (const auto& child : element.children)
                    if (child.name == member.wireName) addEntry(map, target, child);
                if (!map.ObjectEmpty()) result.AddMember(str(member.name), std::move(map), crt);
            } else if (const XmlElement* child = element.child(member.wireName)) {
                result.AddMember(str(member.name), value(member, *child), crt);
            }
        }
        return result;
    }

    Json value(const Reference& reference, const XmlElement& element) const {
        const Shape& shape = model_.shape(reference.shape);
        switch (shape.type) {
            case Type::structure: return structure(shape, element);
            case Type::list: {
                const std::string_view name = shape.element.wireName.empty() ? "member" : shape.element.wireName;
                Json list(rapidjson::kArrayType);
                for (const auto& child : element.children)
                    if (child.name == name) list.PushBack(value(shape.element, child), crt);
                return list;
            }
            case Type::map: {
                Json map(rapidjson::kObjectType);
                for (const auto& child : element.children)
                    if (child.name == "entry") addEntry(map, shape, child);
                return map;
            }
            default: return scalar(reference, element.text);
        }
    }

private:
    void addEntry(Json& map, const Shape& shape, const XmlElement& entry) const {
        const XmlElement* key = entry.child(shape.key.wireName.empty() ? "key" : shape.key.wireName);
        const XmlElement* mapped = entry.child(shape.value.wireName.empty() ? "value" : shape.value.wireName);
        if (!key || !mapped) malformed();
        set(map, key->text, value(shape.value, *mapped));
    }

    Json scalar(const Reference& reference, std::string_view text) const {
        auto value = scalarFromText(model_.shape(reference.shape).type, reference.timeFormat, text);
        if (!value) malformed();
        return std::move(*value);
    }

    [[noreturn]] void malformed() const {
        refuseSerialization(target_, "The XML you provided was not well-formed or did not validate against our published schema");
    }

    const Target& target_;
    const Model& model_;
};

}  // namespace

Json decodeXml(const Target& target, std::uint16_t shape, std::string_view body) {
    const auto root = parseXml(body);
    if (!root)
        refuseSerialization(target, "The XML you provided was not well-formed or did not validate against our published schema");
    return XmlReader(target).structure(target.model->shape(shape), *root);
}

}  // namespace backlot::wire
