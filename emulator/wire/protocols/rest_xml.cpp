// REST with XML bodies.  Source: Smithy, "AWS restXml protocol".

#include <algorithm>

#include "emulator/wire/error_names.h"
#include "emulator/wire/protocols/rest.h"
#include "emulator/wire/protocols/xml_values.h"

namespace backlot::wire {
namespace {

bool recogniseRestXml(Recognition& recognition) { return recogniseRest(recognition, kRestXml); }

Json decodeRestXml(const Target& target, const Request& request, std::string_view body) {
    return decodeRest(target, request, body, decodeXml);
}

/// The root element that the service names itself; empty where the model does.
std::string_view namedRoot(const Target& target) {
    for (const auto& [operation, root] : target.description->rest.xmlRoots)
        if (operation == target.operation) return root;
    return {};
}

std::string writeXmlBody(const Target& target, const Shape& output, const Json& result) {
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
    writeXml(xml, *target.model, body, *value, XmlNames::wire);
    xml.close(root);
    return xml.take();
}

Response encodeRestXml(const Target& target, const Json& result, std::string_view requestId) {
    Response response = encodeRest(target, result, writeXmlBody, "application/xml");
    response.headers.add("x-amz-request-id", requestId);
    return response;
}

bool hasMember(const Shape& shape, std::string_view name) {
    return std::any_of(shape.members.begin(), shape.members.end(),
                       [&](const auto& member) { return member.name == name; });
}

Response restXmlError(const Target& target, const AwsError& error, std::string_view requestId) {
    const Named name = named(target, error);
    Response response{.status = statusOf(name, error, true)};
    XmlWriter xml;
    xml.raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    const bool wrapped = target.description->rest.errorEnvelope;
    if (wrapped) xml.open("ErrorResponse", target.model ? target.model->xmlNamespace : std::string_view());
    xml.open("Error");
    if (wrapped) xml.element("Type", response.status >= 500 ? "Receiver" : "Sender");
    xml.element("Code", name.queryCode);
    if (!error.message().empty()) xml.element("Message", error.message());
    if (error.extra() && name.shape) {
        writeXml(xml, *target.model, *name.shape, *error.extra(), XmlNames::wire);
        writeHeaders(target, *name.shape, *error.extra(), response);
    }
    if (error.extra() && error.extra()->IsObject())  // S3 says more than its model does
        for (const auto& member : error.extra()->GetObject())
            if (member.value.IsString() && !(name.shape && hasMember(*name.shape, view(member.name))))
                xml.element(view(member.name), view(member.value));
    if (!wrapped) xml.element("RequestId", requestId);
    xml.close("Error");
    if (wrapped) {
        xml.element("RequestId", requestId);
        xml.close("ErrorResponse");
    }
    response.headers.add("x-amz-request-id", requestId);
    response.headers.add("Content-Type", "application/xml");
    response.body = xml.take();
    return response;
}

AwsError signatureFaultInRestXml(const Request&, std::string_view, const std::string&) {
    return {"AccessDenied", "Access Denied", 403};
}

}  // namespace

const Protocol kRestXml{
    .name = "rest-xml",
    .recognise = recogniseRestXml,
    .decode = decodeRestXml,
    .encode = encodeRestXml,
    .encodeError = restXmlError,
    .signatureFault = signatureFaultInRestXml,
    .malformed = {"MalformedXML", 400},
    .unknownOperation = {"MethodNotAllowed", 405, "The specified method is not allowed against this resource."},
    .wrongSignature = {"SignatureDoesNotMatch", 403},
    .unknownAccessKey = {"InvalidAccessKeyId", 403,
                         "The AWS Access Key Id you provided does not exist in our records."}};

}  // namespace backlot::wire
