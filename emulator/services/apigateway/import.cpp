#include "emulator/services/apigateway/import.h"

#include <algorithm>
#include <cctype>
#include <map>

#include "emulator/services/apigateway/errors.h"
#include "emulator/services/apigateway/authorizers_and_models.h"
#include "emulator/services/apigateway/resources.h"
#include "emulator/services/apigateway/rest_apis.h"
#include "emulator/services/apigateway/rows.h"

namespace backlot::apigateway {

namespace {

Json parseDocument(const std::string& text) {
    auto document = tryParseJson(text);
    if (!document || !document->IsObject())
        throw badRequest("Invalid OpenAPI input: the document must be JSON (Backlot does not read YAML here)");
    const auto version = [&](const char* member) {  // a number where YAML had no quotes
        const Json* found = find(*document, member);
        if (!found || !found->IsNumber()) return textOr(*document, member);
        return found->GetDouble() == 2 ? std::string("2.0") : writeJson(*found);
    };
    const std::string swagger = version("swagger"), openapi = version("openapi");
    if (swagger != "2.0" && !openapi.starts_with("3."))
        throw badRequest("Invalid OpenAPI input: neither \"swagger\": \"2.0\" nor \"openapi\": \"3.x\"");
    return std::move(*document);
}

std::string upper(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return text;
}

const Json& childOr(const Json& value, std::string_view name, const Json& otherwise) {
    const auto* found = find(value, name);
    return found && found->IsObject() ? *found : otherwise;
}

AwsError invalidDocument(const std::string& why) { return badRequest("Invalid OpenAPI input: " + why); }

/// The members of what must be an object.
Json::ConstObject membersOf(const Json& value, const std::string& what) {
    if (!value.IsObject()) throw invalidDocument(what + " must be an object");
    return value.GetObject();
}

class Import {
public:
    Import(Call& call, std::string apiId, std::string rootId, const Json& document)
        : call_(call), api_(std::move(apiId)), document_(document) {
        byPath_["/"] = std::move(rootId);
        for (const auto& resource : parts(call, api_, kResource))
            byPath_[textOr(resource, "path")] = textOr(resource, "id");
    }

    void run() {
        definitions();
        validators();
        authorizers();
        gatewayResponses();
        std::string base = textOr(document_, "basePath");
        if (base == "/") base.clear();
        const Json& paths = childOr(document_, "paths", none_);
        for (const auto& path : paths.GetObject()) {
            const std::string resource = ensureResource(text(path.name));
            for (const auto& operation : membersOf(path.value, "the path " + text(path.name))) {
                const std::string name = text(operation.name);
                static constexpr std::string_view methods[] = {"get",     "put",  "post", "delete",
                                                               "options", "head", "patch"};
                if (name == "x-amazon-apigateway-any-method") {
                    method(resource, "ANY", operation.value, path.value);
                } else if (std::find(std::begin(methods), std::end(methods), name) != std::end(methods)) {
                    method(resource, upper(name), operation.value, path.value);
                }
            }
        }
    }

private:
    Json on(const char* member = nullptr, const std::string& value = {}) const {
        Json request = object({{"restApiId", api_}});
        if (member) set(request, member, value);
        return request;
    }

    /// A request made of what the document says, checked as if a client had sent it.
    const Json& checked(std::string_view operation, const Json& request) const {
        try {
            call_.check("apigateway", operation, request);
        } catch (const AwsError& error) {
            throw invalidDocument(error.message());
        }
        return request;
    }

    std::string ensureResource(const std::string& path) {
        if (const auto found = byPath_.find(path); found != byPath_.end()) return found->second;
        const auto slash = path.rfind('/');
        if (slash == std::string::npos) throw invalidDocument("the path " + path + " does not begin with /");
        if (slash + 1 == path.size())
            return ensureResource(path.substr(0, slash));  // a trailing slash names no resource
        const std::string parent = ensureResource(slash == 0 ? "/" : path.substr(0, slash));
        const Json made = addResource(call_, api_, parent, path.substr(slash + 1));
        return byPath_[path] = textOr(made, "id");
    }

    void definitions() {
        const Json& components = childOr(document_, "components", none_);
        for (const Json* schemas :
             {&childOr(document_, "definitions", none_), &childOr(components, "schemas", none_)}) {
            for (const auto& schema : schemas->GetObject()) {
                const std::string name = text(schema.name);
                Json request = on("name", name);
                set(request, "contentType", "application/json");
                set(request, "schema", writeJson(schema.value));
                if (call_.has(partKey(call_, api_, kModel, name))) call_.erase(partKey(call_, api_, kModel, name));
                createModel(call_, checked("CreateModel", request));
            }
        }
    }

    void validators() {
        for (const auto& validator : childOr(document_, "x-amazon-apigateway-request-validators", none_).GetObject()) {
            Json request = on("name", text(validator.name));
            set(request, "validateRequestBody", boolOr(validator.value, "validateRequestBody", false));
            set(request, "validateRequestParameters", boolOr(validator.value, "validateRequestParameters", false));
            validators_[text(validator.name)] =
                textOr(createRequestValidator(call_, checked("CreateRequestValidator", request)), "id");
        }
    }

    void authorizers() {
        const Json& components = childOr(document_, "components", none_);
        for (const Json* schemes :
             {&childOr(document_, "securityDefinitions", none_), &childOr(components, "securitySchemes", none_)}) {
            for (const auto& scheme : schemes->GetObject()) authorizer(text(scheme.name), scheme.value);
        }
    }

    void authorizer(const std::string& name, const Json& scheme) {
        if (textOr(scheme, "x-amazon-apigateway-authtype") == "awsSigv4") {
            sigv4_.push_back(name);
            return;
        }
        const auto* settings = find(scheme, "x-amazon-apigateway-authorizer");
        if (!settings) {  // an API key, where it comes in x-api-key
            if (textOr(scheme, "type") == "apiKey" && upper(textOr(scheme, "name")) == "X-API-KEY")
                keys_.push_back(name);
            return;
        }
        const std::string type = upper(textOr(*settings, "type"));
        Json request = on("name", name);
        set(request, "type", type);
        set(request, "authType", textOr(scheme, "x-amazon-apigateway-authtype", "custom"));
        for (const char* member : {"authorizerUri", "authorizerCredentials", "identityValidationExpression",
                                   "authorizerResultTtlInSeconds", "identitySource", "providerARNs"}) {
            if (const auto* value = find(*settings, member)) set(request, member, copy(*value));
        }
        if (const auto* seconds = find(request, "authorizerResultTtlInSeconds"); seconds && seconds->IsString())
            if (auto number = tryParseJson(view(*seconds)); number && number->IsInt())
                set(request, "authorizerResultTtlInSeconds", std::move(*number));
        if (!find(request, "identitySource") && type != "REQUEST")
            set(request, "identitySource", "method.request.header." + textOr(scheme, "name", "Authorization"));
        authorizers_[name] = {textOr(createAuthorizer(call_, checked("CreateAuthorizer", request)), "id"), type};
    }

    void gatewayResponses() {
        for (const auto& response : childOr(document_, "x-amazon-apigateway-gateway-responses", none_).GetObject()) {
            membersOf(response.value, "the gateway response " + text(response.name));
            Json request = copy(response.value);
            set(request, "restApiId", api_);
            set(request, "responseType", text(response.name));
            if (const auto* status = find(request, "statusCode"); status && status->IsInt())
                set(request, "statusCode", std::to_string(status->GetInt()));
            putGatewayResponse(call_, checked("PutGatewayResponse", request));
        }
    }

    /// Who may call: the operation's own security, else the document's.
    void authorize(const Json& operation, Json& request) const {
        set(request, "authorizationType", "NONE");
        const auto* auth = find(operation, "x-amazon-apigateway-auth");
        if (auth && upper(textOr(*auth, "type")) == "AWS_IAM") set(request, "authorizationType", "AWS_IAM");
        const auto* security = find(operation, "security");
        if (!security) security = find(document_, "security");
        if (!security || !security->IsArray()) return;
        for (const auto& alternative : security->GetArray()) {
            for (const auto& scheme : membersOf(alternative, "a security requirement")) {
                const std::string name = text(scheme.name);
                if (std::find(keys_.begin(), keys_.end(), name) != keys_.end()) {
                    set(request, "apiKeyRequired", true);
                } else if (std::find(sigv4_.begin(), sigv4_.end(), name) != sigv4_.end()) {
                    set(request, "authorizationType", "AWS_IAM");
                } else if (const auto found = authorizers_.find(name); found != authorizers_.end()) {
                    set(request, "authorizationType",
                        found->second.second == "COGNITO_USER_POOLS" ? "COGNITO_USER_POOLS" : "CUSTOM");
                    set(request, "authorizerId", found->second.first);
                    if (scheme.value.IsArray() && !scheme.value.Empty())
                        set(request, "authorizationScopes", copy(scheme.value));
                }
            }
        }
    }

    /// {"method.request.header.X": required} of the operation's parameters and those of its path.
    static Json requestParameters(const Json& operation, const Json& path) {
        Json result = object();
        for (const Json* holder : {&path, &operation}) {
            for (const auto* parameter : Fields(*holder).items("parameters")) {
                const std::string in = textOr(*parameter, "in"), name = textOr(*parameter, "name");
                const std::string place = in == "query" ? "querystring" : in;
                if (place == "querystring" || place == "header" || place == "path")
                    set(result, "method.request." + place + "." + name, boolOr(*parameter, "required", false));
            }
        }
        return result;
    }

    /// The names behind {"$ref": "#/definitions/X"}, by content type.
    static Json requestModels(const Json& operation) {
        Json result = object();
        const auto name = [](const Json* schema) {
            const std::string ref = schema ? textOr(*schema, "$ref") : std::string();
            return ref.substr(ref.rfind('/') + 1);
        };
        for (const auto* parameter : Fields(operation).items("parameters")) {
            if (textOr(*parameter, "in") != "body") continue;
            if (const auto model = name(find(*parameter, "schema")); !model.empty())
                set(result, "application/json", model);
        }
        if (const auto* content = at(operation, {"requestBody", "content"})) {
            for (const auto& type : membersOf(*content, "the content of a request body")) {
                if (const auto model = name(find(type.value, "schema")); !model.empty())
                    set(result, view(type.name), model);
            }
        }
        return result;
    }

    void method(const std::string& resource, const std::string& name, const Json& operation, const Json& path) {
        const auto place = [&] {
            return object({{"restApiId", api_}, {"resourceId", resource}, {"httpMethod", name}});
        };
        Json request = place();
        authorize(operation, request);
        if (Json parameters = requestParameters(operation, path); !parameters.ObjectEmpty())
            set(request, "requestParameters", std::move(parameters));
        if (Json models = requestModels(operation); !models.ObjectEmpty())
            set(request, "requestModels", std::move(models));
        if (const auto id = optionalText(operation, "operationId")) set(request, "operationName", *id);
        const std::string validator = textOr(operation, "x-amazon-apigateway-request-validator",
                                             textOr(document_, "x-amazon-apigateway-request-validator"));
        if (const auto found = validators_.find(validator); found != validators_.end())
            set(request, "requestValidatorId", found->second);
        Json row = requireResource(call_, api_, resource);
        if (auto* methods = find(row, "resourceMethods"); methods && erase(*methods, name))
            call_.putJson(partKey(call_, api_, kResource, resource), row);
        putMethod(call_, checked("PutMethod", request));
        for (const auto& response : childOr(operation, "responses", none_).GetObject()) {
            if (view(response.name) == "default") continue;
            Json one = place();
            set(one, "statusCode", text(response.name));
            if (const auto* headers = find(response.value, "headers")) {
                Json parameters = object();
                for (const auto& header : membersOf(*headers, "the headers of a response"))
                    set(parameters, "method.response.header." + text(header.name), false);
                set(one, "responseParameters", std::move(parameters));
            }
            putMethodResponse(call_, checked("PutMethodResponse", one));
        }
        if (const auto* integration = find(operation, "x-amazon-apigateway-integration"))
            integrate(place(), *integration);
    }

    void integrate(const Json& place, const Json& given) {
        Json request = copy(place);
        const std::string type = upper(textOr(given, "type"));
        if (type.empty())
            throw badRequest("Unable to parse API definition because of a malformed integration at path /");
        set(request, "type", type);
        if (const auto method = optionalText(given, "httpMethod")) set(request, "integrationHttpMethod", *method);
        for (const char* member :
             {"uri", "credentials", "passthroughBehavior", "connectionType", "connectionId", "requestParameters",
              "requestTemplates", "contentHandling", "cacheNamespace", "cacheKeyParameters", "timeoutInMillis"}) {
            if (const auto* value = find(given, member)) set(request, member, copy(*value));
        }
        if (const auto behavior = optionalText(request, "passthroughBehavior"))
            set(request, "passthroughBehavior", upper(*behavior));
        putIntegration(call_, checked("PutIntegration", request));
        for (const auto& response : childOr(given, "responses", none_).GetObject()) {
            Json one = copy(place);
            const auto* status = find(response.value, "statusCode");
            set(one, "statusCode",
                !status              ? std::string("200")
                : status->IsString() ? text(*status)
                                     : writeJson(*status));
            const std::string pattern = text(response.name);
            if (pattern != "default") set(one, "selectionPattern", pattern);
            for (const char* member : {"responseParameters", "responseTemplates", "contentHandling"}) {
                if (const auto* value = find(response.value, member)) set(one, member, copy(*value));
            }
            putIntegrationResponse(call_, checked("PutIntegrationResponse", one));
        }
    }

    Call& call_;
    std::string api_;
    const Json& document_;
    const Json none_ = object();
    std::map<std::string, std::string> byPath_, validators_;
    std::map<std::string, std::pair<std::string, std::string>> authorizers_;  // name → id, type
    std::vector<std::string> keys_, sigv4_;                                   // names of security schemes
};

void applyInfo(Json& api, const Json& document) {
    if (const auto* title = at(document, {"info", "title"}); title && title->IsString()) set(api, "name", text(*title));
    if (const auto* description = at(document, {"info", "description"}); description && description->IsString())
        set(api, "description", text(*description));
    if (const auto* version = at(document, {"info", "version"}); version && version->IsString())
        set(api, "version", text(*version));
    if (const auto* types = find(document, "x-amazon-apigateway-binary-media-types")) {
        if (!types->IsArray() ||
            !std::all_of(types->Begin(), types->End(), [](const Json& one) { return one.IsString(); }))
            throw invalidDocument("x-amazon-apigateway-binary-media-types must be a list of texts");
        set(api, "binaryMediaTypes", copy(*types));
    }
    if (const auto* source = find(document, "x-amazon-apigateway-api-key-source"); source && source->IsString())
        set(api, "apiKeySource", text(*source));
}

}  // namespace

Json importRestApi(Call& call, const Fields& request) {
    const Json document = parseDocument(request.text("body"));
    const auto* title = at(document, {"info", "title"});
    if (!title || !title->IsString()) throw badRequest("Invalid OpenAPI input: info.title is missing");
    const Json create = object({{"name", text(*title)}});
    Json api = createRestApi(call, Fields(create));
    applyInfo(api, document);
    call.putJson(apiKey(call, textOr(api, "id")), api);
    Import(call, textOr(api, "id"), textOr(api, "rootResourceId"), document).run();
    return api;
}

Json putRestApi(Call& call, const Fields& request) {
    const std::string id = request.text("restApiId");
    Json api = requireApi(call, id);
    const Json document = parseDocument(request.text("body"));
    const bool overwrite = request.valueOr("mode", "merge") == "overwrite";
    const std::string root = textOr(api, "rootResourceId");
    if (overwrite) {
        // Deployments and stages stay: they show the API as it was.
        for (const auto kind : {kResource, kAuthorizer, kValidator, kGatewayResponse})
            call.erasePrefix(partKey(call, id, kind));
        for (const auto& model : parts(call, id, kModel)) {
            const std::string name = textOr(model, "name");
            if (name != "Empty" && name != "Error") call.erase(partKey(call, id, kModel, name));
        }
        call.putJson(partKey(call, id, kResource, root), object({{"id", root}, {"path", "/"}}));
    } else {  // authorizers and validators of the same names give way
        const auto drop = [&](std::string_view kind) {
            for (const auto& part : parts(call, id, kind)) {
                const std::string name = textOr(part, "name");
                const auto* schemes = find(document, "securityDefinitions");
                const auto* validators = find(document, "x-amazon-apigateway-request-validators");
                if ((schemes && find(*schemes, name)) || (validators && find(*validators, name)))
                    call.erase(partKey(call, id, kind, textOr(part, "id")));
            }
        };
        drop(kAuthorizer);
        drop(kValidator);
    }
    applyInfo(api, document);
    call.putJson(apiKey(call, id), api);
    Import(call, id, root, document).run();
    if (!find(api, "tags")) set(api, "tags", object());
    return api;
}

}  // namespace backlot::apigateway
