#include "emulator/wire/recognition.h"

#include <algorithm>

namespace backlot::wire {

using namespace std::literals;

std::string_view mediaType(const Request& request) {
    auto type = request.headers.get("Content-Type");
    type = type.substr(0, type.find(';'));
    while (!type.empty() && type.back() == ' ') type.remove_suffix(1);
    return type;
}

std::optional<std::string_view> queryParameter(const Request& request, std::string_view name) {
    if (equalIgnoringCase(mediaType(request), "application/x-www-form-urlencoded") ||
        (mediaType(request).empty() && !request.body.empty()))
        if (const auto value = rawParameter(request.body, name)) return value;
    return rawParameter(request.query(), name);
}

std::optional<SignatureFault> signatureFault(const Request& request) {
    const auto header = request.headers.get("Authorization");
    const bool inHeader = request.headers.has("Authorization");
    const bool inQuery = rawParameter(request.query(), "X-Amz-Algorithm").has_value();
    if (inHeader && inQuery)
        return SignatureFault{
            "InvalidSignature",
            "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header."};
    std::string missing;
    if (inQuery) {
        for (const auto name :
             {"X-Amz-Algorithm"sv, "X-Amz-Credential"sv, "X-Amz-Signature"sv, "X-Amz-SignedHeaders"sv, "X-Amz-Date"sv})
            if (rawParameter(request.query(), name).value_or("").empty())
                missing += "AWS query-string parameters must include '" + std::string(name) + "'. ";
        if (!missing.empty())
            return SignatureFault{"IncompleteSignature", missing + "Re-examine the query-string parameters."};
        return std::nullopt;
    }
    if (!header.starts_with("AWS4-"))
        return SignatureFault{"MissingAuthenticationToken", "Request is missing Authentication Token"};
    for (const auto name : {"Credential"sv, "Signature"sv, "SignedHeaders"sv})
        if (authorizationPart(header, name).value_or("").empty())
            missing += "Authorization header requires '" + std::string(name) + "' parameter. ";
    if (!request.headers.has("X-Amz-Date") && !request.headers.has("Date"))
        missing += "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ";
    if (!missing.empty())
        return SignatureFault{"IncompleteSignature", missing + "Authorization=" + std::string(header)};
    const auto credential = *authorizationPart(header, "Credential");
    if (!parseScope(credential))
        return SignatureFault{
            "IncompleteSignature",
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '" +
                std::string(credential) + "'"};
    return std::nullopt;
}

const Api* Recognition::signedFor(const Protocol& protocol) const {
    for (const auto* api : candidates)
        if (api->speaks(protocol)) return api;
    return nullptr;
}

void Recognition::address(const Api& api, const Protocol& protocol) {
    target.service = api.name();
    target.description = &api.description();
    target.model = &api.model();
    target.protocol = &protocol;
}

bool Recognition::setOperation(const OperationShape* operation) {
    if (!operation) return false;
    target.modelled = operation;
    target.operation = operation->name;
    return true;
}

void Recognition::requireSigned() const {
    if (!requireSignature) return;
    if (const auto fault = signatureFault(request))
        throw Refusal(target, target.protocol->signatureFault(request, fault->code, fault->message));
}

Refusal Recognition::refusal(std::string code, std::string message, int status) const {
    return {target, AwsError(std::move(code), std::move(message), status)};
}

}  // namespace backlot::wire
