#include "emulator/wire/protocols/xml_values.h"

#include "emulator/wire/refuse.h"
#include "emulator/wire/values.h"

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
        refuseSerialization(
            target_, "The XML you provided was not well-formed or did not validate against our published schema");
    }

    const Target& target_;
    const Model& model_;
};

class Body {
public:
    Body(XmlWriter& xml, const Model& model, XmlNames names)
        : xml_(xml), model_(model), query_(names == XmlNames::query) {}

    void structure(const Shape& shape, const Json& value) {
        if (!value.IsObject()) return;
        for (const auto& member : shape.members)
            if (member.xmlAttribute)
                if (const Json* found = find(value, member.name))
                    xml_.attribute(member.wireName, scalar(member, *found));
        for (const auto& member : shape.members) {
            if (member.xmlAttribute || member.location != Location::body) continue;
            const Json* found = find(value, member.name);
            if (found && !found->IsNull()) field(member, nameOf(member), *found, member.flattened);
        }
    }

private:
    std::string_view nameOf(const Reference& reference) const {
        return query_ ? reference.queryName : reference.wireName;
    }
    std::string_view nameOf(const Reference& reference, std::string_view otherwise) const {
        return nameOf(reference).empty() ? otherwise : nameOf(reference);
    }

    /// One member or element under its name; flattened lists and maps repeat the name.
    void field(const Reference& reference, std::string_view name, const Json& value, bool flattened) {
        const Shape& shape = model_.shape(reference.shape);
        if (flattened && shape.type == Type::list && value.IsArray()) {
            // A service that has left Query for JSON names a flattened list's entries after the element, not after
            // the member.
            const auto entryName = query_ && model_.queryCompatible ? nameOf(shape.element, name) : name;
            for (const auto& element : value.GetArray())
                field(shape.element, entryName, element, shape.element.flattened);
            return;
        }
        if (flattened && shape.type == Type::map && value.IsObject()) {
            for (const auto& entry : value.GetObject()) mapEntry(shape, name, entry.name, entry.value, reference);
            return;
        }
        xml_.open(name, reference.xmlNamespace, reference.xmlPrefix);
        content(reference, shape, value);
        xml_.close(name);
    }

    void content(const Reference& reference, const Shape& shape, const Json& value) {
        if (shape.type == Type::structure) {
            structure(shape, value);
        } else if (shape.type == Type::list) {
            if (!value.IsArray()) return;
            for (const auto& element : value.GetArray())
                field(shape.element, nameOf(shape.element, "member"), element, shape.element.flattened);
        } else if (shape.type == Type::map) {
            if (!value.IsObject()) return;
            for (const auto& entry : value.GetObject()) mapEntry(shape, "entry", entry.name, entry.value, Reference{});
        } else {
            xml_.text(scalar(reference, value));
        }
    }

    void mapEntry(const Shape& shape, std::string_view name, const Json& key, const Json& value,
                  const Reference& reference) {
        xml_.open(name, reference.xmlNamespace, reference.xmlPrefix);
        field(shape.key, nameOf(shape.key, "key"), key, false);
        field(shape.value, nameOf(shape.value, "value"), value, shape.value.flattened);
        xml_.close(name);
    }

    std::string scalar(const Reference& reference, const Json& value) const {
        return scalarToText(model_.shape(reference.shape).type, reference.timeFormat, value);
    }

    XmlWriter& xml_;
    const Model& model_;
    const bool query_;
};

}  // namespace

Json decodeXml(const Target& target, std::uint16_t shape, std::string_view body) {
    const auto root = parseXml(body);
    if (!root)
        refuseSerialization(
            target, "The XML you provided was not well-formed or did not validate against our published schema");
    return XmlReader(target).structure(target.model->shape(shape), *root);
}

void writeXml(XmlWriter& xml, const Model& model, const Shape& structure, const Json& value, XmlNames names) {
    Body(xml, model, names).structure(structure, value);
}

}  // namespace backlot::wire
