#include <algorithm>
#include <array>

#include "emulator/wire/encode.h"
#include "emulator/wire/model.h"
#include "emulator/wire/translate.h"

namespace backlot::wire {
namespace {

using namespace std::literals;

bool isFramework(std::string_view code) {
    static constexpr std::array kCodes{
        "SerializationException"sv, "UnknownOperationException"sv, "UnrecognizedClientException"sv, "MissingAuthenticationTokenException"sv,
        "IncompleteSignatureException"sv, "InvalidSignatureException"sv, "AccessDeniedException"sv, "ExpiredTokenException"sv,
        "InternalFailure"sv, "ServiceUnavailableException"sv, "RequestEntityTooLargeException"sv};
    return std::find(kCodes.begin(), kCodes.end(), code) != kCodes.end();
}

/// An error by both its names: the exception in JSON protocols, the code in Query.
struct Named {
    std::string type, queryCode;
    const Shape* shape = nullptr;   // where the model has it
};

Named named(const Target& target, const AwsError& error) {
    Named result{error.code(), error.code()};
    if (!target.model) return result;
    result.shape = target.model->exception(error.code());
    if (result.shape) {
        result.type = result.shape->name;
        result.queryCode = result.shape->errorCode.empty() ? result.shape->name : result.shape->errorCode;
    } else {
        for (const auto& name : target.description->errorNames)
            if (error.code() == name.exception || error.code() == name.queryCode) return {std::string(name.exception), std::string(name.queryCode)};
    }
    return result;
}

int statusOf(const Target& target, const Named& name, const AwsError& error) {
    if (!name.shape || error.httpStatus() != 400) return error.httpStatus();   // 400 is the default: the service said nothing else
    if (name.shape->errorStatus && (target.protocol != Protocol::json || target.description->json.modelledStatus)) return name.shape->errorStatus;
    return name.shape->fault ? 500 : 400;
}

std::string_view messageMember(const Shape* shape, std::string_view otherwise) {
    if (shape)
        for (const auto& member : shape->members)
            if (equalIgnoringCase(member.name, "message")) return member.wireName;
    return otherwise;
}

void addExtra(Json& body, const AwsError& error) {
    if (!error.extra() || !error.extra()->IsObject()) return;
    for (const auto& member : error.extra()->GetObject()) set(body, view(member.name), copy(member.value));
}

/// What stands in front of an error's name in `__type`.
std::string_view namespaceOf(const JsonManners& manners, const Named& name) {
    if (manners.errorNamespace.empty()) return {};
    if (!name.shape && isFramework(name.type)) return "com.amazon.coral.service#";
    if (name.type == "ValidationException" && !manners.validationNamespace.empty()) return manners.validationNamespace;
    return manners.errorNamespace;
}

Response jsonError(const Target& target, const AwsError& error, std::string_view requestId) {
    const Named name = named(target, error);
    Json body = object({{"__type", std::string(namespaceOf(target.description->json, name)) + name.type}});
    const bool capital = !name.shape && (name.type == "SerializationException" || name.type == "AccessDeniedException");
    if (!error.message().empty()) set(body, messageMember(name.shape, capital ? "Message" : "message"), error.message());
    addExtra(body, error);

    Response response{.status = statusOf(target, name, error)};
    response.headers.add("x-amzn-RequestId", requestId);
    if (target.model && target.model->queryCompatible)
        response.headers.add("x-amzn-query-error", name.queryCode + (response.status >= 500 ? ";Receiver" : ";Sender"));
    response.headers.add("Content-Type", target.contentType.empty() ? "application/x-amz-json-1.0" : target.contentType);
    response.body = writeJson(body);
    finish(target, response);
    return response;
}

Response queryError(const Target& target, const AwsError& error, std::string_view requestId) {
    const Named name = named(target, error);
    Response response{.status = statusOf(target, name, error)};
    const QueryManners& manners = target.description->query;
    std::string message = error.message();
    for (const auto& wording : manners.wordings)
        if (name.type == wording.exception && message == wording.message) message = wording.inQuery;
    XmlWriter xml;
    if (manners.declaration) xml.raw("<?xml version=\"1.0\"?>");
    xml.open("ErrorResponse", target.model && !target.model->xmlNamespace.empty() ? target.model->xmlNamespace
                                                                                  : "http://webservices.amazon.com/AWSFault/2005-15-09");
    xml.open("Error");
    xml.element("Type", response.status >= 500 ? "Receiver" : "Sender");
    xml.element("Code", name.queryCode);
    if (!message.empty()) xml.element("Message", message);
    if (name.shape && error.extra()) writeXml(xml, target, *name.shape, *error.extra());
    if (manners.errorDetail && name.type.find("Batch") == std::string::npos) xml.raw("<Detail/>");
    xml.close("Error");
    xml.element("RequestId", requestId);
    xml.close("ErrorResponse");
    response.headers.add("x-amzn-RequestId", requestId);
    response.headers.add("Content-Type", "text/xml");
    response.body = xml.take();
    return response;
}

Response restJsonError(const Target& target, const AwsError& error, std::string_view requestId) {
    const Named name = named(target, error);
    Response response{.status = statusOf(target, name, error)};
    Json body = object();
    // Some services' exceptions say whose fault they are.
    if (name.shape && name.shape->member("Type")) set(body, "Type", response.status >= 500 ? "Service" : "User");
    const bool capital = !name.shape && (name.type == "SerializationException" || name.type == "UnknownOperationException");
    if (!error.message().empty()) set(body, messageMember(name.shape, capital ? "Message" : "message"), error.message());
    response.headers.add("x-amzn-RequestId", requestId);
    response.headers.add("x-amzn-ErrorType", name.type);
    if (error.extra() && name.shape) {
        const auto index = static_cast<std::uint16_t>(name.shape - &target.model->shape(0));
        const Json extra = toWire(*target.model, index, *error.extra());
        for (const auto& member : extra.GetObject()) set(body, view(member.name), copy(member.value));
        writeHeaders(target, *name.shape, *error.extra(), response);
    } else {
        addExtra(body, error);
    }
    response.headers.add("Content-Type", "application/json");
    response.body = writeJson(body);
    return response;
}

Response restXmlError(const Target& target, const AwsError& error, std::string_view requestId) {
    const Named name = named(target, error);
    Response response{.status = statusOf(target, name, error)};
    XmlWriter xml;
    xml.raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    const bool wrapped = target.description->rest.errorEnvelope;
    if (wrapped) xml.open("ErrorResponse", target.model ? target.model->xmlNamespace : std::string_view());
    xml.open("Error");
    if (wrapped) xml.element("Type", response.status >= 500 ? "Receiver" : "Sender");
    xml.element("Code", name.queryCode);
    if (!error.message().empty()) xml.element("Message", error.message());
    if (error.extra() && name.shape) {
        writeXml(xml, target, *name.shape, *error.extra());
        writeHeaders(target, *name.shape, *error.extra(), response);
    } else if (error.extra() && error.extra()->IsObject()) {
        for (const auto& member : error.extra()->GetObject())
            if (member.value.IsString()) xml.element(view(member.name), view(member.value));
    }
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

}  // namespace

Response encodeError(const Target& target, const AwsError& error, std::string_view requestId) {
    switch (target.protocol) {
        case Protocol::json: return jsonError(target, error, requestId);
        case Protocol::query: return queryError(target, error, requestId);
        case Protocol::restJson: return restJsonError(target, error, requestId);
        case Protocol::restXml: return restXmlError(target, error, requestId);
    }
    return {};
}

Response encodeRefusal(const Refusal& refusal, std::string_view requestId) {
    if (!refusal.response()) return encodeError(refusal.target(), refusal, requestId);
    Response response = *refusal.response();
    response.headers.add("x-amzn-RequestId", requestId);
    finish(refusal.target(), response);
    return response;
}

}  // namespace backlot::wire
