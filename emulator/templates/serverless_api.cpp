#include "emulator/templates/serverless_api.h"

#include <algorithm>

namespace backlot::templates {

namespace {

Node node(Json json, int line) { return fromJson(json, line); }

Node sub(const std::string& text, int line) {
    Node result;
    result.line = line;
    result.set("Fn::Sub", scalar(text, line));
    return result;
}

/// A CORS member of Cors: texts stand in single quotes already, as SAM wants them ("'*'"); numbers do not.
std::string quotedText(const Node* value) {
    if (!value || !value->isScalar()) return {};
    if (value->text.starts_with("'")) return value->text;
    return "'" + value->text + "'";
}

/// The OPTIONS method that answers a preflight by itself.
Node corsMethod(const Node& cors, const std::vector<std::string>& methods, int line) {
    std::string allowed;
    for (const auto& method : methods) allowed += (allowed.empty() ? "" : ",") + method;
    std::map<std::string, std::string> headers;
    if (cors.isScalar()) {
        headers["Access-Control-Allow-Origin"] = quotedText(&cors);
        headers["Access-Control-Allow-Methods"] = "'" + allowed + "'";
    } else {
        headers["Access-Control-Allow-Origin"] =
            cors.find("AllowOrigin") ? quotedText(cors.find("AllowOrigin")) : "'*'";
        headers["Access-Control-Allow-Methods"] =
            cors.find("AllowMethods") ? quotedText(cors.find("AllowMethods")) : "'" + allowed + "'";
        if (cors.find("AllowHeaders")) headers["Access-Control-Allow-Headers"] = quotedText(cors.find("AllowHeaders"));
        if (cors.find("MaxAge")) headers["Access-Control-Max-Age"] = quotedText(cors.find("MaxAge"));
        if (cors.textOf("AllowCredentials") == "true") headers["Access-Control-Allow-Credentials"] = "'true'";
    }
    Json declared = object(), parameters = object();
    for (const auto& [name, value] : headers) {
        set(declared, name, object({{"type", "string"}}));
        set(parameters, "method.response.header." + name, value);
    }
    return node(
        object({{"summary", "CORS support"},
                {"consumes", list({"application/json"})},
                {"produces", list({"application/json"})},
                {"responses", object({{"200", object({{"description", "Default response for CORS method"},
                                                      {"headers", std::move(declared)}})}})},
                {"x-amazon-apigateway-integration",
                 object({{"type", "mock"},
                         {"requestTemplates", object({{"application/json", "{\n  \"statusCode\" : 200\n}\n"}})},
                         {"responses", object({{"default", object({{"statusCode", "200"},
                                                                   {"responseParameters", std::move(parameters)},
                                                                   {"responseTemplates",
                                                                    object({{"application/json", "{}\n"}})}})}})}})}}),
        line);
}

Node invocationUri(const Node& functionArn, int line) {
    Node variables;
    variables.line = line;
    variables.set("FunctionArn", functionArn);
    Node arguments;
    arguments.kind = Node::Kind::sequence;
    arguments.line = line;
    arguments.items = {scalar("arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/"
                              "${FunctionArn}/invocations",
                              line),
                       std::move(variables)};
    Node result;
    result.line = line;
    result.set("Fn::Sub", std::move(arguments));
    return result;
}

/// "method.request.header.Authorization, method.request.querystring.q" of a REQUEST authorizer's Identity.
std::string identitySource(const Node& identity) {
    std::string result;
    const auto add = [&](std::string_view list, const std::string& prefix) {
        if (const auto* names = identity.find(list)) {
            for (const auto& name : names->items) result += (result.empty() ? "" : ", ") + prefix + name.text;
        }
    };
    add("Headers", "method.request.header.");
    add("QueryStrings", "method.request.querystring.");
    add("StageVariables", "stageVariables.");
    add("Context", "context.");
    return result;
}

Node authorizerDefinition(const Template& source, const Member& authorizer) {
    const Node& declared = authorizer.value;
    const int line = authorizer.line;
    const Node empty{.kind = Node::Kind::mapping};
    const Node& identity = declared.find("Identity") ? *declared.find("Identity") : empty;
    const auto* header = identity.find("Header");
    const std::string headerName = header ? header->text : "Authorization";
    Node result = node(object({{"type", "apiKey"}, {"name", headerName}, {"in", "header"}}), line);
    Node settings;
    settings.kind = Node::Kind::mapping;
    settings.line = line;
    if (const auto* pool = declared.find("UserPoolArn")) {
        result.set("x-amazon-apigateway-authtype", scalar("cognito_user_pools", line));
        settings.set("type", scalar("cognito_user_pools", line));
        Node arns;
        arns.kind = Node::Kind::sequence;
        arns.line = line;
        arns.items = pool->isSequence() ? pool->items : std::vector<Node>{*pool};
        settings.set("providerARNs", std::move(arns));
    } else if (const auto* arn = declared.find("FunctionArn")) {
        const bool byRequest = declared.textOf("FunctionPayloadType") == "REQUEST";
        result.set("x-amazon-apigateway-authtype", scalar("custom", line));
        if (byRequest) result.set("name", scalar("Unused", line));
        settings.set("type", scalar(byRequest ? "request" : "token", line));
        settings.set("authorizerUri", invocationUri(*arn, line));
        if (byRequest) settings.set("identitySource", scalar(identitySource(identity), line));
        if (const auto* expression = identity.find("ValidationExpression"))
            settings.set("identityValidationExpression", *expression);
        if (const auto* seconds = identity.find("ReauthorizeEvery"))
            settings.set("authorizerResultTtlInSeconds", *seconds);
    } else {
        source.fail(line, "authorizer " + authorizer.name + " has neither a FunctionArn nor a UserPoolArn");
    }
    result.set("x-amazon-apigateway-authorizer", std::move(settings));
    return result;
}

Node methodDefinition(const ApiRoute& route, const Node* auth) {
    Node method;
    method.kind = Node::Kind::mapping;
    method.line = route.line;
    method.set("x-amazon-apigateway-integration", route.integration);
    method.set(
        "responses",
        node(route.integration.textOf("type") == "aws"
                 ? object({{"200", object({{"description", "OK"}})}, {"400", object({{"description", "Bad Request"}})}})
                 : object(),
             route.line));
    std::string authorizer = route.authorizer;
    if (authorizer.empty() && auth) authorizer = auth->textOf("DefaultAuthorizer");
    std::vector<std::string> schemes;
    if (authorizer == "AWS_IAM") schemes.push_back("AWS_IAM");
    if (!authorizer.empty() && authorizer != "NONE" && authorizer != "AWS_IAM") schemes.push_back(authorizer);
    if (route.apiKeyRequired || (auth && auth->textOf("ApiKeyRequired") == "true")) schemes.push_back("api_key");
    if (!schemes.empty()) {
        Json security(rapidjson::kArrayType);
        for (const auto& scheme : schemes) push(security, object({{scheme, list()}}));
        method.set("security", node(std::move(security), route.line));
    }
    return method;
}

}  // namespace

Node lambdaProxyIntegration(const Node& functionArn, int line) {
    Node result = node(object({{"httpMethod", "POST"}, {"type", "aws_proxy"}}), line);
    result.set("uri", invocationUri(functionArn, line));
    return result;
}

Node startExecutionIntegration(const std::string& machineId, const std::string& roleId, int line) {
    Node result =
        node(object({{"httpMethod", "POST"},
                     {"type", "aws"},
                     {"responses",
                      object({{"200", object({{"statusCode", "200"}})}, {"400", object({{"statusCode", "400"}})}})}}),
             line);
    result.set("uri", sub("arn:${AWS::Partition}:apigateway:${AWS::Region}:states:action/StartExecution", line));
    Node role;
    role.set("Fn::GetAtt", node(list({roleId, "Arn"}), line));
    result.set("credentials", std::move(role));
    Node templates;
    templates.line = line;
    templates.set(
        "application/json",
        sub("{\"input\": \"$util.escapeJavaScript($input.json('$'))\", \"stateMachineArn\": \"${" + machineId + "}\"}",
            line));
    result.set("requestTemplates", std::move(templates));
    return result;
}

Node restApiBody(const Template& source, const ServerlessApi& api) {
    Node body;
    body.line = api.line;
    if (const auto* given = api.properties.find("DefinitionBody")) body = *given;
    if (!body.find("swagger") && !body.find("openapi")) body.set("swagger", scalar("2.0", api.line));
    Node info = body.find("info") ? *body.find("info") : node(object({{"version", "1.0"}}), api.line);
    if (!info.find("title")) {
        Node title;
        title.set("Ref", scalar("AWS::StackName", api.line));
        info.set("title", api.properties.find("Name") ? *api.properties.find("Name") : std::move(title));
        body.set("info", std::move(info));
    }
    const Node* auth = api.properties.find("Auth");
    Node paths = body.find("paths") ? *body.find("paths") : Node{.kind = Node::Kind::mapping, .line = api.line};
    for (const auto& route : api.routes) {
        if (!paths.find(route.path)) paths.set(route.path, Node{.kind = Node::Kind::mapping, .line = route.line});
        Node& path = *paths.find(route.path);
        const std::string method = route.method == "any" ? "x-amazon-apigateway-any-method" : route.method;
        if (path.find(method))
            source.fail(route.line, route.method + " " + route.path + " is the route of another event already");
        path.set(method, methodDefinition(route, auth));
    }
    if (const auto* cors = api.properties.find("Cors")) {
        for (auto& path : paths.members) {
            if (path.value.find("options")) continue;
            std::vector<std::string> methods;
            for (const auto& method : path.value.members) {
                std::string name = method.name;
                std::transform(name.begin(), name.end(), name.begin(),
                               [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
                if (method.name == "x-amazon-apigateway-any-method") {
                    methods = {"DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"};
                } else {
                    methods.push_back(name);
                }
            }
            methods.push_back("OPTIONS");
            std::sort(methods.begin(), methods.end());
            path.value.set("options", corsMethod(*cors, methods, path.line));
        }
    }
    body.set("paths", std::move(paths));
    Node definitions =
        body.find("securityDefinitions") ? *body.find("securityDefinitions") : Node{.kind = Node::Kind::mapping};
    if (auth) {
        if (const auto* authorizers = auth->find("Authorizers")) {
            for (const auto& authorizer : authorizers->members)
                definitions.set(authorizer.name, authorizerDefinition(source, authorizer));
        }
    }
    const auto uses = [&](const std::string& scheme) {
        return (auth && scheme == "api_key" && auth->textOf("ApiKeyRequired") == "true") ||
               (auth && auth->textOf("DefaultAuthorizer") == scheme) ||
               std::any_of(api.routes.begin(), api.routes.end(), [&](const ApiRoute& route) {
                   return route.authorizer == scheme || (scheme == "api_key" && route.apiKeyRequired);
               });
    };
    if (uses("api_key"))
        definitions.set("api_key",
                        node(object({{"type", "apiKey"}, {"name", "x-api-key"}, {"in", "header"}}), api.line));
    if (uses("AWS_IAM")) {
        definitions.set("AWS_IAM", node(object({{"type", "apiKey"},
                                                {"name", "Authorization"},
                                                {"in", "header"},
                                                {"x-amazon-apigateway-authtype", "awsSigv4"}}),
                                        api.line));
    }
    if (!definitions.members.empty()) body.set("securityDefinitions", std::move(definitions));
    if (const auto* responses = api.properties.find("GatewayResponses")) {
        Node converted;
        converted.kind = Node::Kind::mapping;
        for (const auto& response : responses->members) {
            Node one;
            one.kind = Node::Kind::mapping;
            one.line = response.line;
            if (const auto* status = response.value.find("StatusCode")) one.set("statusCode", *status);
            if (const auto* templates = response.value.find("ResponseTemplates"))
                one.set("responseTemplates", *templates);
            if (const auto* parameters = response.value.find("ResponseParameters")) {
                Node flat;
                flat.kind = Node::Kind::mapping;
                const std::pair<const char*, const char*> kinds[] = {
                    {"Headers", "header"}, {"Paths", "path"}, {"QueryStrings", "querystring"}};
                for (const auto& [section, prefix] : kinds) {
                    if (const auto* values = parameters->find(section)) {
                        for (const auto& value : values->members)
                            flat.set("gatewayresponse." + std::string(prefix) + "." + value.name, value.value);
                    }
                }
                one.set("responseParameters", std::move(flat));
            }
            converted.set(response.name, std::move(one));
        }
        body.set("x-amazon-apigateway-gateway-responses", std::move(converted));
    }
    if (const auto* types = api.properties.find("BinaryMediaTypes")) {
        Node decoded = *types;
        for (auto& type : decoded.items) {  // SAM writes image~1png for image/png
            for (auto at = type.text.find("~1"); at != std::string::npos; at = type.text.find("~1"))
                type.text.replace(at, 2, "/");
        }
        body.set("x-amazon-apigateway-binary-media-types", std::move(decoded));
    }
    return body;
}

}  // namespace backlot::templates
