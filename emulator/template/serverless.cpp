#include "emulator/template/serverless.h"

#include <algorithm>

#include "emulator/base/hash.h"
#include "emulator/base/text.h"
#include "emulator/template/serverless_api.h"

namespace backlot::deploy {

namespace {

constexpr std::string_view kImplicitApi = "ServerlessRestApi", kImplicitHttpApi = "ServerlessHttpApi";

Node node(Json json, int line) { return fromJson(json, line); }

Node ref(std::string_view logicalId, int line) {
    Node result;
    result.line = line;
    result.set("Ref", scalar(logicalId, line));
    return result;
}

Node getAtt(std::string_view logicalId, std::string_view attribute, int line) {
    return node(object({{"Fn::GetAtt", list({logicalId, attribute})}}), line);
}

Node mapping(int line) { return Node{.kind = Node::Kind::mapping, .line = line}; }

Node sequenceOf(std::vector<Node> items, int line) {
    Node result{.kind = Node::Kind::sequence, .line = line};
    result.items = std::move(items);
    return result;
}

/// Globals under a resource's own: mappings merge, lists are joined, the rest is the resource's.
Node merged(const Node& general, const Node& own) {
    if (own.isMapping() && general.isMapping() && functionOf(own).empty() && functionOf(general).empty()) {
        Node result = general;
        result.line = own.line;
        for (const auto& member : own.members) {
            const auto* below = general.find(member.name);
            result.set(member.name, below ? merged(*below, member.value) : member.value);
        }
        return result;
    }
    if (own.isSequence() && general.isSequence()) {
        Node result = general;
        result.items.insert(result.items.end(), own.items.begin(), own.items.end());
        return result;
    }
    return own;
}

/// SAM's Tags are a mapping, CloudFormation's a list.
Node tagList(const Node& tags) {
    if (!tags.isMapping()) return tags;
    std::vector<Node> items;
    for (const auto& tag : tags.members) {
        Node one = mapping(tag.line);
        one.set("Key", scalar(tag.name, tag.line));
        one.set("Value", tag.value);
        items.push_back(std::move(one));
    }
    return sequenceOf(std::move(items), tags.line);
}

/// "arn:…" as it stands, an AWS managed policy by its name.
std::string managedPolicyArn(const std::string& name) {
    return name.starts_with("arn:") ? name : "arn:aws:iam::aws:policy/" + name;
}

class Expansion {
public:
    Expansion(Template& source, std::vector<Warning>& warnings) : source_(source), warnings_(warnings) {}

    void run() {
        const std::vector<ResourceDeclaration> written = std::move(source_.resources);
        source_.resources.clear();
        for (const auto& resource : written) declareApi(resource);
        for (const auto& resource : written) expand(resource);
        for (auto& [name, api] : apis_) finishApi(api);
        for (auto& [name, api] : httpApis_) finishHttpApi(api);
    }

private:
    Node globals(std::string_view section) const {
        const auto* found = source_.globals.find(section);
        return found ? *found : Node{.kind = Node::Kind::mapping};
    }

    ResourceDeclaration& add(const ResourceDeclaration& origin, std::string logicalId, std::string type,
                             Node properties) {
        ResourceDeclaration made{.logicalId = std::move(logicalId),
                                 .type = std::move(type),
                                 .line = origin.line,
                                 .properties = std::move(properties),
                                 .condition = origin.condition,
                                 .retain = origin.retain,
                                 .madeFrom = origin.logicalId};
        made.properties.kind = Node::Kind::mapping;
        source_.resources.push_back(std::move(made));
        return source_.resources.back();
    }

    void warn(int line, const std::string& logicalId, const std::string& problem) {
        warnings_.push_back({line, logicalId, problem});
    }

    void declareApi(const ResourceDeclaration& resource) {
        if (resource.type == "AWS::Serverless::Api" || resource.type == "AWS::Serverless::HttpApi") {
            const bool rest = resource.type == "AWS::Serverless::Api";
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
    }

    void expand(const ResourceDeclaration& resource) {
        if (resource.type == "AWS::Serverless::Function") {
            expandFunction(resource);
        } else if (resource.type == "AWS::Serverless::SimpleTable") {
            expandTable(resource);
        } else if (resource.type == "AWS::Serverless::StateMachine") {
            expandStateMachine(resource);
        } else if (resource.type == "AWS::Serverless::LayerVersion") {
            warn(resource.line, resource.logicalId,
                 "AWS::Serverless::LayerVersion is not supported: put the layer's files into the function's folder");
        } else if (resource.type == "AWS::Serverless::Api" || resource.type == "AWS::Serverless::HttpApi") {
            // with its routes, at the end
        } else {
            source_.resources.push_back(resource);
        }
    }

    // --- functions ------------------------------------------------------------------------------------------------
    void expandFunction(const ResourceDeclaration& resource) {
        const Node given = merged(globals("Function"), resource.properties);
        const std::string& id = resource.logicalId;
        Node properties = mapping(resource.properties.line);
        for (const auto& member : given.members) {
            static const std::set<std::string_view> same = {"FunctionName",
                                                            "Handler",
                                                            "Runtime",
                                                            "Description",
                                                            "MemorySize",
                                                            "Timeout",
                                                            "Environment",
                                                            "VpcConfig",
                                                            "KmsKeyArn",
                                                            "EphemeralStorage",
                                                            "Architectures",
                                                            "ReservedConcurrentExecutions",
                                                            "PackageType",
                                                            "ImageConfig",
                                                            "FileSystemConfigs",
                                                            "Layers",
                                                            "LoggingConfig",
                                                            "SnapStart",
                                                            "RuntimeManagementConfig"};
            static const std::set<std::string_view> elsewhere = {"Policies",
                                                                 "Role",
                                                                 "Events",
                                                                 "PermissionsBoundary",
                                                                 "AssumeRolePolicyDocument",
                                                                 "RolePath",
                                                                 "EventInvokeConfig",
                                                                 "AutoPublishAlias",
                                                                 "DeploymentPreference",
                                                                 "ProvisionedConcurrencyConfig",
                                                                 "FunctionUrlConfig",
                                                                 "PropagateTags",
                                                                 "CodeUri",
                                                                 "InlineCode",
                                                                 "ImageUri"};
            if (same.contains(member.name)) {
                properties.set(member.name, member.value);
            } else if (member.name == "Tags") {
                properties.set("Tags", tagList(member.value));
            } else if (member.name == "Tracing") {
                Node mode = mapping(member.line);
                mode.set("Mode", member.value);
                properties.set("TracingConfig", std::move(mode));
            } else if (member.name == "DeadLetterQueue") {
                Node target = mapping(member.line);
                if (const auto* arn = member.value.find("TargetArn")) target.set("TargetArn", *arn);
                properties.set("DeadLetterConfig", std::move(target));
            } else if (!elsewhere.contains(member.name)) {
                source_.fail(member.line, "AWS::Serverless::Function has no property " + member.name);
            }
        }
        if (given.find("AutoPublishAlias") || given.find("ProvisionedConcurrencyConfig") ||
            given.find("DeploymentPreference")) {
            warn(resource.line, id,
                 "versions and aliases of functions are not made from AutoPublishAlias: $LATEST answers");
        }
        if (given.find("FunctionUrlConfig")) warn(resource.line, id, "FunctionUrlConfig is not supported");
        if (given.find("ImageUri"))
            source_.fail(resource.line, id + ": functions from container images are not supported");
        properties.set("Code", codeOf(given, resource));
        if (const auto* role = given.find("Role")) {
            properties.set("Role", *role);
        } else {
            addRole(resource, id + "Role", "lambda.amazonaws.com", given,
                    {"arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"});
            properties.set("Role", getAtt(id + "Role", "Arn", resource.line));
        }
        auto& made = add(resource, id, "AWS::Lambda::Function", std::move(properties));
        made.dependsOn = resource.dependsOn;
        made.madeFrom.clear();  // keeps its own name and line
        if (const auto* config = given.find("EventInvokeConfig")) {
            Node invoke = *config;
            invoke.set("FunctionName", ref(id, resource.line));
            invoke.set("Qualifier", scalar("$LATEST", resource.line));
            add(resource, id + "EventInvokeConfig", "AWS::Lambda::EventInvokeConfig", std::move(invoke));
        }
        if (const auto* events = given.find("Events")) {
            for (const auto& event : events->members) expandEvent(resource, event);
        }
    }

    Node codeOf(const Node& given, const ResourceDeclaration& resource) const {
        Node code = mapping(resource.line);
        if (const auto* text = given.find("InlineCode")) {
            code.set("ZipFile", *text);
            return code;
        }
        const auto* uri = given.find("CodeUri");
        if (!uri) {
            code.set("LocalFolder", scalar(".", resource.line));
        } else if (uri->isScalar() && !uri->text.starts_with("s3://")) {
            code.set("LocalFolder", scalar(uri->text, uri->line));
        } else {
            source_.fail(uri->line, resource.logicalId + ": code in S3 is not supported: name a folder in CodeUri");
        }
        return code;
    }

    void addRole(const ResourceDeclaration& resource, const std::string& roleId, std::string_view principal,
                 const Node& given, std::vector<std::string> managed) {
        std::vector<Node> documents;
        if (const auto* policies = given.find("Policies")) {
            const auto policy = [&](const Node& one) {
                if (one.isScalar()) managed.push_back(managedPolicyArn(one.text));
                if (one.find("Statement")) documents.push_back(one);
            };
            if (policies->isSequence()) {
                for (const auto& one : policies->items) policy(one);
            } else {
                policy(*policies);
            }
        }
        Node properties =
            node(object({{"AssumeRolePolicyDocument",
                          object({{"Version", "2012-10-17"},
                                  {"Statement", list({object({{"Effect", "Allow"},
                                                              {"Principal", object({{"Service", list({principal})}})},
                                                              {"Action", list({"sts:AssumeRole"})}})})}})},
                         {"ManagedPolicyArns", array(managed)}}),
                 resource.line);
        if (const auto* given2 = given.find("AssumeRolePolicyDocument"))
            properties.set("AssumeRolePolicyDocument", *given2);
        if (!documents.empty()) {
            std::vector<Node> inlinePolicies;
            for (std::size_t i = 0; i < documents.size(); ++i) {
                Node one = mapping(documents[i].line);
                one.set("PolicyName", scalar(roleId + "Policy" + std::to_string(i), documents[i].line));
                one.set("PolicyDocument", documents[i]);
                inlinePolicies.push_back(std::move(one));
            }
            properties.set("Policies", sequenceOf(std::move(inlinePolicies), resource.line));
        }
        add(resource, roleId, "AWS::IAM::Role", std::move(properties));
    }

    // --- events of functions --------------------------------------------------------------------------------------
    void expandEvent(const ResourceDeclaration& resource, const Member& event) {
        const std::string type(event.value.textOf("Type"));
        const Node* found = event.value.find("Properties");
        const Node properties = found ? *found : mapping(event.line);
        const std::string id = resource.logicalId + event.name;
        const Node function = getAtt(resource.logicalId, "Arn", event.line);
        if (type == "Api") {
            addRoute(properties, event, lambdaProxyIntegration(resource.logicalId, event.line));
            permission(resource, id + "PermissionProd", "apigateway.amazonaws.com");
        } else if (type == "HttpApi") {
            addHttpRoute(properties, event, resource.logicalId);
            permission(resource, id + "Permission", "apigateway.amazonaws.com");
        } else if (type == "SQS" || type == "DynamoDB" || type == "Kinesis") {
            Node mappingProperties = properties;
            const std::string source = type == "SQS" ? "Queue" : "Stream";
            const auto* arn = properties.find(source);
            if (!arn)
                source_.fail(event.line, "event " + event.name + " of " + resource.logicalId + " has no " + source);
            mappingProperties.set("EventSourceArn", *arn);
            mappingProperties.erase(source);
            mappingProperties.set("FunctionName", ref(resource.logicalId, event.line));
            add(resource, id, "AWS::Lambda::EventSourceMapping", std::move(mappingProperties)).line = event.line;
        } else if (type == "EventBridgeRule" || type == "CloudWatchEvent" || type == "Schedule") {
            addRule(resource, id, event, properties, function, nullptr);
            permission(resource, id + "Permission", "events.amazonaws.com");
        } else if (type == "SNS") {
            Node subscription = mapping(event.line);
            for (const auto& name : {"FilterPolicy", "FilterPolicyScope", "RedrivePolicy", "Region"}) {
                if (const auto* value = properties.find(name)) subscription.set(name, *value);
            }
            const auto* topic = properties.find("Topic");
            if (!topic) source_.fail(event.line, "event " + event.name + " of " + resource.logicalId + " has no Topic");
            subscription.set("TopicArn", *topic);
            subscription.set("Protocol", scalar("lambda", event.line));
            subscription.set("Endpoint", function);
            if (const auto* viaQueue = properties.find("SqsSubscription"); viaQueue && viaQueue->text != "false") {
                warn(event.line, id, "SqsSubscription is not supported: the topic calls the function directly");
            }
            add(resource, id, "AWS::SNS::Subscription", std::move(subscription)).line = event.line;
            permission(resource, id + "Permission", "sns.amazonaws.com");
        } else if (type.empty()) {
            source_.fail(event.line, "event " + event.name + " of " + resource.logicalId + " has no Type");
        } else {
            warn(event.line, id, "events of type " + type + " are not supported");
        }
    }

    void permission(const ResourceDeclaration& resource, const std::string& id, std::string_view principal) {
        Node properties = node(object({{"Action", "lambda:InvokeFunction"}, {"Principal", principal}}), resource.line);
        properties.set("FunctionName", ref(resource.logicalId, resource.line));
        add(resource, id, "AWS::Lambda::Permission", std::move(properties));
    }

    /// EventBridgeRule, CloudWatchEvent and Schedule: a rule with one target.
    void addRule(const ResourceDeclaration& resource, const std::string& id, const Member& event,
                 const Node& properties, const Node& targetArn, const Node* role) {
        Node rule = mapping(event.line);
        const std::pair<const char*, const char*> names[] = {{"Pattern", "EventPattern"},
                                                             {"EventBusName", "EventBusName"},
                                                             {"Schedule", "ScheduleExpression"},
                                                             {"Description", "Description"},
                                                             {"RuleName", "Name"},
                                                             {"Name", "Name"},
                                                             {"State", "State"}};
        for (const auto& [from, to] : names) {
            if (const auto* value = properties.find(from)) rule.set(to, *value);
        }
        if (const auto* enabled = properties.find("Enabled"))
            rule.set("State", scalar(enabled->text == "false" ? "DISABLED" : "ENABLED", event.line));
        Node target = mapping(event.line);
        target.set("Arn", targetArn);
        const auto* named = properties.find("Target");
        const Node* targetId = named ? named->find("Id") : nullptr;
        target.set("Id", targetId ? *targetId : scalar(id + "LambdaTarget", event.line));
        for (const auto& name : {"Input", "InputPath", "InputTransformer", "RetryPolicy", "DeadLetterConfig"}) {
            if (const auto* value = properties.find(name)) target.set(name, *value);
        }
        if (const auto* deadLetter = target.find("DeadLetterConfig"); deadLetter && !deadLetter->find("Arn")) {
            warn(event.line, id, "a DeadLetterConfig without Arn makes no queue here");
            target.erase("DeadLetterConfig");
        }
        if (role) target.set("RoleArn", *role);
        rule.set("Targets", sequenceOf({std::move(target)}, event.line));
        add(resource, id, "AWS::Events::Rule", std::move(rule)).line = event.line;
    }

    // --- APIs -----------------------------------------------------------------------------------------------------
    static std::string requireText(const Template& source, const Node& properties, const Member& event,
                                   std::string_view name) {
        const auto* value = properties.find(name);
        if (!value || !value->isScalar())
            source.fail(event.line, "event " + event.name + " has no " + std::string(name));
        return value->text;
    }

    ServerlessApi& apiOf(std::map<std::string, ServerlessApi>& apis, const Node& properties, const Member& event,
                         std::string_view member, std::string_view implicit, std::string_view globalsSection,
                         std::string_view implicitStage) {
        std::string id(implicit);
        if (const auto* given = properties.find(member)) {
            const auto names = references(*given);
            id = names.empty() ? given->text : *names.begin();
            if (!apis.contains(id))
                source_.fail(event.line,
                             "event " + event.name + ": " + id + " is no AWS::Serverless API of this template");
        }
        auto [found, made] = apis.try_emplace(id);
        if (made) {
            found->second.logicalId = id;
            found->second.stage = implicitStage;
            found->second.properties = globals(globalsSection);
            found->second.line = event.line;
        }
        return found->second;
    }

    void addRoute(const Node& properties, const Member& event, Node integration) {
        auto& api = apiOf(apis_, properties, event, "RestApiId", kImplicitApi, "Api", "Prod");
        ApiRoute route{.path = requireText(source_, properties, event, "Path"),
                       .method = lowered(requireText(source_, properties, event, "Method")),
                       .integration = std::move(integration),
                       .authorizer = {},
                       .line = event.line};
        if (const auto* auth = properties.find("Auth")) {
            route.authorizer = auth->textOf("Authorizer");
            route.apiKeyRequired = auth->textOf("ApiKeyRequired") == "true";
        }
        api.routes.push_back(std::move(route));
    }

    void addHttpRoute(const Node& properties, const Member& event, const std::string& functionId) {
        auto& api = apiOf(httpApis_, properties, event, "ApiId", kImplicitHttpApi, "HttpApi", "$default");
        ApiRoute route{.path = "$default",
                       .method = "any",
                       .integration = lambdaProxyIntegration(functionId, event.line),
                       .authorizer = {},
                       .line = event.line};
        if (properties.find("Path")) route.path = properties.textOf("Path");
        if (properties.find("Method")) route.method = properties.textOf("Method");
        if (const auto* auth = properties.find("Auth")) route.authorizer = auth->textOf("Authorizer");
        route.integration.set("payloadFormatVersion", properties.find("PayloadFormatVersion")
                                                          ? *properties.find("PayloadFormatVersion")
                                                          : scalar("2.0"));
        api.routes.push_back(std::move(route));
    }

    void finishApi(ServerlessApi& api) {
        const ResourceDeclaration origin{.logicalId = api.logicalId, .line = api.line, .condition = api.condition};
        const Node body = restApiBody(source_, api);
        const std::string fingerprint = sha1Hex(writeJson(toJson(body))).substr(0, 10);
        Node rest = mapping(api.line);
        rest.set("Body", body);
        for (const auto& name : {"Name", "Description", "BinaryMediaTypes", "MinimumCompressionSize",
                                 "DisableExecuteApiEndpoint", "ApiKeySourceType"}) {
            if (const auto* value = api.properties.find(name)) rest.set(name, *value);
        }
        if (const auto* tags = api.properties.find("Tags")) rest.set("Tags", tagList(*tags));
        if (const auto* endpoint = api.properties.find("EndpointConfiguration")) {
            Node configuration = mapping(endpoint->line);
            configuration.set(
                "Types",
                sequenceOf({endpoint->isScalar() ? *endpoint : scalar(endpoint->textOf("Type"), endpoint->line)},
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
        const std::pair<const char*, const char*> names[] = {{"Variables", "Variables"},
                                                             {"TracingEnabled", "TracingEnabled"},
                                                             {"CacheClusterEnabled", "CacheClusterEnabled"},
                                                             {"CacheClusterSize", "CacheClusterSize"}};
        for (const auto& [from, to] : names) {
            if (const auto* value = api.properties.find(from)) stage.set(to, *value);
        }
        std::string stageName;
        for (const char c : api.stage) {
            if (std::isalnum(static_cast<unsigned char>(c))) stageName += c;
        }
        const std::string stageId = api.logicalId + stageName + "Stage";
        add(origin, stageId, "AWS::ApiGateway::Stage", std::move(stage));
        source_.aliases[api.logicalId + ".Stage"] = stageId;
        source_.aliases[api.logicalId + ".Deployment"] = deploymentId;
    }

    void finishHttpApi(ServerlessApi& api) {
        const ResourceDeclaration origin{.logicalId = api.logicalId, .line = api.line, .condition = api.condition};
        Node http = mapping(api.line);
        http.set("Name", api.properties.find("Name") ? *api.properties.find("Name") : ref("AWS::StackName", api.line));
        http.set("ProtocolType", scalar("HTTP", api.line));
        if (const auto* cors = api.properties.find("CorsConfiguration")) {
            Node configuration = *cors;
            if (cors->isScalar()) {
                configuration = mapping(cors->line);
                configuration.set("AllowOrigins", sequenceOf({scalar("*", cors->line)}, cors->line));
            }
            http.set("CorsConfiguration", std::move(configuration));
        }
        add(origin, api.logicalId, "AWS::ApiGatewayV2::Api", std::move(http)).madeFrom.clear();
        int number = 0;
        for (const auto& route : api.routes) {
            const std::string suffix = std::to_string(number++);
            Node integration = mapping(route.line);
            integration.set("ApiId", ref(api.logicalId, route.line));
            integration.set("IntegrationType", scalar("AWS_PROXY", route.line));
            integration.set("IntegrationUri", *route.integration.find("uri"));
            integration.set("PayloadFormatVersion", *route.integration.find("payloadFormatVersion"));
            add(origin, api.logicalId + "Integration" + suffix, "AWS::ApiGatewayV2::Integration",
                std::move(integration));
            std::string method = route.method;
            std::transform(method.begin(), method.end(), method.begin(),
                           [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
            Node declared = mapping(route.line);
            declared.set("ApiId", ref(api.logicalId, route.line));
            declared.set("RouteKey",
                         scalar(route.path == "$default" ? "$default" : method + " " + route.path, route.line));
            declared.set(
                "Target",
                node(object({{"Fn::Join",
                              list({"/", list({"integrations",
                                               object({{"Ref", api.logicalId + "Integration" + suffix}})})})}}),
                     route.line));
            add(origin, api.logicalId + "Route" + suffix, "AWS::ApiGatewayV2::Route", std::move(declared));
        }
        Node stage = mapping(api.line);
        stage.set("ApiId", ref(api.logicalId, api.line));
        stage.set("StageName", scalar(api.stage.empty() ? "$default" : api.stage, api.line));
        stage.set("AutoDeploy", node(Json(true), api.line));
        if (const auto* variables = api.properties.find("StageVariables")) stage.set("StageVariables", *variables);
        add(origin, api.logicalId + "ApiGatewayDefaultStage", "AWS::ApiGatewayV2::Stage", std::move(stage));
    }

    // --- tables and state machines ----------------------------------------------------------------------------------
    void expandTable(const ResourceDeclaration& resource) {
        const Node given = merged(globals("SimpleTable"), resource.properties);
        const auto* key = given.find("PrimaryKey");
        const std::string name = key && !key->textOf("Name").empty() ? std::string(key->textOf("Name")) : "id";
        const std::string_view type = key ? key->textOf("Type") : std::string_view();
        const std::string_view letter = type == "Number" ? "N" : type == "Binary" ? "B" : "S";
        Node properties =
            node(object({{"AttributeDefinitions", list({object({{"AttributeName", name}, {"AttributeType", letter}})})},
                         {"KeySchema", list({object({{"AttributeName", name}, {"KeyType", "HASH"}})})}}),
                 resource.line);
        if (const auto* table = given.find("TableName")) properties.set("TableName", *table);
        if (const auto* tags = given.find("Tags")) properties.set("Tags", tagList(*tags));
        if (const auto* throughput = given.find("ProvisionedThroughput")) {
            properties.set("ProvisionedThroughput", *throughput);
        } else {
            properties.set("BillingMode", scalar("PAY_PER_REQUEST", resource.line));
        }
        if (const auto* sse = given.find("SSESpecification")) properties.set("SSESpecification", *sse);
        auto& made = add(resource, resource.logicalId, "AWS::DynamoDB::Table", std::move(properties));
        made.dependsOn = resource.dependsOn;
        made.madeFrom.clear();
    }

    void expandStateMachine(const ResourceDeclaration& resource) {
        const Node given = merged(globals("StateMachine"), resource.properties);
        const std::string& id = resource.logicalId;
        Node properties = mapping(resource.properties.line);
        for (const auto& member : given.members) {
            static const std::map<std::string_view, std::string_view> names = {
                {"Definition", "Definition"},
                {"DefinitionUri", "DefinitionLocalFile"},
                {"DefinitionSubstitutions", "DefinitionSubstitutions"},
                {"Name", "StateMachineName"},
                {"Type", "StateMachineType"},
                {"Logging", "LoggingConfiguration"},
                {"Role", "RoleArn"}};
            static const std::set<std::string_view> elsewhere = {
                "Events",        "Policies",         "PermissionsBoundary",  "RolePath",
                "PropagateTags", "AutoPublishAlias", "DeploymentPreference", "UseAliasAsEventTarget"};
            if (const auto name = names.find(member.name); name != names.end()) {
                properties.set(name->second, member.value);
            } else if (member.name == "Tags") {
                properties.set("Tags", tagList(member.value));
            } else if (member.name == "Tracing") {
                properties.set("TracingConfiguration", member.value);
            } else if (!elsewhere.contains(member.name)) {
                source_.fail(member.line, "AWS::Serverless::StateMachine has no property " + member.name);
            }
        }
        if (!given.find("Role")) {
            addRole(resource, id + "Role", "states.amazonaws.com", given, {});
            properties.set("RoleArn", getAtt(id + "Role", "Arn", resource.line));
        }
        auto& made = add(resource, id, "AWS::StepFunctions::StateMachine", std::move(properties));
        made.dependsOn = resource.dependsOn;
        made.madeFrom.clear();
        if (const auto* events = given.find("Events")) {
            for (const auto& event : events->members) expandMachineEvent(resource, event);
        }
    }

    void expandMachineEvent(const ResourceDeclaration& resource, const Member& event) {
        const std::string type(event.value.textOf("Type"));
        const Node* found = event.value.find("Properties");
        const Node properties = found ? *found : mapping(event.line);
        const std::string id = resource.logicalId + event.name;
        const bool onApi = type == "Api";
        if (!onApi && type != "EventBridgeRule" && type != "CloudWatchEvent" && type != "Schedule") {
            warn(event.line, id, "events of type " + type + " are not supported for state machines");
            return;
        }
        addRole(resource, id + "Role", onApi ? "apigateway.amazonaws.com" : "events.amazonaws.com", mapping(event.line),
                {});
        if (onApi) {
            addRoute(properties, event, startExecutionIntegration(resource.logicalId, id + "Role", event.line));
        } else {
            const Node role = getAtt(id + "Role", "Arn", event.line);
            addRule(resource, id, event, properties, ref(resource.logicalId, event.line), &role);
        }
    }

    Template& source_;
    std::vector<Warning>& warnings_;
    std::map<std::string, ServerlessApi> apis_, httpApis_;
};

}  // namespace

void expandServerless(Template& source, std::vector<Warning>& warnings) { Expansion(source, warnings).run(); }

}  // namespace backlot::deploy
