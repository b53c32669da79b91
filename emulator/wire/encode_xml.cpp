#include "emulator/wire/encode.h"
#include "emulator/wire/model.h"
#include "emulator/wire/values.h"

namespace backlot::wire {
namespace {

class Body {
public:
    Body(XmlWriter& xml, const Target& target) : xml_(xml), model_(*target.model), query_(target.protocol == Protocol::query) {}

    void structure(const Shape& shape, const Json& value) {
        if (!value.IsObject()) return;
        for (const auto& member : shape.members)
            if (member.xmlAttribute)
                if (const Json* found = find(value, member.name)) xml_.attribute(member.wireName, scalar(member, *found));
        for (const auto& member : shape.members) {
            if (member.xmlAttribute || member.location != Location::body) continue;
            const Json* found = find(value, member.name);
            if (found && !found->IsNull()) field(member, nameOf(member), *found, member.flattened);
        }
    }

private:
    std::string_view nameOf(const Reference& reference) const { return query_ ? reference.queryName : reference.wireName; }
    std::string_view nameOf(const Reference& reference, std::string_view otherwise) const {
        return nameOf(reference).empty() ? otherwise : nameOf(reference);
    }

    /// One member or element under its name; flattened lists and maps repeat the name.
    void field(const Reference& reference, std::string_view name, const Json& value, bool flattened) {
        const Shape& shape = model_.shape(reference.shape);
        if (flattened && shape.type == Type::list && value.IsArray()) {
            // A service that has left Query for JSON names a flattened list's entries after the element, not after the member.
            const auto entryName = query_ && model_.queryCompatible ? nameOf(shape.element, name) : name;
            for (const auto& element : value.GetArray()) field(shape.element, entryName, element, shape.element.flattened);
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
            for (const auto& element : value.GetArray()) field(shape.element, nameOf(shape.element, "member"), element, shape.element.flattened);
        } else if (shape.type == Type::map) {
            if (!value.IsObject()) return;
            for (const auto& entry : value.GetObject()) mapEntry(shape, "entry", entry.name, entry.value, Reference{});
        } else {
            xml_.text(scalar(reference, value));
        }
    }

    void mapEntry(const Shape& shape, std::string_view name, const Json& key, const Json& value, const Reference& reference) {
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

void writeXml(XmlWriter& xml, const Target& target, const Shape& structure, const Json& value) { Body(xml, target).structure(structure, value); }

Response encodeQuery(const Target& target, const Json& result, std::string_view requestId) {
    XmlWriter xml;
    if (target.description->query.declaration) xml.raw("<?xml version=\"1.0\"?>");
    const std::string root = std::string(target.operation) + "Response";
    xml.open(root, target.model->xmlNamespace);
    if (target.modelled && target.modelled->output) {
        const std::string wrapper =
            target.modelled->resultWrapper.empty() ? std::string(target.operation) + "Result" : std::string(target.modelled->resultWrapper);
        xml.open(wrapper);
        writeXml(xml, target, target.model->shape(*target.modelled->output), result);
        xml.close(wrapper);
    }
    xml.open("ResponseMetadata");
    xml.element("RequestId", requestId);
    xml.close("ResponseMetadata");
    xml.close(root);
    Response response;
    response.headers.add("x-amzn-RequestId", requestId);
    response.headers.add("Content-Type", "text/xml");
    response.body = xml.take();
    return response;
}

}  // namespace backlot::wire
