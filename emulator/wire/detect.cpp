#include "emulator/wire/detect.h"

#include <algorithm>

#include "emulator/base/arn.h"
#include "emulator/base/base64.h"
#include "emulator/base/hash.h"
#include "emulator/wire/authorization.h"
#include "emulator/wire/model.h"
#include "emulator/wire/services.h"

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
    if (target.service == "sns") return target.operation == "ConfirmSubscription" || target.operation == "Unsubscribe";
    return target.service == "sts" && (target.operation == "AssumeRoleWithWebIdentity" || target.operation == "AssumeRoleWithSAML");
}

/// The links in SNS's messages, which a person or a program opens as they are: no version, no signature.
/// True where the request is one; then account and region are those of the topic.
bool isSnsLink(Target& target, const Request& request) {
    const auto action = queryParameter(request, "Action");
    if (request.method != "GET" || !action || (*action != "ConfirmSubscription" && *action != "Unsubscribe")) return false;
    const auto arn = parseArn(percentDecode(queryParameter(request, *action == "Unsubscribe" ? "SubscriptionArn" : "TopicArn").value_or(""), true));
    if (!arn) return false;
    target.account = arn->account;
    target.region = arn->region;
    return true;
}

bool isSigningName(std::string_view name) {
    return std::any_of(services().begin(), services().end(), [&](const Service& service) { return service.signingName == name; });
}

/// By X-Amz-Target without its operation.
const Service* serviceOfTarget(std::string_view amzTarget) {
    const auto dot = amzTarget.rfind('.');
    if (dot == std::string_view::npos || dot == 0) return nullptr;
    const auto prefix = amzTarget.substr(0, dot);
    for (const auto& service : services())
        if (service.targetPrefix == prefix) return &service;
    // The CLI of 2013 and AWS's own examples say CloudTrail_20131101 alone.
    return prefix == "CloudTrail_20131101" ? findService("cloudtrail") : nullptr;
}

const Service* serviceOfQuery(std::string_view signingName, std::string_view version) {
    for (const auto& service : services())
        if (!service.queryVersion.empty() && (signingName.empty() ? service.queryVersion == version : service.signingName == signingName))
            return &service;
    return nullptr;
}

void address(Target& target, const Service& service, Protocol protocol) {
    target.service = service.name;
    target.model = findModel(service.name);
    target.protocol = protocol;
}

bool setOperation(Target& target, const Operation* operation) {
    if (!operation) return false;
    target.modelled = operation;
    target.operation = operation->name;
    return true;
}

/// The JSON protocol, and requests to "/" that are in no protocol at all, which DynamoDB's rules are used for.
class JsonDetector {
public:
    JsonDetector(Target& target, const Request& request, bool requireSignature)
        : target_(target), request_(request), requireSignature_(requireSignature) {}

    void run(std::string_view amzTarget, const std::optional<Scope>& scope) {
        const Service* service = serviceOfTarget(amzTarget);
        const bool targetKnown = service != nullptr;
        if (!service && scope) service = serviceOfSigning(scope->service);
        if (!service) service = findService("dynamodb");
        address(target_, *service, Protocol::json);
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
    static const Service* serviceOfSigning(std::string_view name) {
        for (const auto& service : services())
            if (service.signingName == name && !service.targetPrefix.empty()) return &service;
        return nullptr;
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
        if (target_.service != "dynamodb" && target_.service != "dynamodbstreams" && request_.method == "POST") {
            target_.contentType = "application/x-amz-json-" + std::string(target_.model->jsonVersion);
            return;
        }
        Response response{.status = 404};
        if (request_.method == "GET" && request_.path() == "/") {
            response.status = 200;
            response.body = "healthy: dynamodb." + target_.region + ".amazonaws.com ";
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

    Target& target_;
    const Request& request_;
    bool requireSignature_;
};

void detectQuery(Target& target, const Request& request, bool requireSignature) {
    const auto action = queryParameter(request, "Action");
    const auto version = queryParameter(request, "Version");
    const Operation* operation = action ? target.model->operation(percentDecode(*action, true)) : nullptr;
    setOperation(target, operation);
    if (requireSignature && !isUnsignedOperation(target))
        if (const auto fault = signatureFault(request)) throw unsignedRefusal(target, request, *fault);
    if (!action) throw refusal(target, "MissingAction", "The request must contain the parameter Action.", 400);
    if (operation) return;
    const std::string name = percentDecode(*action, true);
    if (target.service == "sqs") throw refusal(target, "InvalidAction", "The action " + name + " is not valid for this endpoint.", 400);
    throw refusal(target, "InvalidAction",
                  "Could not find operation " + name + " for version " + percentDecode(version.value_or("NO_VERSION_SPECIFIED"), true),
                  400);
}

/// The bucket in a Host like "assets.s3.eu-central-1.localhost:4566" or "assets.localhost"; empty where the path names it.
std::string_view bucketOfHost(std::string_view host) {
    host = host.substr(0, host.find(':'));
    if (host.starts_with("s3.") || host.starts_with("s3-")) return {};
    if (const auto s3 = std::min(host.find(".s3."), host.find(".s3-")); s3 != std::string_view::npos) return host.substr(0, s3);
    if (host.ends_with(".localhost")) return host.substr(0, host.size() - 10);
    return {};
}

void detectRest(Target& target, const Request& request, const std::optional<Scope>& scope, bool requireSignature) {
    const auto speaks = [](const Model& model) { return model.protocol == Protocol::restJson || model.protocol == Protocol::restXml; };
    target.protocol = Protocol::restJson;
    target.resource = request.path();
    if (scope && scope->service == "s3")
        if (const auto bucket = bucketOfHost(request.headers.get("Host")); !bucket.empty())
            target.resource = "/" + std::string(bucket) + target.resource;
    for (const auto& service : services()) {
        if (!service.targetPrefix.empty() || (scope && service.signingName != scope->service)) continue;
        if (!scope && service.name == "s3") continue;   // its templates fit every path
        if (!service.queryVersion.empty()) continue;
        const Model& model = modelOf(service.name);
        if (!speaks(model)) continue;
        if (target.service.empty() || scope) address(target, service, model.protocol);
        if (const Operation* operation = model.route(request.method, target.resource, request.query(), request.headers)) {
            address(target, service, model.protocol);
            setOperation(target, operation);
            break;
        }
    }
    if (!target.modelled && !scope) target.service = {}, target.model = nullptr;
    if (requireSignature)
        if (const auto fault = signatureFault(request)) throw unsignedRefusal(target, request, *fault);
    if (!target.modelled) {
        if (target.protocol == Protocol::restXml)
            throw refusal(target, "MethodNotAllowed", "The specified method is not allowed against this resource.", 405);
        throw refusal(target, "UnknownOperationException", "", 404);
    }
}

}  // namespace

Target detect(const Request& request, const DetectOptions& options) {
    Target target;
    const auto scope = scopeOf(request);
    target.account = scope && isAccount(scope->accessKeyId) ? scope->accessKeyId : options.account;
    target.region = scope && !scope->region.empty() ? scope->region : options.region;
    if (scope) target.accessKeyId = scope->accessKeyId;
    target.gzip = request.headers.get("Accept-Encoding").find("gzip") != std::string_view::npos;

    const auto amzTarget = request.headers.get("X-Amz-Target");
    const auto version = queryParameter(request, "Version");
    const bool looksLikeQuery = amzTarget.empty() && (isForm(request) || queryParameter(request, "Action"));
    if (scope && !isSigningName(scope->service) && !serviceOfTarget(amzTarget)) {
        target.service = scope->service == "execute-api" ? "execute-api"sv : "unknown"sv;   // a view must outlive the request
        target.resource = scope->service;
        target.protocol = !amzTarget.empty() ? Protocol::json : looksLikeQuery ? Protocol::query : Protocol::restJson;
        target.contentType = request.headers.get("Content-Type");
        return target;
    }
    if (!amzTarget.empty()) {
        JsonDetector(target, request, options.requireSignature).run(amzTarget, scope);
        return target;
    }
    const Service* query = !scope && looksLikeQuery && version.value_or("").empty() && isSnsLink(target, request) ? findService("sns")
                           : looksLikeQuery || (scope && scope->service != "ses")
                               ? serviceOfQuery(scope ? scope->service : ""sv, version.value_or("-"))
                               : nullptr;
    if (query) {
        address(target, *query, Protocol::query);
        detectQuery(target, request, options.requireSignature);
        return target;
    }
    const bool speaksJson = scope && std::any_of(services().begin(), services().end(), [&](const Service& service) {
        return service.signingName == scope->service && !service.targetPrefix.empty();
    });
    if (speaksJson || (!scope && request.path() == "/" && !looksLikeQuery)) {
        JsonDetector(target, request, options.requireSignature).run({}, scope);
        return target;
    }
    if (looksLikeQuery) {
        target.protocol = Protocol::query;
        if (const auto fault = signatureFault(request)) throw unsignedRefusal(target, request, *fault);
        throw refusal(target, "InvalidAction",
                      "Could not find operation " + percentDecode(queryParameter(request, "Action").value_or(""), true) + " for version " +
                          percentDecode(version.value_or("NO_VERSION_SPECIFIED"), true),
                      400);
    }
    detectRest(target, request, scope, options.requireSignature);
    return target;
}

Refusal unknownService(const Target& target) {
    const bool rest = target.protocol == Protocol::restJson || target.protocol == Protocol::restXml;
    return refusal(target, "UnknownOperationException", "Backlot has no service named " + target.resource + ".", rest ? 404 : 400);
}

}  // namespace backlot::wire
