#include <algorithm>
#include <array>

#include "emulator/wire/encode.h"
#include "emulator/wire/model.h"
#include "emulator/wire/translate.h"

namespace backlot::wire {
namespace {

using namespace std::literals;

/// Namespaces of `__type` in the services that send one (those of JSON 1.0). Others send the bare name.
std::string_view namespaceOf(std::string_view service) {
    if (service == "dynamodb") return "com.amazonaws.dynamodb.v20120810#";
    if (service == "dynamodbstreams") return "com.amazonaws.dynamodb.v20120810#";
    if (service == "sqs") return "com.amazonaws.sqs#";
    if (service == "states") return "com.amazonaws.swf.service.v2.model#";
    return {};
}

bool isFramework(std::string_view code) {
    static constexpr std::array kCodes{
        "SerializationException"sv, "UnknownOperationException"sv, "UnrecognizedClientException"sv, "MissingAuthenticationTokenException"sv,
        "IncompleteSignatureException"sv, "InvalidSignatureException"sv, "AccessDeniedException"sv, "ExpiredTokenException"sv,
        "InternalFailure"sv, "ServiceUnavailableException"sv, "RequestEntityTooLargeException"sv};
    return std::find(kCodes.begin(), kCodes.end(), code) != kCodes.end();
}

/// SQS errors that its model leaves out: the name in JSON, the code in Query.
struct SqsName {
    std::string_view type, queryCode;
};
constexpr std::array kSqsNames{
    SqsName{"InvalidParameterValueException", "InvalidParameterValue"}, SqsName{"MissingRequiredParameterException", "MissingParameter"},
    SqsName{"AccessDeniedException", "AccessDenied"}, SqsName{"InvalidParameterCombinationException", "InvalidParameterCombination"}};

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
    } else if (target.service == "sqs") {
        for (const auto& name : kSqsNames)
            if (error.code() == name.type || error.code() == name.queryCode) return {std::string(name.type), std::string(name.queryCode)};
    }
    return result;
}

int statusOf(const Target& target, const Named& name, const AwsError& error) {
    if (!name.shape || error.httpStatus() != 400) return error.httpStatus();   // 400 is the default: the service said nothing else
    // JSON services answer 400 whatever their model says, but for SQS.
    if (name.shape->errorStatus && (target.protocol != Protocol::json || target.service == "sqs")) return name.shape->errorStatus;
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

Response jsonError(const Target& target, const AwsError& error, std::string_view requestId) {
    const Named name = named(target, error);
    const bool spoken = !namespaceOf(target.service).empty();
    std::string type;
    if (spoken && !name.shape && isFramework(name.type)) type = "com.amazon.coral.service#";
    else if (spoken && name.type == "ValidationException" && target.service != "states") type = "com.amazon.coral.validate#";
    else type = namespaceOf(target.service);
    Json body = object({{"__type", type + name.type}});
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
    std::string message = error.message();
    // SQS words this one otherwise in Query.
    if (target.service == "sqs" && name.type == "QueueDoesNotExist" && message == "The specified queue does not exist.")
        message = "The specified queue does not exist for this wsdl version.";
    XmlWriter xml;
    if (target.service == "sqs") xml.raw("<?xml version=\"1.0\"?>");
    xml.open("ErrorResponse", target.model && !target.model->xmlNamespace.empty() ? target.model->xmlNamespace
                                                                                  : "http://webservices.amazon.com/AWSFault/2005-15-09");
    xml.open("Error");
    xml.element("Type", response.status >= 500 ? "Receiver" : "Sender");
    xml.element("Code", name.queryCode);
    if (!message.empty()) xml.element("Message", message);
    if (name.shape && error.extra()) writeXml(xml, target, *name.shape, *error.extra());
    if (target.service == "sqs" && name.type.find("Batch") == std::string::npos) xml.raw("<Detail/>");
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
    // Lambda's exceptions say whose fault they are.
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
    const bool wrapped = target.service != "s3";   // S3's errors have no envelope
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
