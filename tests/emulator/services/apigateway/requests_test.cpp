// What AWS recorded of the Lambda proxy integration, and the way of a request through authorizers, mocks and errors.

#include <functional>
#include <map>
#include <sstream>

#include "emulator/base/base64.h"
#include "emulator/base/http_message.h"
#include "emulator/services/apigateway/service.h"
#include "tests/conformance.h"
#include "tests/emulator/bench.h"

using namespace backlot;
using namespace std::chrono_literals;

namespace {

/// Stands in for Lambda: answers what the test says and keeps what it was asked.
struct Functions {
    std::function<Json(const std::string& function, const Json& event)> answer = [](const std::string&, const Json&) {
        return object({{"statusCode", 200}});
    };
    std::vector<Json> events;
    bool silent = false;

    Service service() {
        return {.name = "lambda",
                .operations = {
                    {"Invoke",
                     [this](Call&, const Fields& request) -> Reply {
                         events.push_back(parseJson(request.text("Payload")));
                         if (silent)
                             return Wait{.topic = "never",
                                         .ask = [](Call&, bool) -> std::optional<Json> { return std::nullopt; },
                                         .busy = "invocation"};
                         Json result = answer(request.text("FunctionName"), events.back());
                         if (const auto* error = find(result, "raise"))
                             return object(
                                 {{"StatusCode", 200}, {"FunctionError", "Unhandled"}, {"Payload", writeJson(*error)}});
                         return object({{"StatusCode", 200}, {"Payload", writeJson(result)}});
                     },
                     mayWait}}};
    }
};

struct ApiBench {
    Functions functions;
    Bench bench{make()};
    std::string api, root, stage = "stage";

    std::vector<Service> make() {
        std::vector<Service> services;
        services.push_back(apigateway::apigatewayService());
        services.push_back(functions.service());
        return services;
    }
    ApiBench() {
        const Json made = call("CreateRestApi", object({{"name", "shop"}}));
        api = textOr(made, "id");
        root = textOr(made, "rootResourceId");
    }
    Json call(std::string operation, Json request = object()) {
        return bench.call("apigateway", std::move(operation), std::move(request));
    }
    std::string resource(const std::string& parent, const std::string& part) {
        return textOr(call("CreateResource", object({{"restApiId", api}, {"parentId", parent}, {"pathPart", part}})),
                      "id");
    }
    static std::string uri(const std::string& function) {
        return "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/"
               "arn:aws:lambda:us-east-1:000000000000:function:" +
               function + "/invocations";
    }
    void proxyTo(const std::string& resourceId, const std::string& method, const std::string& function,
                 std::optional<std::string> authorizer = {}) {
        Json put = object({{"restApiId", api},
                           {"resourceId", resourceId},
                           {"httpMethod", method},
                           {"authorizationType", authorizer ? "CUSTOM" : "NONE"},
                           {"authorizerId", authorizer}});
        call("PutMethod", std::move(put));
        call("PutIntegration", object({{"restApiId", api},
                                       {"resourceId", resourceId},
                                       {"httpMethod", method},
                                       {"type", "AWS_PROXY"},
                                       {"integrationHttpMethod", "POST"},
                                       {"uri", uri(function)}}));
    }
    void deploy() { call("CreateDeployment", object({{"restApiId", api}, {"stageName", stage}})); }

    struct Answer {
        int status = 0;
        std::vector<std::pair<std::string, std::string>> headers;
        std::string body;
        std::string header(std::string_view name) const {
            for (const auto& [key, value] : headers) {
                if (equalIgnoringCase(key, name)) return value;
            }
            return {};
        }
    };
    static Answer read(const Json& result) {
        Answer answer{.status = static_cast<int>(intOr(result, "statusCode", 0)),
                      .headers = {},
                      .body = base64Decode(textOr(result, "body")).value_or("?")};
        for (const auto* header : Fields(result).items("headers"))
            answer.headers.emplace_back(text((*header)[0]), text((*header)[1]));
        return answer;
    }
    /// `target` as a client of the execute-api host would send it: "/stage/path?query".
    std::shared_ptr<std::optional<Outcome>> leave(const std::string& method, const std::string& target,
                                                  Json headers = list(), const std::string& body = {}) {
        const auto question = target.find('?');
        auto outcome = std::make_shared<std::optional<Outcome>>();
        Submission submission{
            .service = "apigateway",
            .operation = "HandleRequest",
            .request = object({{"method", method},
                               {"path", target.substr(0, question)},
                               {"query", question == std::string::npos ? "" : target.substr(question + 1)},
                               {"headers", std::move(headers)},
                               {"body", base64Encode(body)},
                               {"host", api + ".execute-api.localhost:4566"},
                               {"sourceIp", "127.0.0.1"}})};
        submission.fromClient = false;
        submission.done = [outcome](Outcome result) { *outcome = std::move(result); };
        bench.world.submit(std::move(submission));
        bench.settle();
        return outcome;
    }
    Answer send(const std::string& method, const std::string& target, Json headers = list(),
                const std::string& body = {}) {
        const auto outcome = leave(method, target, std::move(headers), body);
        REQUIRE(outcome->has_value());
        REQUIRE(std::holds_alternative<Json>(**outcome));
        return read(std::get<Json>(**outcome));
    }
};

Json recorded(const std::string& name) {
    const auto content = conformance::text("apigateway/" + name);
    return content ? parseJson(*content) : Json(rapidjson::kArrayType);
}

/// CloudFront stands before the recorded API, and its marks stand for any text.
bool differs(const Json& expected, const Json* actual, const std::string& path, std::string& where) {
    if (expected.IsString() && (view(expected).starts_with("<") || view(expected) == "111111111111")) return false;
    if (expected.IsObject()) {
        for (const auto& member : expected.GetObject()) {
            const std::string name = text(member.name);
            if (name.starts_with("CloudFront-") || name == "Via" || name == "X-Amz-Cf-Id" ||
                name == "X-Forwarded-Proto")
                continue;
            if (differs(member.value, actual ? find(*actual, name) : nullptr, path + "." + name, where)) return true;
        }
        if (actual && actual->IsObject()) {
            for (const auto& member : actual->GetObject()) {
                if (!find(expected, view(member.name))) {
                    where = path + "." + text(member.name) + " is too much";
                    return true;
                }
            }
        }
        return false;
    }
    if (expected.IsArray() && expected.Size() == 1 && expected[0].IsString() && view(expected[0]).starts_with("<"))
        return false;
    if (actual && equal(expected, *actual)) return false;
    where = path + ": " + writeJson(expected) + " but was " + (actual ? writeJson(*actual) : "missing");
    return true;
}

}  // namespace

TEST_CASE("the proxy event is the one that AWS recorded") {
    const Json cases = recorded("proxy_event_v1.json");
    for (const auto& one : cases.GetArray()) {
        ApiBench shop;
        shop.proxyTo(shop.resource(shop.root, "{proxy+}"), "ANY", "echo");
        shop.proxyTo(shop.resource(shop.root, "hardcoded"), "ANY", "echo");
        shop.deploy();
        Json headers(rapidjson::kArrayType);
        push(headers, list({"Host", shop.api + ".execute-api.localhost:4566"}));
        for (const auto& header : find(*find(one, "request"), "headers")->GetObject())
            push(headers, list({view(header.name), view(header.value)}));
        shop.send(textOr(*find(one, "request"), "method"), textOr(*find(one, "request"), "target"), std::move(headers));
        REQUIRE(shop.functions.events.size() == 1);
        std::string where;
        differs(*find(one, "event"), &shop.functions.events.front(), "event", where);
        CHECK_MESSAGE(where.empty(), textOr(one, "name") << ": " << where);
    }
}

TEST_CASE("what a function returns becomes the answer that AWS recorded") {
    const Json cases = recorded("proxy_response_v1.json");
    for (const auto& one : cases.GetArray()) {
        ApiBench shop;
        shop.proxyTo(shop.root, "GET", "echo");
        shop.deploy();
        shop.functions.answer = [&](const std::string&, const Json&) { return copy(*find(one, "lambda_returns")); };
        const auto answer = shop.send("GET", "/stage/");
        CHECK_MESSAGE(answer.status == intOr(one, "status", 0), textOr(one, "name"));
        const Json& body = *find(one, "body");
        CHECK_MESSAGE(answer.body == (body.IsString() ? text(body) : "{\"message\":\"Internal server error\"}"),
                      textOr(one, "name"));
        if (const auto* headers = find(one, "headers")) {
            CHECK(answer.header("Content-Type") == textOr(*headers, "Content-Type"));
            if (find(*headers, "header-bool")) CHECK(answer.header("header-bool") == "true");
            CHECK_FALSE(answer.header("x-amzn-RequestId").empty());
            CHECK_FALSE(answer.header("x-amz-apigw-id").empty());
            CHECK(answer.header("X-Amzn-Trace-Id").starts_with("Root=1-"));
        }
    }
}

TEST_CASE("a fixed path goes before a parameter, a parameter before a greedy one") {
    ApiBench shop;
    const auto product = shop.resource(shop.root, "product");
    shop.proxyTo(product, "GET", "list-products");
    shop.proxyTo(shop.resource(product, "{productId}"), "GET", "get-product");
    shop.proxyTo(shop.resource(product, "new"), "GET", "new-products");
    shop.proxyTo(shop.resource(shop.root, "{proxy+}"), "ANY", "rest");
    shop.deploy();
    std::string called;
    shop.functions.answer = [&](const std::string& function, const Json&) {
        called = function.substr(function.rfind(':') + 1);
        return object({{"statusCode", 200}});
    };
    const std::map<std::string, std::string> expected = {
        {"/stage/product", "list-products"},    {"/stage/product/", "list-products"},
        {"/stage/product/new", "new-products"}, {"/stage/product/PROD%231", "get-product"},
        {"/stage/product/new/old", "rest"},     {"/stage/cart", "rest"}};
    for (const auto& [path, function] : expected) {
        shop.send("GET", path);
        CHECK_MESSAGE(called == function, path);
    }
    CHECK(textOr(*find(shop.functions.events[3], "pathParameters"), "productId") ==
          "PROD%231");  // as it stands in the path, as on AWS
    CHECK(shop.send("POST", "/stage/product").status == 403);
}

TEST_CASE("what is not there is answered as API Gateway does") {
    ApiBench shop;
    shop.proxyTo(shop.resource(shop.root, "cart"), "GET", "get-cart");
    shop.deploy();
    const auto missing = shop.send("GET", "/stage/nothing");
    CHECK(missing.status == 403);
    CHECK(missing.body == R"({"message":"Missing Authentication Token"})");
    CHECK(missing.header("x-amzn-ErrorType") == "MissingAuthenticationTokenException");
    CHECK(shop.send("GET", "/other/cart").body == R"({"message":"Forbidden"})");
}

TEST_CASE("a function that fails is 502, one that does not answer 504 after 29 seconds, a body over 10 MB 413") {
    ApiBench shop;
    shop.proxyTo(shop.root, "POST", "create-order");
    shop.deploy();
    shop.functions.answer = [](const std::string&, const Json&) {
        return object({{"raise", object({{"errorMessage", "boom"}})}});
    };
    const auto failed = shop.send("POST", "/stage/");
    CHECK(failed.status == 502);
    CHECK(failed.body == R"({"message":"Internal server error"})");
    CHECK(shop.send("POST", "/stage/", list(), std::string((10 << 20) + 1, 'x')).status == 413);
    shop.functions.silent = true;
    const auto waiting = shop.leave("POST", "/stage/");
    CHECK_FALSE(waiting->has_value());
    shop.bench.world.clock().moveTo(shop.bench.world.now() + 29s);
    shop.bench.settle();
    REQUIRE(waiting->has_value());
    const auto late = ApiBench::read(std::get<Json>(**waiting));
    CHECK(late.status == 504);
    CHECK(late.body == R"({"message":"Endpoint request timed out"})");
}

TEST_CASE("a token authorizer lets through what its policy allows, and is asked once per token") {
    ApiBench shop;
    const auto authorizer =
        textOr(shop.call("CreateAuthorizer", object({{"restApiId", shop.api},
                                                     {"name", "jwt"},
                                                     {"type", "TOKEN"},
                                                     {"authorizerUri", ApiBench::uri("authorizer")},
                                                     {"identitySource", "method.request.header.Authorization"},
                                                     {"identityValidationExpression", "Bearer [a-z]+"}})),
               "id");
    shop.proxyTo(shop.resource(shop.root, "profile"), "GET", "get-profile", authorizer);
    shop.deploy();
    int asked = 0;
    shop.functions.answer = [&](const std::string& function, const Json& event) {
        if (!function.ends_with(":authorizer")) return object({{"statusCode", 200}});
        ++asked;
        const std::string token = textOr(event, "authorizationToken");
        if (token == "Bearer expired") return object({{"raise", object({{"errorMessage", "Unauthorized"}})}});
        const char* effect = token == "Bearer jimmy" ? "Allow" : "Deny";
        return object(
            {{"principalId", "USER#1"},
             {"context", object({{"role", "admin"}, {"age", 41}})},
             {"policyDocument",
              object({{"Statement", list({object({{"Action", "execute-api:Invoke"},
                                                  {"Effect", effect},
                                                  {"Resource", "arn:aws:execute-api:*:*:*/stage/GET/*"}})})}})}});
    };
    const auto with = [&](const char* token) {
        return shop.send("GET", "/stage/profile", list({list({"authorization", token})}));
    };
    CHECK(with("Bearer jimmy").status == 200);
    CHECK(with("Bearer jimmy").status == 200);
    CHECK(asked == 1);
    const Json& context = *at(shop.functions.events.back(), {"requestContext", "authorizer"});
    CHECK(textOr(context, "principalId") == "USER#1");
    CHECK(textOr(context, "age") == "41");
    CHECK(with("Bearer eve").body ==
          R"({"Message":"User is not authorized to access this resource with an explicit deny"})");
    CHECK(with("Bearer expired").status == 401);
    CHECK(with("Basic jimmy").body == R"({"message":"Unauthorized"})");
    CHECK(shop.send("GET", "/stage/profile").status == 401);
    shop.bench.advance(301s);
    CHECK(with("Bearer jimmy").status == 200);
    CHECK(asked == 4);
}

TEST_CASE("an imported document answers preflights by its mock and refusals with the API's own headers") {
    ApiBench shop;
    const Json api = shop.call("ImportRestApi", object({{"body", R"({
      "swagger": "2.0", "info": {"title": "imported", "version": "1.0"},
      "paths": {"/cart/{productId}": {
        "delete": {"responses": {}, "x-amazon-apigateway-integration": {"type": "aws_proxy", "httpMethod": "POST",
          "uri": "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:remove-from-cart/invocations"}},
        "options": {"responses": {"200": {"headers": {"Access-Control-Allow-Origin": {"type": "string"}}}},
          "x-amazon-apigateway-integration": {"type": "mock", "requestTemplates": {"application/json": "{\"statusCode\": 200}"},
            "responses": {"default": {"statusCode": "200", "responseTemplates": {"application/json": "{}"},
              "responseParameters": {"method.response.header.Access-Control-Allow-Origin": "'*'"}}}}}}},
      "x-amazon-apigateway-gateway-responses": {"DEFAULT_4XX": {"responseParameters": {"gatewayresponse.header.Access-Control-Allow-Origin": "'*'"}}}})"}}));
    shop.api = textOr(api, "id");
    shop.deploy();
    const auto preflight = shop.send("OPTIONS", "/stage/cart/PROD%231");
    CHECK(preflight.status == 200);
    CHECK(preflight.header("Access-Control-Allow-Origin") == "*");
    CHECK(shop.send("DELETE", "/stage/cart/PROD%231").status == 200);
    CHECK(shop.send("PUT", "/stage/cart/PROD%231").header("Access-Control-Allow-Origin") == "*");
    const Json again = shop.call("GetResources", object({{"restApiId", shop.api}}));
    CHECK(find(again, "items")->Size() == 3);
}

TEST_CASE("a deployment shows the API as it was when it was made") {
    ApiBench shop;
    const auto cart = shop.resource(shop.root, "cart");
    shop.proxyTo(cart, "GET", "get-cart");
    shop.deploy();
    shop.call("DeleteMethod", object({{"restApiId", shop.api}, {"resourceId", cart}, {"httpMethod", "GET"}}));
    CHECK(shop.send("GET", "/stage/cart").status == 200);
    CHECK(shop.bench.errorOf("apigateway", "CreateDeployment", object({{"restApiId", shop.api}})) ==
          "BadRequestException");
}

TEST_CASE("a usage plan refuses what is over its burst, its rate and its quota") {
    ApiBench shop;
    const auto cart = shop.resource(shop.root, "cart");
    shop.call("PutMethod", object({{"restApiId", shop.api},
                                   {"resourceId", cart},
                                   {"httpMethod", "GET"},
                                   {"authorizationType", "NONE"},
                                   {"apiKeyRequired", true}}));
    shop.call("PutIntegration", object({{"restApiId", shop.api},
                                        {"resourceId", cart},
                                        {"httpMethod", "GET"},
                                        {"type", "AWS_PROXY"},
                                        {"integrationHttpMethod", "POST"},
                                        {"uri", ApiBench::uri("get-cart")}}));
    shop.deploy();
    const Json key = shop.call("CreateApiKey", object({{"enabled", true}, {"value", "a-key-of-twenty-or-more"}}));
    const Json plan = shop.call("CreateUsagePlan",
                                object({{"name", "basic"},
                                        {"apiStages", list({object({{"apiId", shop.api}, {"stage", shop.stage}})})},
                                        {"throttle", object({{"rateLimit", 1.0}, {"burstLimit", 2}})},
                                        {"quota", object({{"limit", 4}, {"period", "DAY"}})}}));
    const std::string planId = textOr(plan, "id"), keyId = textOr(key, "id");
    shop.call("CreateUsagePlanKey", object({{"usagePlanId", planId}, {"keyId", keyId}, {"keyType", "API_KEY"}}));
    const auto ask = [&] {
        return shop.send("GET", "/stage/cart", list({list({"x-api-key", "a-key-of-twenty-or-more"})}));
    };
    CHECK(shop.send("GET", "/stage/cart").status == 403);
    CHECK(ask().status == 200);
    CHECK(ask().status == 200);
    CHECK(ask().status == 429);
    CHECK(ask().body == R"({"message":"Too Many Requests"})");
    shop.bench.advance(1s);
    CHECK(ask().status == 200);
    shop.bench.advance(5s);
    CHECK(ask().status == 200);
    CHECK(ask().body == R"({"message":"Limit Exceeded"})");
    const Json usage = shop.call(
        "GetUsage", object({{"usagePlanId", planId}, {"startDate", "2026-01-05"}, {"endDate", "2026-01-06"}}));
    CHECK(writeJson(*at(usage, {"items", keyId})) == "[[4,0],[0,4]]");
    shop.bench.advance(24h);
    CHECK(ask().status == 200);

    CHECK(shop.bench.errorOf("apigateway", "DeleteUsagePlan", object({{"usagePlanId", planId}})) ==
          "BadRequestException");
    const auto change = [&](const char* op, const char* path, const std::string& value) {
        shop.call("UpdateUsagePlan",
                  object({{"usagePlanId", planId},
                          {"patchOperations", list({object({{"op", op}, {"path", path}, {"value", value}})})}}));
    };
    change("replace", "/quota/limit", "1");
    CHECK(ask().status == 429);
    change("remove", "/apiStages", shop.api + ":" + shop.stage);
    CHECK(ask().status == 403);
    shop.call("DeleteUsagePlan", object({{"usagePlanId", planId}}));
}

TEST_CASE("an API that is not there is not found, a stage of another is forbidden") {
    ApiBench shop;
    shop.proxyTo(shop.root, "GET", "get-cart");
    shop.deploy();
    CHECK(shop.send("GET", "/nowhere/cart").status == 403);
    shop.api = "abc123";
    const auto answer = shop.send("GET", "/stage/cart");
    CHECK(answer.status == 404);
    CHECK(answer.body.find("abc123") != std::string::npos);
}
