// AWS::Serverless::Api and HttpApi, with the routes that events add.  Source: AWS SAM specification.

#include <algorithm>
#include <cctype>

#include "emulator/base/hash.h"
#include "emulator/base/text.h"
#include "emulator/templates/serverless_expansion.h"

namespace backlot::templates {
namespace {

constexpr std::string_view kImplicitApi = "ServerlessRestApi", kImplicitHttpApi = "ServerlessHttpApi";

std::string upper(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return text;
}

std::string lettersOf(std::string_view text) {
    std::string letters;
    for (const char c : text)
        if (std::isalnum(static_cast<unsigned char>(c))) letters += c;
    return letters;
}

/// SAM's short form of authorizers: JWT by issuer and audience, or a function.
Node httpAuthorizer(const Member& authorizer, const std::string& apiId) {
    const Node& given = authorizer.value;
    const int line = authorizer.line;
    Node made = mapping(line);
    made.set("ApiId", ref(apiId, line));
    made.set("Name", scalar(authorizer.name, line));
    if (const auto* jwt = given.find("JwtConfiguration")) {
        Node configuration = mapping(line);
        for (const auto& member : jwt->members) {
            const bool issuer = member.name == "issuer" || member.name == "Issuer";
            configuration.set(issuer ? "Issuer" : "Audience", member.value);
        }
        made.set("AuthorizerType", scalar("JWT", line));
        made.set("JwtConfiguration", std::move(configuration));
        const auto* source = given.find("IdentitySource");
        made.set("IdentitySource",
                 sequenceOf({source ? *source : scalar("$request.header.Authorization", line)}, line));
        return made;
    }
    made.set("AuthorizerType", scalar("REQUEST", line));
    if (const auto* function = given.find("FunctionArn")) made.set("AuthorizerUri", *function);
    for (const auto& [from, to] : {std::pair{"AuthorizerPayloadFormatVersion", "AuthorizerPayloadFormatVersion"},
                                   {"EnableSimpleResponses", "EnableSimpleResponses"}})
        if (const auto* value = given.find(from)) made.set(to, *value);
    std::vector<Node> sources;
    if (const auto* identity = given.find("Identity")) {
        for (const auto& [list, prefix] : {std::pair{"Headers", "$request.header."},
                                           {"QueryStrings", "$request.querystring."},
                                           {"StageVariables", "$stageVariables."},
                                           {"Context", "$context."}})
            if (const auto* names = identity->find(list))
                for (const auto& name : names->items) sources.push_back(scalar(prefix + name.text, name.line));
        if (const auto* seconds = identity->find("ReauthorizeEvery"))
            made.set("AuthorizerResultTtlInSeconds", *seconds);
    }
    if (sources.empty()) sources.push_back(scalar("$request.header.Authorization", line));
    made.set("IdentitySource", sequenceOf(std::move(sources), line));
    return made;
}

}  // namespace

void Expansion::declareApi(const ResourceDeclaration& resource) {
    const bool rest = resource.type == "AWS::Serverless::Api";
    if (!rest && resource.type != "AWS::Serverless::HttpApi") return;
    ServerlessApi api{.logicalId = resource.logicalId,
                      .stage = {},
                      .properties = merged(globals(rest ? "Api" : "HttpApi"), resource.properties),
                      .routes = {},
                      .line = resource.line,
                      .condition = resource.condition};
    api.stage = api.properties.textOf("StageName");
    if (rest && api.stage.empty()) source_.fail(resource.line, resource.logicalId + " has no StageName");
    (rest ? apis_ : httpApis_).emplace(resource.logicalId, std::move(api));
}

ServerlessApi* Expansion::apiOf(std::map<std::string, ServerlessApi>& apis, const Event& event, std::string_view member,
                                std::string_view implicit, std::string_view globalsSection,
                                std::string_view implicitStage) {
    std::string id(implicit);
    if (const auto* given = event.properties.find(member)) {
        const auto names = references(*given);
        id = names.empty() ? given->text : *names.begin();
        if (!apis.contains(id)) return nullptr;
    }
    auto [found, made] = apis.try_emplace(id);
    if (made) {
        found->second.logicalId = id;
        found->second.stage = implicitStage;
        found->second.properties = globals(globalsSection);
        found->second.line = event.declared.line;
    }
    return &found->second;
}

/// SAM adds routes to the APIs whose definition it writes; one that the template gives is taken as it stands.
void Expansion::addRoute(const Event& event, Node integration) {
    ServerlessApi* api = apiOf(apis_, event, "RestApiId", kImplicitApi, "Api", "Prod");
    if (!api || api->properties.find("DefinitionBody") || api->properties.find("DefinitionUri")) return;
    ApiRoute route{.path = wanted(event, "Path").text,
                   .method = lowered(wanted(event, "Method").text),
                   .integration = std::move(integration),
                   .authorizer = {},
                   .line = event.declared.line};
    if (const auto* auth = event.properties.find("Auth")) {
        route.authorizer = auth->textOf("Authorizer");
        route.apiKeyRequired = auth->textOf("ApiKeyRequired") == "true";
    }
    if (route.method == "*") route.method = "any";
    const bool twice = std::any_of(api->routes.begin(), api->routes.end(), [&](const ApiRoute& other) {
        return other.path == route.path && other.method == route.method;
    });
    if (twice) source_.fail(route.line, route.method + " " + route.path + " is the route of another event already");
    api->routes.push_back(std::move(route));
}

void Expansion::onHttpApi(const Event& event) {
    ServerlessApi* api = apiOf(httpApis_, event, "ApiId", kImplicitHttpApi, "HttpApi", "$default");
    if (!api) return;  // one that the template writes out itself
    ApiRoute route{.path = "$default",
                   .method = "any",
                   .integration = mapping(event.declared.line),
                   .authorizer = {},
                   .line = event.declared.line};
    if (event.properties.find("Path")) route.path = event.properties.textOf("Path");
    if (event.properties.find("Method")) route.method = event.properties.textOf("Method");
    if (route.method == "*") route.method = "any";
    if (const auto* auth = event.properties.find("Auth")) {
        route.authorizer = auth->textOf("Authorizer");
        if (const auto* scopes = auth->find("AuthorizationScopes")) route.scopes = *scopes;
    }
    route.integration.set("uri", event.target);
    const auto* version = event.properties.find("PayloadFormatVersion");
    route.integration.set("payloadFormatVersion", version ? *version : scalar("2.0"));
    if (const auto* limit = event.properties.find("TimeoutInMillis")) route.integration.set("timeoutInMillis", *limit);
    api->routes.push_back(std::move(route));
}

void Expansion::finishApi(ServerlessApi& api) {
    const ResourceDeclaration origin{.logicalId = api.logicalId, .line = api.line, .condition = api.condition};
    const Node body = restApiBody(source_, api);
    const std::string fingerprint = sha1Hex(writeJson(toJson(body))).substr(0, 10);
    Node rest = mapping(api.line);
    rest.set("Body", body);
    for (const auto& name : {"Name", "Description", "BinaryMediaTypes", "MinimumCompressionSize",
                             "DisableExecuteApiEndpoint", "ApiKeySourceType"})
        if (const auto* value = api.properties.find(name)) rest.set(name, *value);
    if (const auto* tags = api.properties.find("Tags")) rest.set("Tags", tagList(*tags));
    if (const auto* endpoint = api.properties.find("EndpointConfiguration")) {
        Node configuration = mapping(endpoint->line);
        configuration.set(
            "Types", sequenceOf({endpoint->isScalar() ? *endpoint : scalar(endpoint->textOf("Type"), endpoint->line)},
                                endpoint->line));
        rest.set("EndpointConfiguration", std::move(configuration));
    }
    if (const auto* uri = api.properties.find("DefinitionUri")) {
        rest.erase("Body");
        rest.set("BodyLocalFile", *uri);
    }
    add(origin, api.logicalId, "AWS::ApiGateway::RestApi", std::move(rest)).madeFrom.clear();

    const std::string deploymentId = api.logicalId + "Deployment" + fingerprint;
    Node deployment = mapping(api.line);
    deployment.set("RestApiId", ref(api.logicalId, api.line));
    deployment.set("Description", scalar("RestApi deployment id: " + fingerprint, api.line));
    add(origin, deploymentId, "AWS::ApiGateway::Deployment", std::move(deployment));

    Node stage = mapping(api.line);
    stage.set("RestApiId", ref(api.logicalId, api.line));
    stage.set("DeploymentId", ref(deploymentId, api.line));
    stage.set("StageName", scalar(api.stage, api.line));
    for (const char* name : {"Variables", "TracingEnabled", "CacheClusterEnabled", "CacheClusterSize"})
        if (const auto* value = api.properties.find(name)) stage.set(name, *value);
    const std::string stageId = api.logicalId + lettersOf(api.stage) + "Stage";
    add(origin, stageId, "AWS::ApiGateway::Stage", std::move(stage));
    source_.aliases[api.logicalId + ".Stage"] = stageId;
    source_.aliases[api.logicalId + ".Deployment"] = deploymentId;
}

void Expansion::finishHttpApi(ServerlessApi& api) {
    const ResourceDeclaration origin{.logicalId = api.logicalId, .line = api.line, .condition = api.condition};
    Node http = mapping(api.line);
    http.set("Name", api.properties.find("Name") ? *api.properties.find("Name") : ref("AWS::StackName", api.line));
    http.set("ProtocolType", scalar("HTTP", api.line));
    for (const char* name : {"Description", "DisableExecuteApiEndpoint"})
        if (const auto* value = api.properties.find(name)) http.set(name, *value);
    if (const auto* cors = api.properties.find("CorsConfiguration")) {
        Node configuration = *cors;
        if (cors->isScalar()) {
            configuration = mapping(cors->line);
            configuration.set("AllowOrigins", sequenceOf({scalar("*", cors->line)}, cors->line));
        }
        http.set("CorsConfiguration", std::move(configuration));
    }
    if (const auto* given = api.properties.find("DefinitionBody")) {
        http = mapping(api.line);
        http.set("Body", *given);
    }
    add(origin, api.logicalId, "AWS::ApiGatewayV2::Api", std::move(http)).madeFrom.clear();

    const auto* auth = api.properties.find("Auth");
    std::map<std::string, std::string> types;  // of the API's authorizers, by name
    if (const auto* authorizers = auth ? auth->find("Authorizers") : nullptr)
        for (const auto& authorizer : authorizers->members) {
            Node made = httpAuthorizer(authorizer, api.logicalId);
            types[authorizer.name] = made.textOf("AuthorizerType") == "JWT" ? "JWT" : "CUSTOM";
            add(origin, api.logicalId + "Authorizer" + lettersOf(authorizer.name), "AWS::ApiGatewayV2::Authorizer",
                std::move(made));
        }
    int number = 0;
    for (const auto& route : api.routes) {
        const std::string suffix = std::to_string(number++);
        Node integration = mapping(route.line);
        integration.set("ApiId", ref(api.logicalId, route.line));
        integration.set("IntegrationType", scalar("AWS_PROXY", route.line));
        integration.set("IntegrationUri", *route.integration.find("uri"));
        integration.set("PayloadFormatVersion", *route.integration.find("payloadFormatVersion"));
        if (const auto* limit = route.integration.find("timeoutInMillis")) integration.set("TimeoutInMillis", *limit);
        add(origin, api.logicalId + "Integration" + suffix, "AWS::ApiGatewayV2::Integration", std::move(integration));
        Node declared = mapping(route.line);
        declared.set("ApiId", ref(api.logicalId, route.line));
        declared.set("RouteKey", scalar(route.path == "$default" ? "$default" : upper(route.method) + " " + route.path,
                                        route.line));
        declared.set(
            "Target",
            fromJson(
                object({{"Fn::Join", list({"/", list({"integrations",
                                                      object({{"Ref", api.logicalId + "Integration" + suffix}})})})}}),
                route.line));
        std::string authorizer = route.authorizer;
        if (authorizer.empty() && auth) authorizer = auth->textOf("DefaultAuthorizer");
        if (authorizer == "AWS_IAM") declared.set("AuthorizationType", scalar("AWS_IAM", route.line));
        if (const auto found = types.find(authorizer); found != types.end()) {
            declared.set("AuthorizationType", scalar(found->second, route.line));
            declared.set("AuthorizerId", ref(api.logicalId + "Authorizer" + lettersOf(authorizer), route.line));
            if (route.scopes.isSequence()) declared.set("AuthorizationScopes", route.scopes);
        }
        add(origin, api.logicalId + "Route" + suffix, "AWS::ApiGatewayV2::Route", std::move(declared));
    }
    Node stage = mapping(api.line);
    stage.set("ApiId", ref(api.logicalId, api.line));
    stage.set("StageName", scalar(api.stage.empty() ? "$default" : api.stage, api.line));
    stage.set("AutoDeploy", fromJson(Json(true), api.line));
    if (const auto* variables = api.properties.find("StageVariables")) stage.set("StageVariables", *variables);
    const std::string stageId = api.logicalId + "ApiGatewayDefaultStage";
    add(origin, stageId, "AWS::ApiGatewayV2::Stage", std::move(stage));
    source_.aliases[api.logicalId + ".Stage"] = stageId;
}

}  // namespace backlot::templates
