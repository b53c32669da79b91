// API Gateway: REST APIs and HTTP APIs. Source: AWS CloudFormation Resource Reference.

#include <cctype>

#include "emulator/base/plain_file.h"
#include "emulator/templates/reader.h"
#include "emulator/templates/resource_types.h"

namespace backlot::templates {

namespace {

/// Properties are written in CloudFormation's case, requests in the API's: first letter lowered, on all levels but in
/// maps whose keys are the user's own.
Json apiCase(const Json& value) {
    if (value.IsArray()) return array(value.GetArray(), apiCase);
    if (!value.IsObject()) return copy(value);
    Json result = object();
    for (const auto& member : value.GetObject()) {
        std::string name = text(member.name);
        const bool users = name == "RequestParameters" || name == "ResponseParameters" || name == "RequestTemplates" ||
                           name == "ResponseTemplates" || name == "RequestModels" || name == "ResponseModels" ||
                           name == "Variables" || name == "StageVariables";
        name[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(name[0])));
        set(result, name, users ? copy(member.value) : apiCase(member.value));
    }
    return result;
}

bool isTrue(const Json& value) { return scalarText(value) == "true"; }

/// Booleans inside a map such as RequestParameters.
Json truths(const Json& map) {
    Json result = object();
    for (const auto& member : map.GetObject()) set(result, view(member.name), isTrue(member.value));
    return result;
}

std::function<Actions(const Json&)> keepId(Making& making, const char* member = "id") {
    return [&making, member](const Json& answer) {
        making.result.ref = textOr(answer, member);
        return Actions{};
    };
}

Json replaceAt(const std::string& path, const std::string& value) {
    return object({{"op", "replace"}, {"path", path}, {"value", value}});
}

/// The parent's id is kept beside the resource's own: deletion needs both.
std::function<Actions(const Physical&)> removalUnder(const char* operation, const char* member,
                                                     const char* service = "apigateway",
                                                     const char* parent = "restApiId") {
    return [=](const Physical& physical) -> Actions {
        return {{service, operation, object({{parent, physical.attributes.at("ApiId")}, {member, physical.ref}})}};
    };
}

// --- REST APIs ----------------------------------------------------------------------------------------------------

std::string bodyText(const Making& making) {
    if (const auto* body = find(making.properties, "Body")) return writeJson(*body);
    const std::string local = textOr(making.properties, "BodyLocalFile");
    return writeJson(toJson(readTemplate(readPlainFile(localFile(making, local)), local)));
}

Actions readApi(Making& making, const Json& api) {
    making.result.ref = textOr(api, "id");
    making.result.attributes = {{"RestApiId", making.result.ref}, {"RootResourceId", textOr(api, "rootResourceId")}};
    return {};
}

Actions makeRestApi(Making& making) {
    const auto read = [&making](const Json& answer) { return readApi(making, answer); };
    const bool fromBody = find(making.properties, "Body") || find(making.properties, "BodyLocalFile");
    const auto name = optionalText(making.properties, "Name");
    const auto create = [&making, read, fromBody, name]() -> Actions {
        if (fromBody) {
            // The name given beside the body counts more than its title.
            return {
                {"apigateway", "ImportRestApi", object({{"body", bodyText(making)}}), [read, name](const Json& answer) {
                     Actions next = read(answer);
                     if (name && *name != textOr(answer, "name")) {
                         next.push_back({"apigateway", "UpdateRestApi",
                                         object({{"restApiId", textOr(answer, "id")},
                                                 {"patchOperations", list({replaceAt("/name", *name)})}})});
                     }
                     return next;
                 }}};
        }
        Json request = object({{"name", name ? *name : making.generatedName()}});
        for (const char* part : {"Description", "ApiKeySourceType", "BinaryMediaTypes", "EndpointConfiguration"}) {
            const auto* value = find(making.properties, part);
            if (!value) continue;
            Json wrapped = object();
            set(wrapped, std::string_view(part) == "ApiKeySourceType" ? "ApiKeySource" : part, copy(*value));
            const Json lowered = apiCase(wrapped);
            for (const auto& member : lowered.GetObject()) set(request, view(member.name), typed(member.value));
        }
        return {{"apigateway", "CreateRestApi", std::move(request), read}};
    };
    if (!making.previous) return create();
    Json again = object({{"restApiId", making.previous->ref}});
    const auto gone = on({"NotFoundException"}, create);
    if (!fromBody) return {{"apigateway", "GetRestApi", std::move(again), read, gone}};
    set(again, "mode", "overwrite");
    set(again, "body", bodyText(making));
    return {{"apigateway", "PutRestApi", std::move(again), read, gone}};
}

Actions makeResource(Making& making) {
    const std::string api = require(making, "RestApiId");
    making.result.attributes["ApiId"] = api;
    const auto keep = [&making](const Json& answer) {
        making.result.ref = textOr(answer, "id");
        making.result.attributes["ResourceId"] = making.result.ref;
        return Actions{};
    };
    const Json create = object(
        {{"restApiId", api}, {"parentId", require(making, "ParentId")}, {"pathPart", require(making, "PathPart")}});
    const auto again = std::make_shared<Json>(copy(create));
    if (!making.previous) return {{"apigateway", "CreateResource", copy(create), keep}};
    return {{"apigateway", "GetResource", object({{"restApiId", api}, {"resourceId", making.previous->ref}}), keep,
             on({"NotFoundException"}, [keep, again] {
                 return Actions{{"apigateway", "CreateResource", copy(*again), keep}};
             })}};
}

Actions makeMethod(Making& making) {
    const std::string api = require(making, "RestApiId"), resource = require(making, "ResourceId"),
                      method = require(making, "HttpMethod");
    const auto place = [&] { return object({{"restApiId", api}, {"resourceId", resource}, {"httpMethod", method}}); };
    making.result.ref = making.generatedName();
    making.result.attributes = {{"ApiId", api}, {"ResourceId", resource}, {"HttpMethod", method}};
    Json put = place();
    set(put, "authorizationType", textOr(making.properties, "AuthorizationType", "NONE"));
    for (const auto& [from, to] : {std::pair{"AuthorizerId", "authorizerId"},
                                   {"RequestValidatorId", "requestValidatorId"},
                                   {"OperationName", "operationName"},
                                   {"RequestModels", "requestModels"},
                                   {"AuthorizationScopes", "authorizationScopes"}}) {
        if (const auto* value = find(making.properties, from)) set(put, to, typed(*value));
    }
    if (const auto* required = find(making.properties, "ApiKeyRequired")) set(put, "apiKeyRequired", isTrue(*required));
    if (const auto* parameters = find(making.properties, "RequestParameters"))
        set(put, "requestParameters", truths(*parameters));
    const auto again = std::make_shared<Json>(copy(put));
    const auto where = std::make_shared<Json>(place());
    Actions actions;
    actions.push_back(
        {"apigateway", "PutMethod", std::move(put), {}, on({"ConflictException"}, [again, where] {
             return Actions{{"apigateway", "DeleteMethod", copy(*where)}, {"apigateway", "PutMethod", copy(*again)}};
         })});
    for (const auto* response : Fields(making.properties).items("MethodResponses")) {
        Json request = place();
        set(request, "statusCode", scalarText(Fields(*response).value("StatusCode")));
        if (const auto* models = find(*response, "ResponseModels")) set(request, "responseModels", typed(*models));
        if (const auto* parameters = find(*response, "ResponseParameters"))
            set(request, "responseParameters", truths(*parameters));
        actions.push_back({"apigateway", "PutMethodResponse", std::move(request)});
    }
    if (const auto* integration = find(making.properties, "Integration")) {
        Json request = apiCase(typed(*integration));
        erase(request, "integrationResponses");
        if (const auto sent = optionalText(request, "integrationHttpMethod"))
            set(request, "integrationHttpMethod", *sent);
        for (const auto& member : where->GetObject()) set(request, view(member.name), copy(member.value));
        actions.push_back({"apigateway", "PutIntegration", std::move(request)});
        for (const auto* response : Fields(*integration).items("IntegrationResponses")) {
            Json one = apiCase(typed(*response));
            for (const auto& member : where->GetObject()) set(one, view(member.name), copy(member.value));
            actions.push_back({"apigateway", "PutIntegrationResponse", std::move(one)});
        }
    }
    return actions;
}

Actions unmakeMethod(const Physical& physical) {
    const auto& at = physical.attributes;
    return {{"apigateway", "DeleteMethod",
             object({{"restApiId", at.at("ApiId")},
                     {"resourceId", at.at("ResourceId")},
                     {"httpMethod", at.at("HttpMethod")}})}};
}

/// A deployment is a snapshot: each time the stack is deployed a new one is taken, and stages move to it.
Actions makeDeployment(Making& making) {
    const std::string api = require(making, "RestApiId");
    making.result.attributes["ApiId"] = api;
    Json request = object({{"restApiId", api},
                           {"description", optionalText(making.properties, "Description")},
                           {"stageName", optionalText(making.properties, "StageName")}});
    return {{"apigateway", "CreateDeployment", std::move(request), [&making](const Json& answer) {
                 making.result.ref = textOr(answer, "id");
                 making.result.attributes["DeploymentId"] = making.result.ref;
                 return Actions{};
             }}};
}

Actions makeStage(Making& making) {
    const std::string api = require(making, "RestApiId"), name = require(making, "StageName"),
                      deployment = require(making, "DeploymentId");
    making.result.ref = name;
    making.result.attributes["ApiId"] = api;
    Json request = object({{"restApiId", api},
                           {"stageName", name},
                           {"deploymentId", deployment},
                           {"description", optionalText(making.properties, "Description")}});
    Json patch = list({replaceAt("/deploymentId", deployment)});
    if (const auto* variables = find(making.properties, "Variables")) {
        set(request, "variables", typed(*variables));
        for (const auto& variable : variables->GetObject())
            push(patch, replaceAt("/variables/" + text(variable.name), scalarText(variable.value)));
    }
    if (const auto* tracing = find(making.properties, "TracingEnabled"))
        set(request, "tracingEnabled", isTrue(*tracing));
    if (const auto* tags = find(making.properties, "Tags")) set(request, "tags", tagMap(*tags));
    const auto change = std::make_shared<Json>(std::move(patch));
    return {{"apigateway", "CreateStage", std::move(request), {}, on({"ConflictException"}, [=] {
                 return Actions{
                     {"apigateway", "UpdateStage",
                      object({{"restApiId", api}, {"stageName", name}, {"patchOperations", copy(*change)}})}};
             })}};
}

/// For the nouns that are made anew each time: an API's authorizers, validators, models, keys and plans.
std::function<Actions(Making&)> simple(const char* create, const char* remove, const char* member) {
    return [=](Making& making) {
        Json request = apiCase(typed(making.properties));
        for (const auto& [from, to] : {std::pair{"RestApiId", "restApiId"},
                                       {"ProviderARNs", "providerARNs"},
                                       {"KeyId", "keyId"},
                                       {"UsagePlanId", "usagePlanId"}}) {
            if (const auto* value = find(making.properties, from)) set(request, to, typed(*value));
        }
        if (const auto* seconds = find(making.properties, "AuthorizerResultTtlInSeconds"))
            set(request, "authorizerResultTtlInSeconds", wholeNumber(*seconds, "AuthorizerResultTtlInSeconds"));
        for (const char* flag : {"ValidateRequestBody", "ValidateRequestParameters", "Enabled"}) {
            std::string lowered = flag;
            lowered[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(lowered[0])));
            if (const auto* value = find(making.properties, flag)) set(request, lowered, isTrue(*value));
        }
        if (const auto* schema = find(making.properties, "Schema")) set(request, "schema", documentText(*schema));
        if (!find(request, "name")) set(request, "name", making.generatedName());
        if (const auto api = optionalText(request, "restApiId")) making.result.attributes["ApiId"] = *api;
        Actions actions;
        if (making.previous) {
            Json drop = object({{member, making.previous->ref}, {"restApiId", optionalText(request, "restApiId")}});
            actions.push_back({"apigateway", remove, std::move(drop), {}, ignore});
        }
        actions.push_back({"apigateway", create, std::move(request),
                           keepId(making, std::string_view(create) == "CreateModel" ? "name" : "id")});
        return actions;
    };
}

Actions makeUsagePlan(Making& making) {
    Json request = object(
        {{"name", making.nameFrom("UsagePlanName")}, {"description", optionalText(making.properties, "Description")}});
    if (const auto* stages = find(making.properties, "ApiStages")) {
        set(request, "apiStages", array(stages->GetArray(), [](const Json& stage) {
                return object({{"apiId", textOr(stage, "ApiId")}, {"stage", textOr(stage, "Stage")}});
            }));
    }
    if (making.previous) {
        making.result = *making.previous;
        return {};
    }
    return {{"apigateway", "CreateUsagePlan", std::move(request), keepId(making)}};
}

Actions makeUsagePlanKey(Making& making) {
    const std::string key = require(making, "KeyId"), plan = require(making, "UsagePlanId");
    making.result.ref = key;
    return {
        {"apigateway",
         "CreateUsagePlanKey",
         object({{"keyId", key}, {"usagePlanId", plan}, {"keyType", textOr(making.properties, "KeyType", "API_KEY")}}),
         {},
         on({"ConflictException"}, [] { return Actions{}; })}};
}

/// There is one account: the type sets its role for logs.
Actions makeAccount(Making& making) {
    making.result.ref = making.generatedName();
    making.result.attributes["Id"] = making.result.ref;
    const auto role = optionalText(making.properties, "CloudWatchRoleArn");
    if (!role) return {};
    return {
        {"apigateway", "UpdateAccount", object({{"patchOperations", list({replaceAt("/cloudwatchRoleArn", *role)})}})}};
}

Actions makeGatewayResponse(Making& making) {
    const std::string api = require(making, "RestApiId"), type = require(making, "ResponseType");
    making.result.ref = type;
    making.result.attributes["ApiId"] = api;
    Json request = object({{"restApiId", api}, {"responseType", type}});
    for (const auto& [from, to] : {std::pair{"StatusCode", "statusCode"},
                                   {"ResponseParameters", "responseParameters"},
                                   {"ResponseTemplates", "responseTemplates"}}) {
        if (const auto* value = find(making.properties, from)) set(request, to, typed(*value));
    }
    return {{"apigateway", "PutGatewayResponse", std::move(request)}};
}

// --- HTTP APIs ----------------------------------------------------------------------------------------------------

Actions makeHttpApi(Making& making) {
    Json request = object(
        {{"name", making.nameFrom("Name")}, {"protocolType", textOr(making.properties, "ProtocolType", "HTTP")}});
    // Members of apigatewayv2's model begin with capitals.
    request = object(
        {{"Name", making.nameFrom("Name")}, {"ProtocolType", textOr(making.properties, "ProtocolType", "HTTP")}});
    if (const auto* cors = find(making.properties, "CorsConfiguration")) {
        Json configuration = typed(*cors);
        if (const auto* credentials = find(*cors, "AllowCredentials"))
            set(configuration, "AllowCredentials", isTrue(*credentials));
        if (const auto* age = find(*cors, "MaxAge")) set(configuration, "MaxAge", wholeNumber(*age, "MaxAge"));
        set(request, "CorsConfiguration", std::move(configuration));
    }
    const auto keep = [&making](const Json& answer) {
        making.result.ref = textOr(answer, "ApiId");
        making.result.attributes = {{"ApiId", making.result.ref}, {"ApiEndpoint", textOr(answer, "ApiEndpoint")}};
        return Actions{};
    };
    if (!making.previous) return {{"apigatewayv2", "CreateApi", std::move(request), keep}};
    const auto again = std::make_shared<Json>(copy(request));
    erase(request, "ProtocolType");
    set(request, "ApiId", making.previous->ref);
    return {{"apigatewayv2", "UpdateApi", std::move(request), keep, on({"NotFoundException"}, [=] {
                 return Actions{{"apigatewayv2", "CreateApi", copy(*again), keep}};
             })}};
}

/// Integrations, routes, stages and authorizers of an HTTP API: those of the last deployment are dropped and made anew.
std::function<Actions(Making&)> httpPart(const char* create, const char* remove, const char* id) {
    return [=](Making& making) {
        Json request = typed(making.properties);
        for (const char* flag : {"AutoDeploy", "ApiKeyRequired", "EnableSimpleResponses"}) {
            if (const auto* value = find(making.properties, flag)) set(request, flag, isTrue(*value));
        }
        for (const char* number : {"TimeoutInMillis", "AuthorizerResultTtlInSeconds"}) {
            if (const auto* value = find(making.properties, number)) set(request, number, wholeNumber(*value, number));
        }
        const std::string api = require(making, "ApiId");
        making.result.attributes["ApiId"] = api;
        Actions actions;
        if (making.previous && making.previous->attributes["ApiId"] == api) {
            Json drop = object({{"ApiId", api}});
            set(drop, id, making.previous->ref);
            actions.push_back({"apigatewayv2", remove, std::move(drop), {}, ignore});
        }
        actions.push_back({"apigatewayv2", create, std::move(request), keepId(making, id)});
        return actions;
    };
}

}  // namespace

void addApiTypes(ResourceTypes& types) {
    types["AWS::ApiGateway::RestApi"] = {
        makeRestApi, [](const Physical& physical) {
            return Actions{{"apigateway", "DeleteRestApi", object({{"restApiId", physical.ref}})}};
        }};
    types["AWS::ApiGateway::Resource"] = {makeResource, removalUnder("DeleteResource", "resourceId")};
    types["AWS::ApiGateway::Method"] = {makeMethod, unmakeMethod};
    types["AWS::ApiGateway::Deployment"] = {makeDeployment, removalUnder("DeleteDeployment", "deploymentId")};
    types["AWS::ApiGateway::Stage"] = {makeStage, removalUnder("DeleteStage", "stageName")};
    types["AWS::ApiGateway::Authorizer"] = {simple("CreateAuthorizer", "DeleteAuthorizer", "authorizerId"),
                                            removalUnder("DeleteAuthorizer", "authorizerId")};
    types["AWS::ApiGateway::RequestValidator"] = {
        simple("CreateRequestValidator", "DeleteRequestValidator", "requestValidatorId"),
        removalUnder("DeleteRequestValidator", "requestValidatorId")};
    types["AWS::ApiGateway::Model"] = {simple("CreateModel", "DeleteModel", "modelName"),
                                       removalUnder("DeleteModel", "modelName")};
    types["AWS::ApiGateway::GatewayResponse"] = {makeGatewayResponse,
                                                 removalUnder("DeleteGatewayResponse", "responseType")};
    types["AWS::ApiGateway::ApiKey"] = {
        simple("CreateApiKey", "DeleteApiKey", "apiKey"), [](const Physical& physical) {
            return Actions{{"apigateway", "DeleteApiKey", object({{"apiKey", physical.ref}})}};
        }};
    types["AWS::ApiGateway::UsagePlan"] = {
        makeUsagePlan, [](const Physical& physical) {
            return Actions{{"apigateway", "DeleteUsagePlan", object({{"usagePlanId", physical.ref}})}};
        }};
    types["AWS::ApiGateway::Account"] = {makeAccount, {}};
    types["AWS::ApiGateway::UsagePlanKey"] = {makeUsagePlanKey, {}};
    types["AWS::ApiGatewayV2::Api"] = {
        makeHttpApi, [](const Physical& physical) {
            return Actions{{"apigatewayv2", "DeleteApi", object({{"ApiId", physical.ref}})}};
        }};
    types["AWS::ApiGatewayV2::Integration"] = {
        httpPart("CreateIntegration", "DeleteIntegration", "IntegrationId"),
        removalUnder("DeleteIntegration", "IntegrationId", "apigatewayv2", "ApiId")};
    types["AWS::ApiGatewayV2::Route"] = {httpPart("CreateRoute", "DeleteRoute", "RouteId"),
                                         removalUnder("DeleteRoute", "RouteId", "apigatewayv2", "ApiId")};
    types["AWS::ApiGatewayV2::Stage"] = {httpPart("CreateStage", "DeleteStage", "StageName"),
                                         removalUnder("DeleteStage", "StageName", "apigatewayv2", "ApiId")};
    types["AWS::ApiGatewayV2::Deployment"] = {
        httpPart("CreateDeployment", "DeleteDeployment", "DeploymentId"),
        removalUnder("DeleteDeployment", "DeploymentId", "apigatewayv2", "ApiId")};
    types["AWS::ApiGatewayV2::Authorizer"] = {
        httpPart("CreateAuthorizer", "DeleteAuthorizer", "AuthorizerId"),
        removalUnder("DeleteAuthorizer", "AuthorizerId", "apigatewayv2", "ApiId")};
}

}  // namespace backlot::templates
