#include <algorithm>
#include <cmath>

#include "emulator/wire/encode.h"
#include "emulator/wire/event_stream.h"
#include "emulator/wire/model.h"
#include "emulator/wire/translate.h"
#include "emulator/wire/values.h"

namespace backlot::wire {
namespace {

/// A list in one header field: texts that hold a comma or a quote are quoted.
std::string headerList(const Model& model, const Shape& shape, const Json& value) {
    std::string joined;
    for (const auto& element : value.GetArray()) {
        const Type type = model.shape(shape.element.shape).type;
        const TimeFormat format = shape.element.timeFormat == TimeFormat::byProtocol ? TimeFormat::httpDate : shape.element.timeFormat;
        const std::string text = scalarToText(type, format, element);
        if (!joined.empty()) joined += ", ";
        if (type != Type::string || text.find_first_of(",\"") == std::string::npos) {
            joined += text;
            continue;
        }
        joined += '"';
        for (const char c : text) {
            if (c == '"' || c == '\\') joined += '\\';
            joined += c;
        }
        joined += '"';
    }
    return joined;
}

/// The root element that the service names itself; empty where the model does.
std::string_view namedRoot(const Target& target) {
    for (const auto& [operation, root] : target.description->rest.xmlRoots)
        if (operation == target.operation) return root;
    return {};
}

bool isBytes(const Shape& shape) { return shape.type == Type::blob || shape.type == Type::string; }

/// The payload, or all members that travel in the body; empty where a payload is missing.
std::string jsonBody(const Target& target, const Shape& output, const Json& result) {
    const Json* value = output.payload ? find(result, output.payload->name) : &result;
    if (!value) return {};
    const auto shape = output.payload ? output.payload->shape : *target.modelled->output;
    return value->IsObject() ? writeJson(toWire(*target.model, shape, *value)) : "{}";
}

std::string xmlBody(const Target& target, const Shape& output, const Json& result) {
    const Reference* payload = output.payload;
    const Json* value = payload ? find(result, output.payload->name) : &result;
    if (!value || (!payload && !output.hasBodyMembers)) return {};
    const Shape& body = payload ? target.model->shape(payload->shape) : output;
    // The payload's element has its member's name only where one is given; else the structure's.
    std::string_view root = namedRoot(target);
    if (root.empty() && payload && payload->wireName != output.payload->name) root = payload->wireName;
    if (root.empty()) root = body.xmlName.empty() ? body.name : body.xmlName;
    std::string_view ns = payload && !payload->xmlNamespace.empty() ? payload->xmlNamespace : body.xmlNamespace;
    if (ns.empty()) ns = target.description->rest.xmlNamespace;
    if (ns.empty()) ns = target.model->xmlNamespace;
    XmlWriter xml;
    xml.raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    xml.open(root, ns, payload ? payload->xmlPrefix : body.xmlPrefix);
    writeXml(xml, target, body, *value);
    xml.close(root);
    return xml.take();
}

/// Line breaks would end the field: a value from a user must not add headers of its own.
std::string oneLine(std::string text) {
    std::replace_if(text.begin(), text.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; }, ' ');
    return text;
}

}  // namespace

void writeHeaders(const Target& target, const Shape& shape, const Json& result, Response& response) {
    const Model& model = *target.model;
    for (const auto& member : shape.members) {
        const Json* value = member.location == Location::body ? nullptr : find(result, member.name);
        if (!value || value->IsNull()) continue;
        const Shape& target = model.shape(member.shape);
        if (member.location == Location::statusCode) {
            if (value->IsInt()) response.status = value->GetInt();
        } else if (member.location == Location::headers) {
            if (value->IsObject())
                for (const auto& entry : value->GetObject())
                    if (entry.value.IsString())
                        response.headers.add(oneLine(std::string(member.wireName) + text(entry.name)), oneLine(text(entry.value)));
        } else if (value->IsArray()) {
            if (!value->Empty()) response.headers.add(member.wireName, oneLine(headerList(model, target, *value)));
        } else {
            const TimeFormat format = member.timeFormat == TimeFormat::byProtocol ? TimeFormat::httpDate : member.timeFormat;
            response.headers.add(member.wireName, oneLine(scalarToText(target.type, format, *value)));
        }
    }
}

Response encodeRest(const Target& target, const Json& result, std::string_view requestId) {
    const bool xml = target.protocol == Protocol::restXml;
    Response response{.status = target.modelled ? target.modelled->status : 200};
    response.headers.add(xml ? "x-amz-request-id" : "x-amzn-RequestId", requestId);
    if (!target.modelled || !target.modelled->output) return response;
    const Shape& output = target.model->shape(*target.modelled->output);
    writeHeaders(target, output, result, response);
    std::string_view type;
    if (output.payload && isBytes(target.model->shape(output.payload->shape))) {
        const Json* bytes = find(result, output.payload->name);
        if (bytes && bytes->IsString()) response.body = text(*bytes);
        const bool isText = target.model->shape(output.payload->shape).type == Type::string;
        type = isText ? "text/plain" : target.description->rest.payloadType;
    } else if (output.payload && target.model->shape(output.payload->shape).eventStream) {
        if (const Json* events = find(result, output.payload->name))
            response.body = writeEventStream(*target.model, target.model->shape(output.payload->shape), *events);
        type = "application/vnd.amazon.eventstream";
    } else if (response.status != 204) {
        response.body = xml ? xmlBody(target, output, result) : jsonBody(target, output, result);
        if (!response.body.empty()) type = xml ? "application/xml" : "application/json";
    }
    if (!type.empty() && !response.headers.has("Content-Type")) response.headers.add("Content-Type", type);
    return response;
}

}  // namespace backlot::wire
