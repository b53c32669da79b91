#include "emulator/wire/detect.h"

#include <algorithm>

#include "emulator/wire/recognition.h"

namespace backlot::wire {
namespace {

using namespace std::literals;

bool isAccount(std::string_view text) {
    return text.size() == 12 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// The protocol that a request seems to speak which nobody has recognised.
const Protocol& guess(const Recognition& recognition) {
    if (!recognition.amzTarget.empty()) return kJson;
    if (recognition.request.headers.has("Smithy-Protocol")) return kRpcV2Cbor;
    return recognition.looksLikeQuery ? kQuery : kRestJson;
}

}  // namespace

bool needsNoSignature(const Target& target) {
    const auto& all = target.description->unsignedOperations;
    return std::any_of(all.begin(), all.end(),
                       [&](const UnsignedOperation& operation) { return operation.name == target.operation; });
}

Target detect(const Apis& apis, const Request& request, const DetectOptions& options) {
    const auto scope = scopeOf(request);
    const auto amzTarget = request.headers.get("X-Amz-Target");
    Recognition recognition{
        .apis = apis,
        .request = request,
        .scope = scope,
        .candidates = scope ? apis.signedAs(scope->service) : std::span<const Api* const>(),
        .requireSignature = options.requireSignature,
        .amzTarget = amzTarget,
        .looksLikeQuery =
            amzTarget.empty() && (equalIgnoringCase(mediaType(request), "application/x-www-form-urlencoded") ||
                                  queryParameter(request, "Action"))};
    Target& target = recognition.target;
    target.account = scope && isAccount(scope->accessKeyId) ? scope->accessKeyId : options.account;
    target.region = scope && !scope->region.empty() ? scope->region : options.region;
    if (scope) target.accessKeyId = scope->accessKeyId;
    target.gzip = request.headers.get("Accept-Encoding").find("gzip") != std::string_view::npos;

    if (scope && recognition.candidates.empty() &&
        !apis.findTarget(amzTarget.substr(0, std::min(amzTarget.rfind('.'), amzTarget.size())))) {
        target.service =
            scope->service == "execute-api" ? "execute-api"sv : "unknown"sv;  // a view must outlive the request
        target.resource = scope->service;
        target.contentType = request.headers.get("Content-Type");
        target.protocol = &guess(recognition);
        return std::move(target);
    }
    for (const auto* protocol : protocols())
        if (protocol->recognise(recognition)) return std::move(target);
    if (!target.protocol) target.protocol = &guess(recognition);
    recognition.requireSigned();
    const ErrorWords& unknown = target.protocol->unknownOperation;
    throw recognition.refusal(std::string(unknown.code), std::string(unknown.message), unknown.status);
}

Refusal unknownService(const Target& target) {
    return {target, AwsError("UnknownOperationException", "Backlot has no service named " + target.resource + ".",
                             target.protocol->unknownOperation.status)};
}

}  // namespace backlot::wire
