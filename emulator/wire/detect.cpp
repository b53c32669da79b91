#include "emulator/wire/detect.h"

#include <algorithm>

#include "emulator/base/arn.h"
#include "emulator/base/base64.h"
#include "emulator/base/hash.h"
#include "emulator/wire/apis.h"
#include "emulator/wire/authorization.h"

namespace backlot::wire {
namespace {

using namespace std::literals;

std::string_view mediaType(const Request& request) {
    auto type = request.headers.get("Content-Type");
    type = type.substr(0, type.find(';'));
    while (!type.empty() && type.back() == ' ') type.remove_suffix(1);
    return type;
}

bool isForm(const Request& request) { return equalIgnoringCase(mediaType(request), "application/x-www-form-urlencoded"); }

/// Query requests keep their parameters in the body, or in the URL of a GET.
std::optional<std::string_view> queryParameter(const Request& request, std::string_view name) {
    if (isForm(request) || (mediaType(request).empty() && !request.body.empty()))
        if (const auto value = rawParameter(request.body, name)) return value;
    return rawParameter(request.query(), name);
}

bool isAccount(std::string_view text) {
    return text.size() == 12 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

struct Fault {
    std::string_view code;   // without "Exception"
    std::string message;
};

/// What is wrong with the form of a request's signature; nothing where it looks right.
std::optional<Fault> signatureFault(const Request& request) {
    const auto header = request.headers.get("Authorization");
    const bool inHeader = request.headers.has("Authorization");
    const bool inQuery = rawParameter(request.query(), "X-Amz-Algorithm").has_value();
    if (inHeader && inQuery)
        return Fault{"InvalidSignature", "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header."};
    std::string missing;
    if (inQuery) {
        for (const auto name : {"X-Amz-Algorithm"sv, "X-Amz-Credential"sv, "X-Amz-Signature"sv, "X-Amz-SignedHeaders"sv, "X-Amz-Date"sv})
            if (rawParameter(request.query(), name).value_or("").empty())
                missing += "AWS query-string parameters must include '" + std::string(name) + "'. ";
        if (!missing.empty()) return Fault{"IncompleteSignature", missing + "Re-examine the query-string parameters."};
        return std::nullopt;
    }
    if (!header.starts_with("AWS4-")) return Fault{"MissingAuthenticationToken", "Request is missing Authentication Token"};
    for (const auto name : {"Credential"sv, "Signature"sv, "SignedHeaders"sv})
        if (authorizationPart(header, name).value_or("").empty())
            missing += "Authorization header requires '" + std::string(name) + "' parameter. ";
    if (!request.headers.has("X-Amz-Date") && !request.headers.has("Date"))
        missing += "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ";
    if (!missing.empty()) return Fault{"IncompleteSignature", missing + "Authorization=" + std::string(header)};
    const auto credential = *authorizationPart(header, "Credential");
    if (!parseScope(credential))
        return Fault{"IncompleteSignature",
                     "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '" +
                         std::string(credential) + "'"};
    return std::nullopt;
}

Refusal refusal(Target target, std::string code, std::string message, int status) {
    return {std::move(target), AwsError(std::move(code), std::move(message), status)};
}

/// Says a signature fault as the target's protocol does.
Refusal unsignedRefusal(Target target, const Request& request, const Fault& fault) {
    const std::string code(fault.code);
    const bool missing = fault.code == "MissingAuthenticationToken";
    switch (target.protocol) {
        case Protocol::json: return refusal(std::move(target), code + "Exception", fault.message, 400);
        case Protocol::query: return refusal(std::move(target), code, fault.message, missing ? 403 : 400);
        case Protocol::restXml: return refusal(std::move(target), "AccessDenied", "Access Denied", 403);
        case Protocol::restJson: break;
    }
    const auto header = request.headers.get("Authorization");
    if (missing && !header.empty()) {   // some other scheme: "Bearer …"
        const auto digest = sha256(header);
        const std::string_view bytes(reinterpret_cast<const char*>(digest.data()), digest.size());
        return refusal(std::move(target), "IncompleteSignatureException",
                       "Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): '" +
                           base64Encode(bytes) + "'.", 403);
    }
    return refusal(std::move(target), code + "Exception", missing ? "Missing Authentication Token" : fault.message, 403);
}

bool isUnsignedOperation(const Target& target) {
    const auto& all = target.description->unsignedOperations;
    return std::any_of(all.begin(), all.end(), [&](const UnsignedOperation& operation) { return operation.name == target.operation; });
}

/// The service whose link a request is, which a person or a program opens as it is: no version, no signature.
/// Account and region are then those of the ARN in it. Null where it is none.
const Api* serviceOfLink(const Apis& apis, Target& target, const Request& request) {
    const auto action = request.method == "GET" ? queryParameter(request, "Action") : std::nullopt;
    if (!action) return nullptr;
    for (const auto& api : apis)
        for (const auto& operation : api.description().unsignedOperations) {
            if (operation.name != *action || operation.linkArn.empty()) continue;
            const auto arn = parseArn(percentDecode(queryParameter(request, operation.linkArn).value_or(""), true));
            if (!arn) return nullptr;
            target.account = arn->account;
            target.region = arn->region;
            return &api;
        }
    return nullptr;
}

/// Whether a service with that name in credential scopes speaks a protocol; any, where none is given.
bool isSigningName(const Apis& apis, std::string_view name, std::string_view protocol = {}) {
    return std::any_of(apis.begin(), apis.end(), [&](const Api& api) {
        return api.description().signingName == name && (protocol.empty() || api.description().speaks(protocol));
    });
}

/// By X-Amz-Target without its operation.
const Api* serviceOfTarget(const Apis& apis, std::string_view amzTarget) {
    const auto dot = amzTarget.rfind('.');
    if (dot == std::string_view::npos || dot == 0) return nullptr;
    const auto prefix = amzTarget.substr(0, dot);
    for (const auto& api : apis)
        if (api.description().targetPrefix == prefix) return &api;
    for (const auto& api : apis)
        for (const auto& other : api.description().otherTargetPrefixes)
            if (other == prefix) return &api;
    return nullptr;
}

const Api* serviceOfQuery(const Apis& apis, std::string_view signingName, std::string_view version) {
    for (const auto& api : apis) {
        const auto& service = api.description();
        if (service.speaks("query") && (signingName.empty() ? service.apiVersion == version : service.signingName == signingName)) return &api;
    }
    return nullptr;
}

void address(Target& target, const Api& api, Protocol protocol) {
    target.service = api.name();
    target.description = &api.description();
    target.model = &api.model();
    target.protocol = protocol;
}

bool setOperation(Target& target, const Operation* operation) {
    if (!operation) return false;
    target.modelled = operation;
    target.operation = operation->name;
    return true;
}

/// The JSON protocol, and requests to "/" that are in no protocol at all, which some service answers.
class JsonDetector {
public:
    JsonDetector(const Apis& apis, Target& target, const Request& request, bool requireSignature)
        : apis_(apis), target_(target), request_(request), requireSignature_(requireSignature) {}

    void run(std::string_view amzTarget, const std::optional<Scope>& scope) {
        const Api* api = serviceOfTarget(apis_, amzTarget);
        const bool targetKnown = api != nullptr;
        if (!api && scope) api = find([&](const ServiceDescription& service) { return service.signingName == scope->service && service.speaks("json"); });
        if (!api) api = find([](const ServiceDescription& service) { return service.answersNameless; });
        if (!api) throw refusal(target_, "UnknownOperationException", "", 400);
        address(target_, *api, Protocol::json);
        requireContentType(targetKnown);
        if (!targetKnown || !setOperation(target_, target_.model->operation(amzTarget.substr(amzTarget.rfind('.') + 1)))) {
            requireJson();
            throw refusal(target_, "UnknownOperationException", "", 400);
        }
        if (!requireSignature_) return;
        if (const auto fault = signatureFault(request_)) {
            requireJson();
            throw unsignedRefusal(target_, request_, *fault);
        }
    }

private:
    template <typename Wanted>
    const Api* find(Wanted wanted) const {
        const auto found = std::find_if(apis_.begin(), apis_.end(), [&](const Api& api) { return wanted(api.description()); });
        return found == apis_.end() ? nullptr : &*found;
    }

    void requireContentType(bool targetKnown) {
        const auto type = mediaType(request_);
        // A service speaks one version of JSON; we take either where the target leaves no doubt.
        const bool versioned = equalIgnoringCase(type, "application/x-amz-json-" + std::string(target_.model->jsonVersion)) ||
                               (targetKnown && (equalIgnoringCase(type, "application/x-amz-json-1.0") ||
                                                equalIgnoringCase(type, "application/x-amz-json-1.1")));
        if (request_.method == "POST" && (versioned || equalIgnoringCase(type, "application/json"))) {
            target_.contentType = type;
            return;
        }
        if (request_.method == "POST" && type.empty() && request_.body.empty()) {   // nothing says what it is, and nothing is there
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
            response.body = "healthy: " + std::string(target_.description->endpointPrefix) + "." + target_.region + ".amazonaws.com ";
        } else {
            response.headers.set("Content-Type", "text/xml");
            response.body = "<UnknownOperationException/>\n";
        }
        throw Refusal(target_, std::move(response));
    }

    void requireJson() {
        if (request_.body.empty() && mediaType(request_).empty()) return;
        if (const auto body = tryParseJson(request_.body); !body || !body->IsObject())
            throw refusal(target_, "SerializationException", "", 400);
    }

    const Apis& apis_;
    Target& target_;
    const Request& request_;
    bool requireSignature_;
};

/// In the words of the service, if there is one. Both texts are percent-encoded.
Refusal unknownAction(const Target& target, std::string_view action, std::optional<std::string_view> version) {
    std::string message(target.description->query.unknownAction);
    const auto fill = [&](std::string_view mark, std::string_view text) {
        if (const auto at = message.find(mark); at != std::string::npos) message.replace(at, mark.size(), percentDecode(text, true));
    };
    fill("{version}", version.value_or("NO_VERSION_SPECIFIED"));
    fill("{action}", action);
    return refusal(target, "InvalidAction", std::move(message), 400);
}

void detectQuery(Target& target, const Request& request, bool requireSignature) {
    const auto action = queryParameter(request, "Action");
    const auto version = queryParameter(request, "Version");
    const Operation* operation = action ? target.model->operation(percentDecode(*action, true)) : nullptr;
    setOperation(target, operation);
    if (requireSignature && !isUnsignedOperation(target))
        if (const auto fault = signatureFault(request)) throw unsignedRefusal(target, request, *fault);
    if (!action) throw refusal(target, "MissingAction", "The request must contain the parameter Action.", 400);
    if (operation) return;
    throw unknownAction(target, *action, version);
}

void detectRest(const Apis& apis, Target& target, const Request& request, const std::optional<Scope>& scope, bool requireSignature) {
    target.protocol = Protocol::restJson;
    target.resource = request.path();
    for (const auto& api : apis) {
        const ServiceDescription& service = api.description();
        if (scope ? service.signingName != scope->service : service.rest.objectStore) continue;   // an object store's templates fit every path
        const bool xml = service.speaks("rest-xml");
        if (!xml && !service.speaks("rest-json")) continue;
        const Protocol protocol = xml ? Protocol::restXml : Protocol::restJson;
        if (service.rest.hostLabel)
            if (const auto label = service.rest.hostLabel(request.headers.get("Host")); !label.empty())
                target.resource = "/" + std::string(label) + std::string(request.path());
        if (target.service.empty() || scope) address(target, api, protocol);
        if (const Operation* operation = api.model().route(request.method, target.resource, request.query(), request.headers)) {
            address(target, api, protocol);
            setOperation(target, operation);
            break;
        }
    }
    if (!target.modelled && !scope) target.service = {}, target.model = nullptr, target.description = &kUndescribed;
    if (requireSignature)
        if (const auto fault = signatureFault(request)) throw unsignedRefusal(target, request, *fault);
    if (!target.modelled) {
        if (target.protocol == Protocol::restXml)
            throw refusal(target, "MethodNotAllowed", "The specified method is not allowed against this resource.", 405);
        throw refusal(target, "UnknownOperationException", "", 404);
    }
}

}  // namespace

Target detect(const Apis& apis, const Request& request, const DetectOptions& options) {
    Target target;
    const auto scope = scopeOf(request);
    target.account = scope && isAccount(scope->accessKeyId) ? scope->accessKeyId : options.account;
    target.region = scope && !scope->region.empty() ? scope->region : options.region;
    if (scope) target.accessKeyId = scope->accessKeyId;
    target.gzip = request.headers.get("Accept-Encoding").find("gzip") != std::string_view::npos;

    const auto amzTarget = request.headers.get("X-Amz-Target");
    const auto version = queryParameter(request, "Version");
    const bool looksLikeQuery = amzTarget.empty() && (isForm(request) || queryParameter(request, "Action"));
    if (scope && !isSigningName(apis, scope->service) && !serviceOfTarget(apis, amzTarget)) {
        target.service = scope->service == "execute-api" ? "execute-api"sv : "unknown"sv;   // a view must outlive the request
        target.resource = scope->service;
        target.protocol = !amzTarget.empty() ? Protocol::json : looksLikeQuery ? Protocol::query : Protocol::restJson;
        target.contentType = request.headers.get("Content-Type");
        return target;
    }
    if (!amzTarget.empty()) {
        JsonDetector(apis, target, request, options.requireSignature).run(amzTarget, scope);
        return target;
    }
    const auto signedForRest = [&] { return isSigningName(apis, scope->service, "rest-json") || isSigningName(apis, scope->service, "rest-xml"); };
    const Api* query = !scope && looksLikeQuery && version.value_or("").empty() ? serviceOfLink(apis, target, request) : nullptr;
    if (!query && (looksLikeQuery || (scope && !signedForRest()))) query = serviceOfQuery(apis, scope ? scope->service : ""sv, version.value_or("-"));
    if (query) {
        address(target, *query, Protocol::query);
        detectQuery(target, request, options.requireSignature);
        return target;
    }
    const bool speaksJson = scope && isSigningName(apis, scope->service, "json");
    if (speaksJson || (!scope && request.path() == "/" && !looksLikeQuery)) {
        JsonDetector(apis, target, request, options.requireSignature).run({}, scope);
        return target;
    }
    if (looksLikeQuery) {
        target.protocol = Protocol::query;
        if (const auto fault = signatureFault(request)) throw unsignedRefusal(target, request, *fault);
        throw unknownAction(target, queryParameter(request, "Action").value_or(""), version);
    }
    detectRest(apis, target, request, scope, options.requireSignature);
    return target;
}

Refusal unknownService(const Target& target) {
    const bool rest = target.protocol == Protocol::restJson || target.protocol == Protocol::restXml;
    return refusal(target, "UnknownOperationException", "Backlot has no service named " + target.resource + ".", rest ? 404 : 400);
}

}  // namespace backlot::wire
