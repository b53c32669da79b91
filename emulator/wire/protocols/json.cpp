// JSON 1.0 and 1.1: POST to "/", the operation in X-Amz-Target.  Source: Smithy, "AWS JSON 1.0 protocol", "AWS JSON
// 1.1 protocol".

#include "emulator/wire/protocols/json.h"

#include <algorithm>
#include <array>

#include "emulator/base/gzip.h"
#include "emulator/base/hash.h"
#include "emulator/wire/error_names.h"
#include "emulator/wire/recognition.h"
#include "emulator/wire/refuse.h"
#include "emulator/wire/translate.h"

namespace backlot::wire {
namespace {

using namespace std::literals;

constexpr std::size_t kGzipFromBytes = 2048;  // below that packing costs more than it saves

/// The last touch of services that check their answers: gzip where it was asked for, and the checksum.
void finish(const Target& target, Response& response) {
    if (!target.description->json.checksums) return;
    if (target.gzip && response.body.size() >= kGzipFromBytes) {
        response.body = gzip(response.body);
        response.headers.add("Content-Encoding", "gzip");
    }
    response.headers.add("x-amz-crc32", std::to_string(crc32(response.body)));  // of the bytes as sent
}

/// The JSON protocol, and requests to "/" that are in no protocol at all, which some service answers.
class JsonDetector {
public:
    explicit JsonDetector(Recognition& recognition)
        : recognition_(recognition), target_(recognition.target), request_(recognition.request) {}

    void run() {
        const auto amzTarget = recognition_.amzTarget;
        const auto dot = amzTarget.rfind('.');
        const Api* api =
            dot == std::string_view::npos ? nullptr : recognition_.apis.findTarget(amzTarget.substr(0, dot));
        const bool targetKnown = api != nullptr;
        if (!api) api = recognition_.signedFor(kJson);
        if (!api) api = recognition_.find([](const Api& each) { return each.description().answersNameless; });
        if (!api) throw recognition_.refusal("UnknownOperationException", "");
        recognition_.address(*api, kJson);
        requireContentType(targetKnown);
        if (!targetKnown || !recognition_.setOperation(target_.model->operation(amzTarget.substr(dot + 1)))) {
            requireJson();
            throw recognition_.refusal("UnknownOperationException", "");
        }
        if (!recognition_.requireSignature || !signatureFault(request_)) return;
        requireJson();  // the body is looked at before the signature
        recognition_.requireSigned();
    }

private:
    void requireContentType(bool targetKnown) {
        const auto type = mediaType(request_);
        // A service speaks one version of JSON; we take either where the target leaves no doubt.
        const bool versioned =
            equalIgnoringCase(type, "application/x-amz-json-" + std::string(target_.model->jsonVersion)) ||
            (targetKnown && (equalIgnoringCase(type, "application/x-amz-json-1.0") ||
                             equalIgnoringCase(type, "application/x-amz-json-1.1")));
        if (request_.method == "POST" && (versioned || equalIgnoringCase(type, "application/json"))) {
            target_.contentType = type;
            return;
        }
        if (request_.method == "POST" && type.empty() &&
            request_.body.empty()) {  // nothing says what it is, and nothing is there
            target_.contentType = "application/json";
            return;
        }
        if (!target_.description->json.strictBodies && request_.method == "POST") {
            target_.contentType = "application/x-amz-json-" + std::string(target_.model->jsonVersion);
            return;
        }
        Response response{.status = 404};
        if (request_.method == "GET" && request_.path() == "/") {
            response.status = 200;
            response.body = "healthy: " + std::string(target_.description->endpointPrefix) + "." + target_.region +
                            ".amazonaws.com ";
        } else {
            response.headers.set("Content-Type", "text/xml");
            response.body = "<UnknownOperationException/>\n";
        }
        finish(target_, response);
        throw Refusal(target_, std::move(response));
    }

    void requireJson() {
        if (request_.body.empty() && mediaType(request_).empty()) return;
        if (const auto body = tryParseJson(request_.body); !body || !body->IsObject())
            throw recognition_.refusal("SerializationException", "");
    }

    Recognition& recognition_;
    Target& target_;
    const Request& request_;
};

/// Also what is signed for a service that speaks JSON alone, and what is in no protocol at all.
bool recogniseJson(Recognition& recognition) {
    const bool bare = recognition.scope ? recognition.signedFor(kJson) && !recognition.signedFor(kQuery)
                                        : recognition.request.path() == "/" && !recognition.looksLikeQuery;
    if (recognition.amzTarget.empty() && !bare) return false;
    JsonDetector(recognition).run();
    return true;
}

Json decodeJson(const Target& target, const Request&, std::string_view body) {
    if (body.empty() && !target.description->json.strictBodies) return object();
    Json value = parseJsonBody(target, body);
    if (!target.modelled || !target.modelled->input) return value;
    value = fromWire(*target.model, *target.modelled->input, std::move(value));
    if (!target.description->json.readsByName) settle(*target.model, *target.modelled->input, value);
    return value;
}

Response encodeJson(const Target& target, const Json& result, std::string_view requestId) {
    Response response;
    response.headers.add("x-amzn-RequestId", requestId);
    if (target.modelled && target.modelled->output) {
        const bool translated = target.model->shape(*target.modelled->output).translated;
        response.body = result.IsNull() ? "{}"
                        : translated    ? writeJson(toWire(*target.model, *target.modelled->output, result))
                                        : writeJson(result);
    }
    response.headers.add("Content-Type", target.contentType);
    finish(target, response);
    return response;
}

bool isFramework(std::string_view code) {
    static constexpr std::array kCodes{"SerializationException"sv,
                                       "UnknownOperationException"sv,
                                       "UnrecognizedClientException"sv,
                                       "MissingAuthenticationTokenException"sv,
                                       "IncompleteSignatureException"sv,
                                       "InvalidSignatureException"sv,
                                       "AccessDeniedException"sv,
                                       "ExpiredTokenException"sv,
                                       "InternalFailure"sv,
                                       "ServiceUnavailableException"sv,
                                       "RequestEntityTooLargeException"sv};
    return std::find(kCodes.begin(), kCodes.end(), code) != kCodes.end();
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
    if (!error.message().empty())
        set(body, messageMember(name.shape, capital ? "Message" : "message"), error.message());
    addExtra(body, error);

    Response response{.status = statusOf(name, error, target.description->json.modelledStatus)};
    response.headers.add("x-amzn-RequestId", requestId);
    if (target.model && target.model->queryCompatible)
        response.headers.add("x-amzn-query-error", queryError(name, response.status));
    response.headers.add("Content-Type",
                         target.contentType.empty() ? "application/x-amz-json-1.0" : target.contentType);
    response.body = writeJson(body);
    finish(target, response);
    return response;
}

AwsError signatureFaultInJson(const Request&, std::string_view code, const std::string& message) {
    return {std::string(code) + "Exception", message, 400};
}

}  // namespace

Json parseJsonBody(const Target& target, std::string_view body) {
    auto value = tryParseJson(body);
    if (!value) refuseSerialization(target, "");
    if (value->IsArray()) refuseSerialization(target, "Start of list found where not expected");
    if (!value->IsObject()) refuseSerialization(target, "");
    return std::move(*value);
}

const Protocol kJson{
    .name = "json",
    .recognise = recogniseJson,
    .decode = decodeJson,
    .encode = encodeJson,
    .encodeError = jsonError,
    .signatureFault = signatureFaultInJson,
    .malformed = {"SerializationException", 400},
    .unknownOperation = {"UnknownOperationException", 400},
    .wrongSignature = {"InvalidSignatureException", 400},
    .unknownAccessKey = {"UnrecognizedClientException", 400, "The security token included in the request is invalid."}};

}  // namespace backlot::wire
