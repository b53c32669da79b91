// REST with JSON bodies.  Source: Smithy, "AWS restJson1 protocol".

#include "emulator/base/base64.h"
#include "emulator/base/hash.h"
#include "emulator/wire/error_names.h"
#include "emulator/wire/protocols/json.h"
#include "emulator/wire/protocols/rest.h"
#include "emulator/wire/translate.h"

namespace backlot::wire {
namespace {

bool recogniseRestJson(Recognition& recognition) { return recogniseRest(recognition, kRestJson); }

Json readJsonBody(const Target& target, std::uint16_t shape, std::string_view body) {
    Json value = fromWire(*target.model, shape, parseJsonBody(target, body));
    settle(*target.model, shape, value);
    return value;
}

Json decodeRestJson(const Target& target, const Request& request, std::string_view body) {
    return decodeRest(target, request, body, readJsonBody);
}

std::string writeJsonBody(const Target& target, const Shape& output, const Json& result) {
    const Json* value = output.payload ? find(result, output.payload->name) : &result;
    if (!value) return {};
    const auto shape = output.payload ? output.payload->shape : *target.modelled->output;
    return value->IsObject() ? writeJson(toWire(*target.model, shape, *value)) : "{}";
}

Response encodeRestJson(const Target& target, const Json& result, std::string_view requestId) {
    Response response = encodeRest(target, result, writeJsonBody, "application/json");
    response.headers.add("x-amzn-RequestId", requestId);
    return response;
}

Response restJsonError(const Target& target, const AwsError& error, std::string_view requestId) {
    const Named name = named(target, error);
    Response response{.status = statusOf(name, error, true)};
    Json body = object();
    // Some services' exceptions say whose fault they are.
    if (name.shape && name.shape->member("Type")) set(body, "Type", response.status >= 500 ? "Service" : "User");
    const bool capital =
        !name.shape && (name.type == "SerializationException" || name.type == "UnknownOperationException");
    if (!error.message().empty())
        set(body, messageMember(name.shape, capital ? "Message" : "message"), error.message());
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

AwsError signatureFaultInRestJson(const Request& request, std::string_view code, const std::string& message) {
    const bool missing = code == "MissingAuthenticationToken";
    const auto header = request.headers.get("Authorization");
    if (!missing || header.empty())
        return {std::string(code) + "Exception", missing ? "Missing Authentication Token" : message, 403};
    const auto digest = sha256(header);  // some other scheme: "Bearer …"
    const std::string_view bytes(reinterpret_cast<const char*>(digest.data()), digest.size());
    return {"IncompleteSignatureException",
            "Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with "
            "Base64): '" +
                base64Encode(bytes) + "'.",
            403};
}

}  // namespace

const Protocol kRestJson{
    .name = "rest-json",
    .recognise = recogniseRestJson,
    .decode = decodeRestJson,
    .encode = encodeRestJson,
    .encodeError = restJsonError,
    .signatureFault = signatureFaultInRestJson,
    .malformed = {"SerializationException", 400},
    .unknownOperation = {"UnknownOperationException", 404},
    .wrongSignature = {"InvalidSignatureException", 403},
    .unknownAccessKey = {"UnrecognizedClientException", 403, "The security token included in the request is invalid."}};

}  // namespace backlot::wire
