// OpenAPI 3 definitions of HTTP APIs.

#include <map>

#include "emulator/services/apigateway/errors.h"
#include "emulator/services/apigateway/http_apis/apis.h"
#include "emulator/services/apigateway/http_apis/parts.h"

namespace backlot::apigateway::http_apis {
namespace {

Json documentOf(const Fields& request) {
    auto document = tryParseJson(request.text("Body"));
    if (!document || !document->IsObject() || !textOr(*document, "openapi").starts_with("3."))
        throw badRequest("Unable to import API: the body is no OpenAPI 3 definition in JSON.");
    return std::move(*document);
}

/// "allowOrigins" → "AllowOrigins": an extension's members as the API names them.
Json upperNames(const Json& extension) {
    Json result = object();
    for (const auto& member : extension.GetObject()) {
        std::string name = text(member.name);
        if (!name.empty() && name[0] >= 'a' && name[0] <= 'z') name[0] = static_cast<char>(name[0] - 'a' + 'A');
        set(result, name, copy(member.value));
    }
    return result;
}

class Import {
public:
    Import(Call& call, std::string apiId, const Json& document)
        : call_(call), api_(std::move(apiId)), document_(document) {}

    /// Makes what the document says; what is not read is told in `warnings`.
    void run() {
        authorizers();
        const Json* paths = find(document_, "paths");
        if (!paths || !paths->IsObject()) return;
        for (const auto& path : paths->GetObject())
            if (path.value.IsObject())
                for (const auto& method : path.value.GetObject())
                    operation(text(path.name), text(method.name), method.value);
    }
    std::vector<std::string> warnings;

private:
    void authorizers() {
        const Json* schemes = at(document_, {"components", "securitySchemes"});
        if (!schemes || !schemes->IsObject()) return;
        for (const auto& scheme : schemes->GetObject()) {
            const Json* extension = find(scheme.value, "x-amazon-apigateway-authorizer");
            if (!extension || !extension->IsObject()) {
                warnings.push_back("The security scheme " + text(scheme.name) +
                                   " has no x-amazon-apigateway-authorizer.");
                continue;
            }
            Json request = object({{"Name", text(scheme.name)}});
            const bool jwt = textOr(*extension, "type") == "jwt";
            set(request, "AuthorizerType", jwt ? "JWT" : "REQUEST");
            const Json members = upperNames(*extension);
            for (const char* name : {"AuthorizerUri", "AuthorizerPayloadFormatVersion", "AuthorizerResultTtlInSeconds",
                                     "EnableSimpleResponses", "IdentityValidationExpression"})
                if (const Json* value = find(members, name)) set(request, name, copy(*value));
            const Json* source = find(*extension, "identitySource");
            set(request, "IdentitySource",
                source && source->IsString() ? list({text(*source)})
                : source                     ? copy(*source)
                                             : list());
            if (const Json* configuration = find(*extension, "jwtConfiguration");
                configuration && configuration->IsObject())
                set(request, "JwtConfiguration", upperNames(*configuration));
            authorizers_[text(scheme.name)] = addPart(call_, api_, kAuthorizers, request);
        }
    }

    void operation(const std::string& path, std::string method, const Json& operation) {
        if (method == "x-amazon-apigateway-any-method") method = "any";
        for (auto& c : method)
            if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
        if (method.starts_with("X-") || !operation.IsObject()) return;
        Json route = object({{"RouteKey", path == "/$default" ? "$default" : method + " " + path},
                             {"OperationName", optionalText(operation, "operationId")}});
        if (const Json* extension = find(operation, "x-amazon-apigateway-integration");
            extension && extension->IsObject())
            set(route, "Target", "integrations/" + integration(*extension));
        else
            warnings.push_back("The operation " + method + " " + path + " has no x-amazon-apigateway-integration.");
        secure(route, operation);
        addPart(call_, api_, kRoutes, route);
    }

    std::string integration(const Json& extension) {
        Json request = upperNames(extension);
        for (const auto& [from, to] : {std::pair{"Type", "IntegrationType"},
                                       {"Uri", "IntegrationUri"},
                                       {"HttpMethod", "IntegrationMethod"},
                                       {"Credentials", "CredentialsArn"}}) {
            const Json* value = find(request, from);
            if (!value) continue;
            std::string text = value->IsString() ? backlot::text(*value) : "";
            if (std::string_view(to) == "IntegrationType")
                for (auto& c : text)
                    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
            set(request, to, text);
        }
        return textOr(addPart(call_, api_, kIntegrations, request), "IntegrationId");
    }

    void secure(Json& route, const Json& operation) {
        const Json* security = find(operation, "security");
        if (!security || !security->IsArray() || security->Empty() || !(*security)[0].IsObject()) return;
        for (const auto& scheme : (*security)[0].GetObject()) {
            const auto found = authorizers_.find(text(scheme.name));
            if (found == authorizers_.end()) continue;
            set(route, "AuthorizerId", textOr(found->second, "AuthorizerId"));
            set(route, "AuthorizationType", textOr(found->second, "AuthorizerType") == "JWT" ? "JWT" : "CUSTOM");
            if (scheme.value.IsArray() && !scheme.value.Empty()) set(route, "AuthorizationScopes", copy(scheme.value));
        }
    }

    Call& call_;
    const std::string api_;
    const Json& document_;
    std::map<std::string, Json> authorizers_;
};

/// The API's own members in a document.
Json membersOf(const Json& document) {
    Json members = object({{"Name", textOr(*at(document, {"info"}), "title", "API")},
                           {"Version", optionalText(*at(document, {"info"}), "version")},
                           {"Description", optionalText(*at(document, {"info"}), "description")}});
    if (const Json* cors = find(document, "x-amazon-apigateway-cors"); cors && cors->IsObject())
        set(members, "CorsConfiguration", upperNames(*cors));
    return members;
}

Json imported(Call& call, const Fields& request, const std::string& apiId, const Json& document) {
    Import import(call, apiId, document);
    import.run();
    if (request.valueOr("FailOnWarnings", false) && !import.warnings.empty())
        throw badRequest("Warnings found during import: " + import.warnings.front());
    Json api = requireHttpApi(call, apiId);
    if (!import.warnings.empty()) set(api, "Warnings", array(import.warnings));
    return shown(std::move(api));
}

Json readDocument(const Fields& request) {
    const std::string basepath = request.valueOr("Basepath", "ignore");
    if (basepath != "ignore") throw badRequest("Backlot has no base paths of imported APIs (" + basepath + ")");
    Json document = documentOf(request);
    if (const Json* info = find(document, "info"); !info || !info->IsObject())
        throw badRequest("Unable to import API: the definition has no info.");
    return document;
}

}  // namespace

Json importApi(const Settings& settings, Call& call, const Fields& request) {
    const Json document = readDocument(request);
    const Json api = makeApi(settings, call, membersOf(document));
    return imported(call, request, textOr(api, "ApiId"), document);
}

Json reimportApi(Call& call, const Fields& request) {
    const std::string id = request.text("ApiId");
    call.about(id);
    Json api = requireHttpApi(call, id);
    const Json document = readDocument(request);
    Json members = membersOf(document);
    for (auto& member : members.GetObject()) set(api, view(member.name), std::move(member.value));
    saveApi(call, std::move(api));
    for (const PartKind* kind : {&kRoutes, &kIntegrations, &kAuthorizers}) call.erasePrefix(partsKey(id, *kind));
    return imported(call, request, id, document);
}

}  // namespace backlot::apigateway::http_apis
