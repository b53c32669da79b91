#include "emulator/services/apigateway/authorizers_and_models.h"

#include <algorithm>

#include "emulator/services/apigateway/errors.h"
#include "emulator/services/apigateway/gateway_responses.h"
#include "emulator/services/apigateway/patch.h"
#include "emulator/services/apigateway/rows.h"

namespace backlot::apigateway {

namespace {

Json requirePart(const Call& call, const Fields& request, std::string_view kind, const std::string& name,
                 const AwsError& missing) {
    auto part = call.getJson(partKey(call, request.text("restApiId"), kind, name));
    if (!part) throw missing;
    return std::move(*part);
}

Json listParts(Call& call, const Fields& request, std::string_view kind) {
    const std::string api = request.text("restApiId");
    requireApi(call, api);
    return page(parts(call, api, kind), request);
}

void savePart(Call& call, const Fields& request, std::string_view kind, const std::string& name, const Json& part) {
    call.putJson(partKey(call, request.text("restApiId"), kind, name), part);
}

Json removePart(Call& call, const Fields& request, std::string_view kind, const std::string& name,
                const AwsError& missing) {
    if (!call.erase(partKey(call, request.text("restApiId"), kind, name))) throw missing;
    return object();
}

}  // namespace

// --- authorizers -----------------------------------------------------------------------------------------------------

Json createAuthorizer(Call& call, const Fields& request) {
    requireApi(call, request.text("restApiId"));
    const std::string name = request.text("name"), type = request.text("type");
    for (const auto& other : parts(call, request.text("restApiId"), kAuthorizer)) {
        if (textOr(other, "name") == name)
            throw badRequest("Authorizer name must be unique. Authorizer " + name + " already exists in this RestApi.");
    }
    if (type == "COGNITO_USER_POOLS") {
        if (request.items("providerARNs").empty())
            throw badRequest("Authorizer type COGNITO_USER_POOLS requires at least one providerARN");
    } else if (!request.has("authorizerUri")) {
        throw badRequest("Authorizer type " + type + " requires an authorizerUri");
    }
    std::optional<std::string> identity = request.optionalText("identitySource");
    if (!identity && type != "REQUEST") identity = "method.request.header.Authorization";
    if ((!identity || identity->empty()) && type == "REQUEST" &&
        request.valueOr("authorizerResultTtlInSeconds", 300) > 0) {
        throw badRequest("Identity source is required for a REQUEST authorizer that caches its results");
    }
    Json authorizer = object(
        {{"id", newId(call, "authorizer")},
         {"name", name},
         {"type", type},
         {"authType", request.has("authType")
                          ? request.optionalText("authType")
                          : std::optional<std::string>(type == "COGNITO_USER_POOLS" ? "cognito_user_pools" : "custom")},
         {"authorizerUri", request.optionalText("authorizerUri")},
         {"authorizerCredentials", request.optionalText("authorizerCredentials")},
         {"identitySource", identity},
         {"identityValidationExpression", request.optionalText("identityValidationExpression")},
         {"authorizerResultTtlInSeconds", request.valueOr("authorizerResultTtlInSeconds", 300)}});
    if (const auto* providers = request.find("providerARNs")) set(authorizer, "providerARNs", copy(*providers));
    savePart(call, request, kAuthorizer, textOr(authorizer, "id"), authorizer);
    return authorizer;
}

Json getAuthorizer(Call& call, const Fields& request) {
    return requirePart(call, request, kAuthorizer, request.text("authorizerId"), authorizerNotFound());
}
Json getAuthorizers(Call& call, const Fields& request) { return listParts(call, request, kAuthorizer); }

Json updateAuthorizer(Call& call, const Fields& request) {
    const std::string id = request.text("authorizerId");
    Json authorizer = requirePart(call, request, kAuthorizer, id, authorizerNotFound());
    patch(authorizer, request,
          {{"/name"},
           {"/type"},
           {"/authorizerUri"},
           {"/authorizerCredentials"},
           {"/identitySource"},
           {"/identityValidationExpression"},
           {"/authType"},
           {"/authorizerResultTtlInSeconds", PatchField::integer},
           {"/providerARNs", PatchField::list}});
    savePart(call, request, kAuthorizer, id, authorizer);
    return authorizer;
}

Json deleteAuthorizer(Call& call, const Fields& request) {
    const std::string id = request.text("authorizerId");
    for (const auto& resource : parts(call, request.text("restApiId"), kResource)) {
        if (const auto* methods = find(resource, "resourceMethods")) {
            for (const auto& method : methods->GetObject()) {
                if (textOr(method.value, "authorizerId") == id)
                    throw conflict("Cannot delete authorizer '" + id +
                                   "', is referenced in method: " + textOr(resource, "path") + "/" + text(method.name));
            }
        }
    }
    return removePart(call, request, kAuthorizer, id, authorizerNotFound());
}

// --- models
// ------------------------------------------------------------------------------------------------------------

Json createModel(Call& call, const Fields& request) {
    const std::string api = request.text("restApiId"), name = request.text("name");
    if (!findApi(call, api)) throw notFound("Invalid Rest API Id specified");
    const bool legal =
        !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c); });
    if (!legal) throw badRequest("Model name must be non-empty and contain only alphanumeric characters");
    if (call.has(partKey(call, api, kModel, name))) throw conflict("Model name already exists for this REST API");
    const auto schema = request.optionalText("schema");
    if (!schema || schema->empty())
        throw badRequest("Model schema must have at least 1 property or array items defined");
    if (!tryParseJson(*schema)) throw badRequest("Invalid model schema specified");
    std::optional<std::string> description = request.optionalText("description");
    if (description && description->empty()) description.reset();  // recorded: an empty one is not answered
    Json model = object({{"id", newId(call, "model")},
                         {"name", name},
                         {"description", description},
                         {"schema", schema},
                         {"contentType", request.text("contentType")}});
    savePart(call, request, kModel, name, model);
    return model;
}

Json getModel(Call& call, const Fields& request) {
    return requirePart(call, request, kModel, request.text("modelName"), modelNotFound(request.text("modelName")));
}
Json getModels(Call& call, const Fields& request) { return listParts(call, request, kModel); }

Json updateModel(Call& call, const Fields& request) {
    const std::string name = request.text("modelName");
    Json model = requirePart(call, request, kModel, name, modelNotFound(name));
    patch(model, request, {{"/description"}, {"/schema"}});
    if (textOr(model, "description").empty()) erase(model, "description");
    savePart(call, request, kModel, name, model);
    return model;
}

Json deleteModel(Call& call, const Fields& request) {
    return removePart(call, request, kModel, request.text("modelName"), modelNotFound(request.text("modelName")));
}

// --- request validators
// --------------------------------------------------------------------------------------------------

Json createRequestValidator(Call& call, const Fields& request) {
    if (!findApi(call, request.text("restApiId"))) throw badRequest("Invalid REST API identifier specified");
    const auto name = request.optionalText("name");
    if (!name || name->empty()) throw badRequest("Request Validator name cannot be blank");
    Json validator = object({{"id", newId(call, "validator")},
                             {"name", name},
                             {"validateRequestBody", request.valueOr("validateRequestBody", false)},
                             {"validateRequestParameters", request.valueOr("validateRequestParameters", false)}});
    savePart(call, request, kValidator, textOr(validator, "id"), validator);
    return validator;
}

Json getRequestValidator(Call& call, const Fields& request) {
    return requirePart(call, request, kValidator, request.text("requestValidatorId"), validatorNotFound());
}
Json getRequestValidators(Call& call, const Fields& request) { return listParts(call, request, kValidator); }

Json updateRequestValidator(Call& call, const Fields& request) {
    const std::string id = request.text("requestValidatorId");
    Json validator = requirePart(call, request, kValidator, id, validatorNotFound());
    for (const auto* operation : request.items("patchOperations")) {
        if (textOr(*operation, "path") == "/name" && textOr(*operation, "op") == "replace" &&
            textOr(*operation, "value").empty()) {
            throw badRequest("Request Validator name cannot be blank");
        }
    }
    patch(validator, request,
          {{"/name"},
           {"/validateRequestParameters", PatchField::boolean},
           {"/validateRequestBody", PatchField::boolean}});
    savePart(call, request, kValidator, id, validator);
    return validator;
}

Json deleteRequestValidator(Call& call, const Fields& request) {
    return removePart(call, request, kValidator, request.text("requestValidatorId"), validatorNotFound());
}

// --- gateway responses
// ---------------------------------------------------------------------------------------------------

namespace {

Json describedResponse(const Json& stored) {
    Json response = copy(stored);
    set(response, "defaultResponse", false);
    for (const char* map : {"responseParameters", "responseTemplates"}) {
        if (!find(response, map)) set(response, map, object());
    }
    return response;
}

Json responseOrDefault(const Call& call, const Fields& request) {
    const std::string api = request.text("restApiId"), type = request.text("responseType");
    requireApi(call, api);
    if (const auto stored = call.getJson(partKey(call, api, kGatewayResponse, type))) return describedResponse(*stored);
    return defaultGatewayResponse(type);
}

}  // namespace

Json putGatewayResponse(Call& call, const Fields& request) {
    requireApi(call, request.text("restApiId"));
    const std::string type = request.text("responseType");
    Json response = object({{"responseType", type}});
    for (const char* member : {"statusCode", "responseParameters", "responseTemplates"}) {
        if (const auto* value = request.find(member)) set(response, member, copy(*value));
    }
    savePart(call, request, kGatewayResponse, type, response);
    return describedResponse(response);
}

Json getGatewayResponse(Call& call, const Fields& request) { return responseOrDefault(call, request); }

Json getGatewayResponses(Call& call, const Fields& request) {
    const std::string api = request.text("restApiId");
    requireApi(call, api);
    std::vector<Json> items;
    for (const auto& type : gatewayResponseTypes()) {
        const auto stored = call.getJson(partKey(call, api, kGatewayResponse, type));
        items.push_back(stored ? describedResponse(*stored) : defaultGatewayResponse(type));
    }
    return page(std::move(items), request);
}

Json updateGatewayResponse(Call& call, const Fields& request) {
    Json response = responseOrDefault(call, request);
    patch(response, request,
          {{"/statusCode"}, {"/responseParameters", PatchField::map}, {"/responseTemplates", PatchField::map}});
    erase(response, "defaultResponse");
    savePart(call, request, kGatewayResponse, request.text("responseType"), response);
    return describedResponse(response);
}

Json deleteGatewayResponse(Call& call, const Fields& request) {
    requireApi(call, request.text("restApiId"));
    return removePart(call, request, kGatewayResponse, request.text("responseType"),
                      notFound("Gateway response type not defined on api"));
}

}  // namespace backlot::apigateway
