#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <doctest/doctest.h>

#include "emulator/templates/physical.h"
#include "emulator/templates/plan.h"
#include "emulator/templates/reader.h"

using namespace backlot;
using namespace backlot::templates;

namespace {

Plan planOf(const std::string& text, Environment environment = {}, bool strict = false) {
    return makePlan(parseTemplate(text, "template.yaml"), std::move(environment), strict);
}

std::string errorOf(const std::string& text, Environment environment = {}, bool strict = false) {
    try {
        planOf(text, std::move(environment), strict);
        return {};
    } catch (const TemplateError& error) {
        return error.what();
    }
}

std::vector<std::string> namesOf(const Plan& plan) {
    std::vector<std::string> names;
    for (const auto& step : plan.steps) names.push_back(step.logicalId);
    return names;
}

const Step& stepOf(const Plan& plan, std::string_view logicalId) {
    const auto found = std::find_if(plan.steps.begin(), plan.steps.end(),
                                    [&](const Step& step) { return step.logicalId == logicalId; });
    REQUIRE_MESSAGE(found != plan.steps.end(), logicalId);
    return *found;
}

std::string withFunction(const std::string& events) {
    return "Transform: AWS::Serverless-2016-10-31\nResources:\n  Register:\n    Type: AWS::Serverless::Function\n    "
           "Properties:\n      Handler: user.register\n"
           "      Runtime: provided.al2023\n      Events:\n" +
           events;
}

}  // namespace

TEST_CASE("short and long forms of functions are one") {
    const Node node = readTemplate(
        "A: !Ref X\nB: !GetAtt Table.Stream.Arn\nC: !Sub ['${Y}', {Y: !Ref Z}]\nD: !Join [',', [a, !Ref B]]\n",
        "t.yaml");
    CHECK(
        writeJson(toJson(node)) ==
        R"({"A":{"Ref":"X"},"B":{"Fn::GetAtt":["Table","Stream.Arn"]},"C":{"Fn::Sub":["${Y}",{"Y":{"Ref":"Z"}}]},"D":{"Fn::Join":[",",["a",{"Ref":"B"}]]}})");
}

TEST_CASE("plain scalars are what they look like, quoted ones are text, and account numbers stay whole") {
    CHECK(writeJson(toJson(readTemplate(
              "{a: 5, b: '5', c: true, d: 1.5, e: 000000000012, f: 2012-10-17, g: null, h: 1e400}", "t.yaml"))) ==
          R"({"a":5,"b":"5","c":true,"d":1.5,"e":"000000000012","f":"2012-10-17","g":null,"h":"1e400"})");
}

TEST_CASE("a template in JSON is read by the same reader") {
    CHECK(writeJson(toJson(readTemplate("{\n\t\"Resources\": {\"Q\": {\"Type\": \"AWS::SQS::Queue\", \"Properties\": "
                                        "{\"QueueName\": \"a\\u00e9\\/b\"}}}\n}",
                                        "t.json"))) ==
          "{\"Resources\":{\"Q\":{\"Type\":\"AWS::SQS::Queue\",\"Properties\":{\"QueueName\":\"a\xc3\xa9/b\"}}}}");
}

TEST_CASE("errors name file and line") {
    CHECK(errorOf("Base: &b {x: 1}\nResources:\n  A:\n    <<: *b\n") ==
          "template.yaml:4: merge keys (<<) are not supported by CloudFormation");
    CHECK(errorOf("Resources:\n  A:\n    Type: AWS::SQS::Queue\n    Properties:\n      QueueName: !Reff Name\n") ==
          "template.yaml:5: unknown tag !Reff");
    CHECK(errorOf("Resources:\n  A:\n    Type: AWS::SQS::Queue\n    Properties:\n      QueueName: !Ref Nme\n") ==
          "template.yaml:5: Nme is neither a parameter nor a resource of this template");
    CHECK(errorOf("Resources:\n  A: {Properties: {}}\n") == "template.yaml:2: resource A has no Type");
    CHECK(errorOf("Resources: [\n").starts_with("template.yaml:"));
    CHECK(errorOf("Ressources: {}\n") == "template.yaml:1: a template has no section Ressources");
    CHECK(errorOf("") == "template.yaml: the template is empty");
}

TEST_CASE("an alias bomb, a deep nest and an alias of itself are refused quickly") {
    std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 30; ++i) {
        const std::string before = "*a" + std::to_string(i - 1);
        bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
        for (int k = 0; k < 9; ++k) bomb += ", " + before;
        bomb += "]\n";
    }
    const auto begin = std::chrono::steady_clock::now();
    CHECK_THROWS_AS(readTemplate(bomb, "t.yaml"), TemplateError);
    CHECK_THROWS_AS(readTemplate(std::string(100'000, '['), "t.yaml"), TemplateError);
    CHECK_THROWS_AS(readTemplate("a: &a [*a]\n", "t.yaml"), TemplateError);
    CHECK_THROWS_AS(readTemplate("a: !!python/object:os.system x\nb: !evil y\n", "t.yaml"), TemplateError);
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(5));
}

TEST_CASE("parameters take their default, an override, and what they allow") {
    const std::string text =
        "Parameters:\n  Stage: {Type: String, Default: dev, AllowedValues: [dev, prod]}\n  Size: {Type: Number, "
        "Default: 5, MaxValue: 10}\n  Names: {Type: CommaDelimitedList, Default: 'a, b'}\n"
        "Resources:\n  Q:\n    Type: AWS::SQS::Queue\n    Properties:\n      QueueName: !Sub 'orders-${Stage}'\n      "
        "DelaySeconds: !Ref Size\n      Tags: [{Key: n, Value: !Select [1, !Ref Names]}]\n";
    CHECK(writeJson(toJson(planOf(text).steps[0].properties)) ==
          R"({"QueueName":"orders-dev","DelaySeconds":"5","Tags":[{"Key":"n","Value":"b"}]})");
    Environment prod;
    prod.parameters = {{"Stage", "prod"}};
    CHECK(planOf(text, prod).steps[0].properties.textOf("QueueName") == "orders-prod");
    prod.parameters = {{"Stage", "test"}};
    CHECK(errorOf(text, prod) == "template.yaml:2: parameter Stage: \"test\" is not one of its AllowedValues");
    prod.parameters = {{"Size", "11"}};
    CHECK(errorOf(text, prod) == "template.yaml:3: parameter Size: more than its MaxValue");
    prod.parameters = {{"Stags", "x"}};
    CHECK(errorOf(text, prod) == "template.yaml: the template has no parameter Stags");
}

TEST_CASE("conditions leave out resources, and Fn::If chooses values") {
    const std::string text =
        "Parameters: {Env: {Type: String, Default: dev}}\n"
        "Conditions:\n  Prod: !Equals [!Ref Env, prod]\n  NotProd: !Not [!Condition Prod]\n  Both: !And [!Condition "
        "Prod, !Condition NotProd]\n"
        "Mappings: {Delays: {dev: {Seconds: 0}, prod: {Seconds: 60}}}\n"
        "Resources:\n  Q:\n    Type: AWS::SQS::Queue\n    Properties:\n      DelaySeconds: !FindInMap [Delays, !Ref "
        "Env, Seconds]\n"
        "      QueueName: !If [Prod, live, !Ref 'AWS::NoValue']\n  Only:\n    Type: AWS::SQS::Queue\n    Condition: "
        "Prod\n";
    CHECK(writeJson(toJson(planOf(text).steps[0].properties)) == R"({"DelaySeconds":0})");
    Environment prod;
    prod.parameters = {{"Env", "prod"}};
    CHECK(namesOf(planOf(text, prod)) == std::vector<std::string>{"Q", "Only"});
}

TEST_CASE("resources come after what they need; a circle is an error") {
    const Plan plan = planOf(
        "Resources:\n  Sub:\n    Type: AWS::SNS::Subscription\n    Properties: {TopicArn: !Ref T, Protocol: sqs, "
        "Endpoint: !GetAtt Q.Arn}\n"
        "  Q: {Type: AWS::SQS::Queue, DependsOn: L}\n  T: {Type: AWS::SNS::Topic}\n  L: {Type: AWS::Logs::LogGroup}\n");
    CHECK(namesOf(plan) == std::vector<std::string>{"L", "Q", "T", "Sub"});
    CHECK(errorOf("Resources:\n  A: {Type: AWS::SQS::Queue, Properties: {QueueName: !Ref B}}\n  B: {Type: "
                  "AWS::SQS::Queue, Properties: {QueueName: !GetAtt A.Arn}}\n") ==
          "template.yaml:2: circular dependency: A → B → A");
}

TEST_CASE("unsupported types warn with their line, and fail when strict") {
    const std::string text = "Resources:\n  Q: {Type: AWS::SQS::Queue}\n  V:\n    Type: AWS::EC2::VPC\n";
    const Plan plan = planOf(text);
    REQUIRE(plan.warnings.size() == 1);
    CHECK(plan.warnings[0].line == 3);
    CHECK(plan.warnings[0].problem == "AWS::EC2::VPC is not made: a placeholder stands for it");
    CHECK(errorOf(text, {}, true) == "template.yaml:3: V: AWS::EC2::VPC is not made: a placeholder stands for it");
}

TEST_CASE("a function with an Api event becomes function, role, permission, API, deployment and stage") {
    const Plan plan =
        planOf(withFunction("        Post: {Type: Api, Properties: {Path: /user/register, Method: POST}}\n"));
    auto names = namesOf(plan);
    CHECK(std::count(names.begin(), names.end(), "RegisterRole") == 1);
    CHECK(std::count(names.begin(), names.end(), "ServerlessRestApi") == 1);
    CHECK(std::count(names.begin(), names.end(), "ServerlessRestApiProdStage") == 1);
    const auto* body = stepOf(plan, "ServerlessRestApi").properties.find("Body");
    REQUIRE(body);
    const Json json = toJson(*body);
    const Json* integration = at(json, {"paths", "/user/register", "post", "x-amazon-apigateway-integration"});
    REQUIRE(integration);
    CHECK(textOr(*integration, "type") == "aws_proxy");
    CHECK(writeJson(*find(*integration, "uri")).find("Register") != std::string::npos);
    CHECK(writeJson(toJson(*stepOf(plan, "Register").properties.find("Code"))) == R"({"LocalFolder":"."})");
}

TEST_CASE("globals merge into functions, and Cors makes a mock for each path") {
    const Plan plan = planOf(
        "Transform: AWS::Serverless-2016-10-31\nGlobals:\n  Function: {Runtime: nodejs18.x, Timeout: 5, CodeUri: src/, "
        "Environment: {Variables: {A: 1, B: 2}}}\n"
        "  Api: {Cors: {AllowOrigin: \"'*'\", AllowHeaders: \"'Authorization'\"}}\n"
        "Resources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties:\n      Handler: app.handler\n      "
        "Timeout: 9\n      Environment: {Variables: {B: 3}}\n"
        "      Events: {Get: {Type: Api, Properties: {Path: /cart, Method: get}}}\n");
    const Json function = toJson(stepOf(plan, "F").properties);
    CHECK(intOr(function, "Timeout", 0) == 9);
    CHECK(writeJson(*find(function, "Environment")) == R"({"Variables":{"A":1,"B":3}})");
    const Json body = toJson(*stepOf(plan, "ServerlessRestApi").properties.find("Body"));
    const Json* parameters = at(body, {"paths", "/cart", "options", "x-amazon-apigateway-integration", "responses",
                                       "default", "responseParameters"});
    REQUIRE(parameters);
    CHECK(textOr(*parameters, "method.response.header.Access-Control-Allow-Methods") == "'GET,OPTIONS'");
    CHECK(textOr(*parameters, "method.response.header.Access-Control-Allow-Headers") == "'Authorization'");
}

TEST_CASE("queue, stream, rule, schedule and topic events become what SAM makes of them") {
    const Plan plan = planOf(
        withFunction(
            "        Jobs: {Type: SQS, Properties: {Queue: !GetAtt Q.Arn, BatchSize: 5}}\n"
            "        Changes: {Type: DynamoDB, Properties: {Stream: !GetAtt T.StreamArn, StartingPosition: LATEST}}\n"
            "        Orders: {Type: EventBridgeRule, Properties: {EventBusName: shop, Pattern: {source: [orders]}}}\n"
            "        Nightly: {Type: Schedule, Properties: {Schedule: rate(1 day), Enabled: false}}\n"
            "        News: {Type: SNS, Properties: {Topic: !Ref N, FilterPolicy: {kind: [a]}}}\n"
            "        Bucket: {Type: S3, Properties: {Bucket: x}}\n") +
        "  Q: {Type: AWS::SQS::Queue}\n  T: {Type: AWS::Serverless::SimpleTable}\n  N: {Type: AWS::SNS::Topic}\n");
    CHECK(stepOf(plan, "RegisterJobs").type == "AWS::Lambda::EventSourceMapping");
    CHECK(stepOf(plan, "RegisterChanges").properties.textOf("StartingPosition") == "LATEST");
    const Json rule = toJson(stepOf(plan, "RegisterOrders").properties);
    CHECK(writeJson(*find(rule, "EventPattern")) == R"({"source":["orders"]})");
    CHECK(textOr(rule, "EventBusName") == "shop");
    CHECK(stepOf(plan, "RegisterNightly").properties.textOf("State") == "DISABLED");
    CHECK(stepOf(plan, "RegisterNews").type == "AWS::SNS::Subscription");
    CHECK(stepOf(plan, "T").type == "AWS::DynamoDB::Table");
    REQUIRE(plan.warnings.size() == 1);
    CHECK(plan.warnings[0].line == 14);
    CHECK(plan.warnings[0].problem == "events of type S3 are not made: nothing calls Register");
}

TEST_CASE("of two equal keys the last counts, and the template is told so") {
    const Plan plan = planOf("Resources:\n  A: {Type: AWS::SQS::Queue}\n  A: {Type: AWS::SNS::Topic}\n");
    REQUIRE(plan.steps.size() == 1);
    CHECK(plan.steps[0].type == "AWS::SNS::Topic");
    REQUIRE(plan.warnings.size() == 1);
    CHECK(plan.warnings[0].line == 3);
    CHECK(plan.warnings[0].problem == "the key A stands twice: the last one counts");
}

TEST_CASE("a property that SAM has and Backlot does not know is told, and the rest is made") {
    const Plan plan = planOf(
        "Transform: AWS::Serverless-2016-10-31\nResources:\n  F:\n    Type: AWS::Serverless::Function\n    "
        "Properties:\n      Runtime: nodejs20.x\n      Handler: a.b\n      DurableConfig: {ExecutionTimeout: 5}\n");
    CHECK(stepOf(plan, "F").type == "AWS::Lambda::Function");
    REQUIRE(plan.warnings.size() == 1);
    CHECK(plan.warnings[0].line == 8);
    CHECK(plan.warnings[0].problem.find("DurableConfig") != std::string::npos);
}

TEST_CASE("AutoPublishAlias makes a version and an alias, which events call") {
    const Plan plan = planOf(
        "Transform: AWS::Serverless-2016-10-31\nResources:\n  F:\n    Type: AWS::Serverless::Function\n    "
        "Properties:\n      Runtime: nodejs20.x\n      Handler: a.b\n      AutoPublishAlias: live\n      Events:\n"
        "        E: {Type: Schedule, Properties: {Schedule: rate(1 day)}}\n"
        "Outputs: {A: {Value: !Ref F.Alias}, V: {Value: !GetAtt F.Version}}\n");
    CHECK(stepOf(plan, "FAliaslive").type == "AWS::Lambda::Alias");
    const Json rule = toJson(stepOf(plan, "FE").properties);
    CHECK(writeJson((*find(rule, "Targets"))[0]).find("FAliaslive") != std::string::npos);
}

TEST_CASE("a topic's event by way of a queue becomes queue, subscription and mapping") {
    const Plan plan =
        planOf(withFunction("        News: {Type: SNS, Properties: {Topic: !Ref N, SqsSubscription: true}}\n") +
               "  N: {Type: AWS::SNS::Topic}\n");
    CHECK(stepOf(plan, "RegisterNewsQueue").type == "AWS::SQS::Queue");
    CHECK(stepOf(plan, "RegisterNews").properties.textOf("Protocol") == "sqs");
    CHECK(stepOf(plan, "RegisterNewsEventSourceMapping").type == "AWS::Lambda::EventSourceMapping");
    CHECK(plan.warnings.empty());
}

TEST_CASE("an HTTP API's authorizers are made, and the default one guards its routes") {
    const Plan plan = planOf(
        "Transform: AWS::Serverless-2016-10-31\nResources:\n  A:\n    Type: AWS::Serverless::HttpApi\n    Properties:\n"
        "      Auth: {DefaultAuthorizer: J, Authorizers: {J: {IdentitySource: $request.header.Authorization, "
        "JwtConfiguration: {issuer: 'http://x', audience: [a]}}}}\n"
        "  F:\n    Type: AWS::Serverless::Function\n    Properties:\n      Runtime: nodejs20.x\n      Handler: a.b\n"
        "      Events: {E: {Type: HttpApi, Properties: {ApiId: !Ref A, Path: /x, Method: get}}}\n");
    CHECK(stepOf(plan, "AAuthorizerJ").properties.textOf("AuthorizerType") == "JWT");
    CHECK(stepOf(plan, "ARoute0").properties.textOf("AuthorizationType") == "JWT");
    CHECK(stepOf(plan, "ARoute0").properties.textOf("RouteKey") == "GET /x");
}

TEST_CASE("a definition that the template gives is taken as it stands: events add no routes to it") {
    const Plan plan = planOf(
        "Transform: AWS::Serverless-2016-10-31\nResources:\n  A:\n    Type: AWS::Serverless::Api\n    Properties:\n"
        "      StageName: prod\n      DefinitionBody: {openapi: 3.0.1, info: {title: a}, paths: {/x: {get: {}}}}\n"
        "  F:\n    Type: AWS::Serverless::Function\n    Properties:\n      Runtime: nodejs20.x\n      Handler: a.b\n"
        "      Events: {E: {Type: Api, Properties: {RestApiId: !Ref A, Path: /x, Method: get}}}\n");
    const Json body = toJson(*stepOf(plan, "A").properties.find("Body"));
    CHECK(writeJson(*at(body, {"paths", "/x"})) == R"({"get":{}})");
}

TEST_CASE("names that the stack gives are cut to their limit, and end as they would") {
    const Environment environment{.stackName = std::string(100, 's')};
    const std::string whole = physicalName(environment, "Role", 255), cut = physicalName(environment, "Role", 64);
    CHECK(cut.size() == 64);
    CHECK(cut.ends_with("-Role" + whole.substr(whole.size() - 13)));
    CHECK(physicalName(environment, std::string(90, 'L'), 64).size() == 64);
    CHECK(stackNameOf("7 my_app!") == "stack-7-my-app");
    CHECK(stackNameOf("---") == "backlot");
}

TEST_CASE("placeholders have the form of what they stand for") {
    const Environment environment{.stackName = "shop", .account = "000000000000", .region = "eu-central-1"};
    CHECK(placeholder(environment, "V", "AWS::EC2::VPC").ref.starts_with("vpc-"));
    const Physical stream = placeholder(environment, "Kinesis", "AWS::Kinesis::Stream");
    CHECK(placeholderAttribute(environment, stream, "Arn") ==
          "arn:aws:kinesis:eu-central-1:000000000000:stream/" + stream.ref);
    CHECK(placeholderAttribute(environment, stream, "ConsoleUrl").starts_with("https://"));
}

TEST_CASE("the shop's own template is planned whole, without a warning") {
    const std::filesystem::path file = std::filesystem::path(BACKLOT_SOURCE_DIR) / "functions/template.yaml";
    std::ifstream stream(file);
    REQUIRE(stream);
    std::ostringstream text;
    text << stream.rdbuf();
    const Plan plan = makePlan(parseTemplate(text.str(), "template.yaml"), {.stackName = "shop"});
    for (const auto& warning : plan.warnings) FAIL_CHECK(warning.logicalId << ": " << warning.problem);
    CHECK(plan.steps.size() > 80);
    CHECK(stepOf(plan, "CheckoutStateMachine").type == "AWS::StepFunctions::StateMachine");
}
