#include "emulator/services/apigateway/resources.h"

#include <algorithm>

#include "emulator/services/apigateway/errors.h"
#include "emulator/services/apigateway/patch.h"
#include "emulator/services/apigateway/rows.h"

namespace backlot::apigateway {

namespace {

bool isVariable(std::string_view part) { return part.starts_with("{"); }
bool isGreedy(std::string_view part) { return part.ends_with("+}"); }

void requirePathPart(const std::string& part) {
    const std::string_view inner = isVariable(part) && part.ends_with("}")
                                       ? std::string_view(part).substr(1, part.size() - 2 - (isGreedy(part) ? 1 : 0))
                                       : std::string_view(part);
    const bool legal = !inner.empty() && std::all_of(inner.begin(), inner.end(), [](unsigned char c) {
        return std::isalnum(c) || c == '.' || c == '_' || c == '-' || c == ':';
    });
    if (!legal) {
        throw badRequest(
            "Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable and curly braces at the "
            "beginning and the end.");
    }
}

std::string joined(const std::string& parentPath, const std::string& part) {
    return (parentPath == "/" ? "" : parentPath) + "/" + part;
}

void requirePlace(const Call& call, const std::string& apiId, const Json& parent, const std::string& pathPart,
                  std::string_view except) {
    const std::string parentPart = textOr(parent, "pathPart");
    if (isGreedy(parentPart))
        throw badRequest("Cannot create a child of a resource with a greedy path variable: " + parentPart);
    for (const auto& sibling : parts(call, apiId, kResource)) {
        if (textOr(sibling, "parentId") != textOr(parent, "id") || textOr(sibling, "id") == except) continue;
        const std::string other = textOr(sibling, "pathPart");
        if (other == pathPart)
            throw conflict("Another resource with the same parent already has this name: " + pathPart);
        if (isVariable(other) && isVariable(pathPart)) {
            throw badRequest("A sibling (" + other +
                             ") of this resource already has a variable path part -- only one is allowed");
        }
    }
}

/// Methods are shown whole where asked for by embed=methods, else by their names.
Json described(const Json& resource, bool withMethods) {
    Json result = copy(resource);
    if (auto* methods = find(result, "resourceMethods"); methods && !withMethods) {
        Json names = object();
        for (const auto& method : methods->GetObject()) set(names, view(method.name), object());
        set(result, "resourceMethods", std::move(names));
    }
    return result;
}

bool embedsMethods(const Fields& request) {
    const auto embed = request.texts("embed");
    return std::find(embed.begin(), embed.end(), "methods") != embed.end();
}

/// After a move or a new name: the paths of all below.
void renewPaths(Call& call, const std::string& apiId, const Json& parent) {
    for (auto& child : parts(call, apiId, kResource)) {
        if (textOr(child, "parentId") != textOr(parent, "id")) continue;
        set(child, "path", joined(textOr(parent, "path"), textOr(child, "pathPart")));
        call.putJson(partKey(call, apiId, kResource, textOr(child, "id")), child);
        renewPaths(call, apiId, child);
    }
}

void removeWithChildren(Call& call, const std::string& apiId, const std::string& id) {
    for (const auto& child : parts(call, apiId, kResource)) {
        if (textOr(child, "parentId") == id) removeWithChildren(call, apiId, textOr(child, "id"));
    }
    call.erase(partKey(call, apiId, kResource, id));
}

// --- methods and integrations lie in the resource's row --------------------------------------------------------------

/// A resource's row while one of its methods is looked at or changed.
class MethodRow {
public:
    MethodRow(Call& call, const Fields& request)
        : call_(call), apiId_(request.text("restApiId")), name_(request.text("httpMethod")) {
        row_ = requireResource(call, apiId_, request.text("resourceId"));
        if (!find(row_, "resourceMethods")) set(row_, "resourceMethods", object());
    }
    Json* method() { return find(*find(row_, "resourceMethods"), name_); }
    Json& requireMethod() {
        if (auto* found = method()) return *found;
        throw methodNotFound();
    }
    Json& requireIntegration() {
        if (auto* found = find(requireMethod(), "methodIntegration")) return *found;
        throw integrationNotFound();
    }
    void setMethod(Json value) { set(*find(row_, "resourceMethods"), name_, std::move(value)); }
    void eraseMethod() {
        Json& methods = *find(row_, "resourceMethods");
        erase(methods, name_);
        if (methods.ObjectEmpty()) erase(row_, "resourceMethods");
    }
    const std::string& name() const { return name_; }
    std::string resourceId() const { return textOr(row_, "id"); }
    void save() { call_.putJson(partKey(call_, apiId_, kResource, textOr(row_, "id")), row_); }

private:
    Call& call_;
    std::string apiId_, name_;
    Json row_;
};

Json& mapIn(Json& holder, std::string_view name) {
    if (!find(holder, name)) set(holder, name, object());
    return *find(holder, name);
}

void take(Json& target, const Fields& request, std::initializer_list<const char*> members) {
    for (const char* member : members) {
        if (const auto* value = request.find(member)) set(target, member, copy(*value));
    }
}

void requireIntegrationUri(const Fields& request) {
    const std::string type = request.text("type");
    const auto uri = request.optionalText("uri");
    if (type == "MOCK") return;
    if (!request.has("integrationHttpMethod") && type != "HTTP_PROXY" && type != "HTTP")
        throw badRequest("Enumeration value for HttpMethod must be non-empty");
    if (type == "HTTP" || type == "HTTP_PROXY") {
        if (!uri || !(uri->starts_with("http://") || uri->starts_with("https://") ||
                      uri->find("${stageVariables.") != std::string::npos)) {
            throw badRequest("Invalid HTTP endpoint specified for URI");
        }
        return;
    }
    if (!uri || !uri->starts_with("arn:")) throw badRequest("Invalid ARN specified in the request");
    if (uri->find(":path/") == std::string::npos && uri->find(":action/") == std::string::npos)
        throw badRequest("AWS ARN for integration must contain path or action");
}

}  // namespace

Json requireResource(const Call& call, std::string_view apiId, std::string_view resourceId) {
    auto row = call.getJson(partKey(call, apiId, kResource, resourceId));
    if (!row) throw resourceNotFound();
    return std::move(*row);
}

Json addResource(Call& call, const std::string& apiId, const std::string& parentId, const std::string& pathPart) {
    const Json parent = requireResource(call, apiId, parentId);
    requirePathPart(pathPart);
    requirePlace(call, apiId, parent, pathPart, {});
    Json resource = object({{"id", newId(call, "resource")},
                            {"parentId", parentId},
                            {"pathPart", pathPart},
                            {"path", joined(textOr(parent, "path"), pathPart)}});
    call.putJson(partKey(call, apiId, kResource, textOr(resource, "id")), resource);
    return resource;
}

Json createResource(Call& call, const Fields& request) {
    return addResource(call, request.text("restApiId"), request.text("parentId"), request.text("pathPart"));
}

Json getResource(Call& call, const Fields& request) {
    return described(requireResource(call, request.text("restApiId"), request.text("resourceId")),
                     embedsMethods(request));
}

Json getResources(Call& call, const Fields& request) {
    const std::string api = request.text("restApiId");
    requireApi(call, api);
    std::vector<Json> items;
    for (const auto& resource : parts(call, api, kResource))
        items.push_back(described(resource, embedsMethods(request)));
    return page(std::move(items), request);
}

Json updateResource(Call& call, const Fields& request) {
    const std::string api = request.text("restApiId");
    Json resource = requireResource(call, api, request.text("resourceId"));
    const bool isRoot = !find(resource, "parentId");
    for (const auto* operation : request.items("patchOperations")) {
        const std::string path = textOr(*operation, "path");
        if (isRoot && (path == "/pathPart" || path == "/parentId"))
            throw badRequest("Root resource cannot update its " + path.substr(1) + ".");
        if (path == "/parentId") requireResource(call, api, textOr(*operation, "value"));
    }
    patch(resource, request, {{"/parentId"}, {"/pathPart"}});
    const Json parent = isRoot ? object() : requireResource(call, api, textOr(resource, "parentId"));
    if (!isRoot) {
        requirePathPart(textOr(resource, "pathPart"));
        if (textOr(parent, "path").starts_with(textOr(resource, "path") + "/") ||
            textOr(parent, "id") == textOr(resource, "id")) {
            throw badRequest("Resources cannot be cyclical.");
        }
        requirePlace(call, api, parent, textOr(resource, "pathPart"), textOr(resource, "id"));
        set(resource, "path", joined(textOr(parent, "path"), textOr(resource, "pathPart")));
    }
    call.putJson(partKey(call, api, kResource, textOr(resource, "id")), resource);
    renewPaths(call, api, resource);
    return described(resource, false);
}

Json deleteResource(Call& call, const Fields& request) {
    const std::string api = request.text("restApiId"), id = request.text("resourceId");
    const Json resource = requireResource(call, api, id);
    if (!find(resource, "parentId")) throw badRequest("Root resource cannot be deleted");
    removeWithChildren(call, api, id);
    return object();
}

// --- methods
// -----------------------------------------------------------------------------------------------------------

Json putMethod(Call& call, const Fields& request) {
    MethodRow row(call, request);
    if (row.method()) throw conflict("Method already exists for this resource");
    const std::string type = request.text("authorizationType");
    if (type == "CUSTOM" || type == "COGNITO_USER_POOLS") {
        const auto authorizer = request.optionalText("authorizerId");
        if (!authorizer || !call.has(partKey(call, request.text("restApiId"), kAuthorizer, *authorizer))) {
            throw badRequest(
                "Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS "
                "requires a valid authorizer.");
        }
    }
    Json method = object({{"httpMethod", row.name()},
                          {"authorizationType", type},
                          {"apiKeyRequired", request.valueOr("apiKeyRequired", false)}});
    take(method, request,
         {"authorizerId", "requestValidatorId", "operationName", "requestParameters", "requestModels",
          "authorizationScopes"});
    row.setMethod(copy(method));
    row.save();
    return method;
}

Json getMethod(Call& call, const Fields& request) { return copy(MethodRow(call, request).requireMethod()); }

Json updateMethod(Call& call, const Fields& request) {
    MethodRow row(call, request);
    Json& method = row.requireMethod();
    patch(method, request,
          {{"/authorizationType"},
           {"/authorizerId"},
           {"/apiKeyRequired", PatchField::boolean},
           {"/operationName"},
           {"/requestValidatorId"},
           {"/requestParameters", PatchField::map},
           {"/requestModels", PatchField::map},
           {"/authorizationScopes", PatchField::list}});
    if (auto* parameters = find(method, "requestParameters")) {  // a map of booleans: patch operations carry text
        for (auto& parameter : parameters->GetObject()) {
            if (parameter.value.IsString()) parameter.value = Json(view(parameter.value) == "true");
        }
    }
    Json result = copy(method);
    row.save();
    return result;
}

Json deleteMethod(Call& call, const Fields& request) {
    MethodRow row(call, request);
    row.requireMethod();
    row.eraseMethod();
    row.save();
    return object();
}

Json putMethodResponse(Call& call, const Fields& request) {
    MethodRow row(call, request);
    Json& responses = mapIn(row.requireMethod(), "methodResponses");
    const std::string status = request.text("statusCode");
    if (find(responses, status)) throw conflict("Response already exists for this resource");
    Json response = object({{"statusCode", status}});
    take(response, request, {"responseParameters", "responseModels"});
    set(responses, status, copy(response));
    row.save();
    return response;
}

Json getMethodResponse(Call& call, const Fields& request) {
    MethodRow row(call, request);
    const auto* responses = find(row.requireMethod(), "methodResponses");
    const auto* found = responses ? find(*responses, request.text("statusCode")) : nullptr;
    if (!found) throw responseNotFound();
    return copy(*found);
}

Json deleteMethodResponse(Call& call, const Fields& request) {
    MethodRow row(call, request);
    auto* responses = find(row.requireMethod(), "methodResponses");
    if (!responses || !erase(*responses, request.text("statusCode"))) throw responseNotFound();
    row.save();
    return object();
}

// --- integrations
// --------------------------------------------------------------------------------------------------------

Json putIntegration(Call& call, const Fields& request) {
    MethodRow row(call, request);
    Json& method = row.requireMethod();
    requireIntegrationUri(request);
    const auto timeout = request.valueOr("timeoutInMillis", 29000);
    if (timeout < 50 || timeout > 29000) throw badRequest("Timeout should be between 50 ms and 29000 ms");
    Json integration = object({{"type", request.text("type")},
                               {"httpMethod", request.optionalText("integrationHttpMethod")},
                               {"passthroughBehavior", request.valueOr("passthroughBehavior", "WHEN_NO_MATCH")},
                               {"timeoutInMillis", timeout},
                               {"cacheNamespace", request.valueOr("cacheNamespace", row.resourceId())},
                               {"cacheKeyParameters", array(request.texts("cacheKeyParameters"))}});
    take(integration, request,
         {"uri", "connectionType", "connectionId", "credentials", "requestParameters", "requestTemplates",
          "contentHandling", "tlsConfig"});
    set(method, "methodIntegration", copy(integration));
    row.save();
    return integration;
}

Json getIntegration(Call& call, const Fields& request) { return copy(MethodRow(call, request).requireIntegration()); }

Json updateIntegration(Call& call, const Fields& request) {
    MethodRow row(call, request);
    Json& integration = row.requireIntegration();
    patch(integration, request,
          {{"/httpMethod"},
           {"/uri"},
           {"/credentials"},
           {"/connectionId"},
           {"/connectionType"},
           {"/passthroughBehavior"},
           {"/contentHandling"},
           {"/cacheNamespace"},
           {"/timeoutInMillis", PatchField::integer},
           {"/requestParameters", PatchField::map},
           {"/requestTemplates", PatchField::map},
           {"/cacheKeyParameters", PatchField::list}});
    Json result = copy(integration);
    row.save();
    return result;
}

Json deleteIntegration(Call& call, const Fields& request) {
    MethodRow row(call, request);
    row.requireIntegration();
    erase(row.requireMethod(), "methodIntegration");
    row.save();
    return object();
}

Json putIntegrationResponse(Call& call, const Fields& request) {
    MethodRow row(call, request);
    Json& responses = mapIn(row.requireIntegration(), "integrationResponses");
    const std::string status = request.text("statusCode");
    Json response = object({{"statusCode", status}});
    take(response, request, {"selectionPattern", "responseParameters", "responseTemplates", "contentHandling"});
    if (auto* templates = find(response, "responseTemplates")) {  // an empty template is none (recorded)
        for (auto& one : templates->GetObject()) {
            if (one.value.IsString() && one.value.GetStringLength() == 0) one.value.SetNull();
        }
    }
    set(responses, status, copy(response));
    row.save();
    return response;
}

namespace {

Json& requireIntegrationResponse(MethodRow& row, const Fields& request) {
    row.requireMethod();
    auto* responses = find(row.requireIntegration(), "integrationResponses");
    auto* found = responses ? find(*responses, request.text("statusCode")) : nullptr;
    if (!found) throw responseNotFound();
    return *found;
}

}  // namespace

Json getIntegrationResponse(Call& call, const Fields& request) {
    MethodRow row(call, request);
    return copy(requireIntegrationResponse(row, request));
}

Json deleteIntegrationResponse(Call& call, const Fields& request) {
    MethodRow row(call, request);
    if (!row.method()) throw integrationNotFound();  // recorded: not "Invalid Method identifier"
    requireIntegrationResponse(row, request);
    erase(*find(row.requireIntegration(), "integrationResponses"), request.text("statusCode"));
    row.save();
    return object();
}

}  // namespace backlot::apigateway
