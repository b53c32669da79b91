// Requests to HTTP APIs, from the route to the answer, with a Lambda that says what the test wants.

#include <functional>

#include "emulator/base/base64.h"
#include "emulator/base/http_message.h"
#include "emulator/services/apigateway/service.h"
#include "tests/emulator/bench.h"

using namespace backlot;
using namespace std::chrono_literals;

namespace {

struct Functions {
    std::function<Json(const Json& event)> answer = [](const Json&) { return object({{"statusCode", 200}}); };
    std::vector<std::pair<std::string, Json>> events;  // function, event

    Service lambda() {
        return {.name = "lambda",
                .operations = {
                    {"Invoke", [this](Call&, const Fields& request) -> Reply {
                         events.emplace_back(request.text("FunctionName"), parseJson(request.text("Payload")));
                         const Json result = answer(events.back().second);
                         if (find(result, "raise"))
                             return object({{"StatusCode", 200}, {"FunctionError", "Unhandled"}, {"Payload", "{}"}});
                         return object({{"StatusCode", 200}, {"Payload", writeJson(result)}});
                     }}}};
    }
    Service queues() {
        return {.name = "sqs", .operations = {{"SendMessage", [this](Call&, const Fields& request) -> Reply {
                                                   events.emplace_back("sqs", copy(request.json()));
                                                   return object({{"MessageId", "1"}});
                                               }}}};
    }
};

struct HttpBench : Functions, Bench {
    std::string api;

    static std::vector<Service> services(Functions& functions) {
        std::vector<Service> all;
        all.push_back(apigateway::apigatewayService());
        all.push_back(apigateway::apigatewayV2Service("http://127.0.0.1:4566"));
        all.push_back(functions.lambda());
        all.push_back(functions.queues());
        return all;
    }
    explicit HttpBench(Json more = object()) : Bench(services(*this)) {
        set(more, "Name", "shop");
        set(more, "ProtocolType", "HTTP");
        api = textOr(v2("CreateApi", std::move(more)), "ApiId");
        stage("$default");
    }
    Json v2(std::string operation, Json request) {
        if (!api.empty()) set(request, "ApiId", api);
        return call("apigatewayv2", std::move(operation), std::move(request));
    }
    void stage(const char* name, Json more = object()) {
        set(more, "StageName", name);
        set(more, "AutoDeploy", true);
        v2("CreateStage", std::move(more));
    }
    void route(const std::string& key, Json more = object(), Json integration = object()) {
        if (!find(integration, "IntegrationType")) set(integration, "IntegrationType", "AWS_PROXY");
        if (!find(integration, "IntegrationSubtype"))
            set(integration, "IntegrationUri", "arn:aws:lambda:us-east-1:000000000000:function:" + key);
        if (!find(integration, "PayloadFormatVersion") && !find(integration, "IntegrationSubtype"))
            set(integration, "PayloadFormatVersion", "2.0");
        set(more, "RouteKey", key);
        set(more, "Target", "integrations/" + textOr(v2("CreateIntegration", std::move(integration)), "IntegrationId"));
        v2("CreateRoute", std::move(more));
    }
    struct Answer {
        int status = 0;
        Headers headers;
        std::string body;
    };
    /// `target` as it stands behind the API: "/pets?a=b".
    Answer ask(const std::string& method, const std::string& target, Json headers = list(), std::string body = {}) {
        const auto question = target.find('?');
        const Json result =
            callInternal("apigateway", "HandleRequest",
                         object({{"method", method},
                                 {"path", "/_aws/execute-api/" + api + target.substr(0, question)},
                                 {"query", question == std::string::npos ? "" : target.substr(question + 1)},
                                 {"headers", std::move(headers)},
                                 {"body", base64Encode(body)},
                                 {"host", "127.0.0.1:4566"}}));
        Answer answer{.status = static_cast<int>(intOr(result, "statusCode", 0)),
                      .headers = {},
                      .body = base64Decode(textOr(result, "body")).value_or("?")};
        for (const Json* header : Fields(result).items("headers"))
            answer.headers.add(view((*header)[0]), view((*header)[1]));
        return answer;
    }
    const Json& event() const { return events.back().second; }
    std::string functionAsked(const std::string& method, const std::string& target) {
        events.clear();
        ask(method, target);
        return events.empty() ? "" : events.back().first.substr(events.back().first.rfind(':') + 1);
    }
};

std::string shownAt(const Json& value, std::initializer_list<std::string_view> path) {
    const Json* found = backlot::at(value, path);
    return !found ? "absent" : found->IsString() ? text(*found) : writeJson(*found);
}

}  // namespace

TEST_CASE(
    "the route that fits best is taken: fixed before variable before greedy, the method before ANY, $default last") {
    HttpBench bench;
    for (const char* key :
         {"GET /pets/{id}", "GET /pets/new", "ANY /pets/{id}", "ANY /pets/{proxy+}", "GET /{proxy+}", "$default"})
        bench.route(key);
    CHECK(bench.functionAsked("GET", "/pets/7") == "GET /pets/{id}");
    CHECK(bench.functionAsked("GET", "/pets/new") == "GET /pets/new");
    CHECK(bench.functionAsked("POST", "/pets/7") == "ANY /pets/{id}");
    CHECK(bench.functionAsked("POST", "/pets/7/toys") == "ANY /pets/{proxy+}");
    CHECK(bench.functionAsked("GET", "/other/way") == "GET /{proxy+}");
    CHECK(bench.functionAsked("POST", "/other/way") == "$default");
}

TEST_CASE("an event of format 2.0 is what AWS documents") {
    HttpBench bench;
    bench.route("POST /pets/{id}");
    bench.ask("POST", "/pets/a%20b?x=1&x=2&y=%26",
              list({list({"Content-Type", "application/json"}), list({"X-Two", "a"}), list({"x-two", "b"}),
                    list({"Cookie", "k=1; l=2"}), list({"User-Agent", "me"})}),
              "{}");
    const Json& event = bench.event();
    CHECK(shownAt(event, {"version"}) == "2.0");
    CHECK(shownAt(event, {"routeKey"}) == "POST /pets/{id}");
    CHECK(shownAt(event, {"rawPath"}) == "/pets/a%20b");
    CHECK(shownAt(event, {"rawQueryString"}) == "x=1&x=2&y=%26");
    CHECK(shownAt(event, {"cookies"}) == R"(["k=1","l=2"])");
    CHECK(shownAt(event, {"headers", "x-two"}) == "a,b");
    CHECK(shownAt(event, {"headers", "cookie"}) == "absent");
    CHECK(shownAt(event, {"queryStringParameters"}) == R"({"x":"1,2","y":"&"})");
    CHECK(shownAt(event, {"pathParameters"}) == R"({"id":"a b"})");
    CHECK(shownAt(event, {"requestContext", "http", "method"}) == "POST");
    CHECK(shownAt(event, {"requestContext", "http", "userAgent"}) == "me");
    CHECK(shownAt(event, {"requestContext", "stage"}) == "$default");
    CHECK(shownAt(event, {"requestContext", "time"}) == "05/Jan/2026:09:00:00 +0000");
    CHECK(shownAt(event, {"body"}) == "{}");
    CHECK(shownAt(event, {"isBase64Encoded"}) == "false");
}

TEST_CASE("a body that is no text comes in base64, and a named stage stands in the path") {
    HttpBench bench;
    bench.stage("prod", object({{"StageVariables", object({{"a", "b"}})}}));
    bench.route("POST /up");
    bench.ask("POST", "/prod/up", list({list({"Content-Type", "image/png"})}), "\x01\x02");
    CHECK(shownAt(bench.event(), {"rawPath"}) == "/prod/up");
    CHECK(shownAt(bench.event(), {"body"}) == base64Encode("\x01\x02"));
    CHECK(shownAt(bench.event(), {"isBase64Encoded"}) == "true");
    CHECK(shownAt(bench.event(), {"stageVariables"}) == R"({"a":"b"})");
}

TEST_CASE("an event of format 1.0 is the one of REST APIs") {
    HttpBench bench;
    bench.route("GET /pets/{id}", object(), object({{"PayloadFormatVersion", "1.0"}}));
    bench.ask("GET", "/pets/7?x=1&x=2");
    CHECK(shownAt(bench.event(), {"version"}) == "1.0");
    CHECK(shownAt(bench.event(), {"resource"}) == "/pets/{id}");
    CHECK(shownAt(bench.event(), {"multiValueQueryStringParameters"}) == R"({"x":["1","2"]})");
    CHECK(shownAt(bench.event(), {"pathParameters", "id"}) == "7");
    CHECK(shownAt(bench.event(), {"requestContext", "resourcePath"}) == "/pets/{id}");
}

TEST_CASE("what a function returns becomes the answer, whole or by its parts") {
    HttpBench bench;
    bench.route("GET /x");
    bench.answer = [](const Json&) { return object({{"pets", 2}}); };
    CHECK(bench.ask("GET", "/x").body == R"({"pets":2})");
    CHECK(bench.ask("GET", "/x").headers.get("Content-Type") == "application/json");
    bench.answer = [](const Json&) {
        return object({{"statusCode", 201},
                       {"headers", object({{"X-A", "b"}})},
                       {"cookies", list({"k=1", "l=2"})},
                       {"body", base64Encode("hi")},
                       {"isBase64Encoded", true}});
    };
    const auto answer = bench.ask("GET", "/x");
    CHECK(answer.status == 201);
    CHECK(answer.body == "hi");
    CHECK(answer.headers.get("X-A") == "b");
    CHECK(answer.headers.count("Set-Cookie") == 2);
    bench.answer = [](const Json&) { return object({{"statusCode", "no"}}); };
    CHECK(bench.ask("GET", "/x").status == 500);
    bench.answer = [](const Json&) { return object({{"raise", true}}); };
    CHECK(bench.ask("GET", "/x").body == R"({"message":"Internal Server Error"})");
}

TEST_CASE("a path that no route has, and an API that was never deployed, answer 404") {
    HttpBench bench;
    bench.route("GET /x");
    CHECK(bench.ask("GET", "/y").status == 404);
    CHECK(bench.ask("POST", "/x").body == R"({"message":"Not Found"})");
}

TEST_CASE("a stage that is not deployed by itself stays as it was deployed") {
    HttpBench bench;
    bench.v2("CreateStage", object({{"StageName", "prod"}}));
    CHECK(bench.ask("GET", "/prod/x").status == 404);
    bench.route("GET /x");
    bench.v2("CreateDeployment", object({{"StageName", "prod"}}));
    CHECK(bench.ask("GET", "/prod/x").status == 200);
    bench.route("GET /y");
    CHECK(bench.ask("GET", "/y").status == 200);
    CHECK(bench.ask("GET", "/prod/y").status == 404);
}

TEST_CASE("preflights are answered by the API, and its CORS headers take the place of the function's") {
    HttpBench bench(object({{"CorsConfiguration", object({{"AllowOrigins", list({"https://shop.example"})},
                                                          {"AllowMethods", list({"GET", "POST"})},
                                                          {"AllowHeaders", list({"x-a"})},
                                                          {"MaxAge", 60},
                                                          {"AllowCredentials", true}})}}));
    bench.route("GET /x");
    bench.answer = [](const Json&) {
        return object({{"statusCode", 200}, {"headers", object({{"Access-Control-Allow-Origin", "*"}})}});
    };
    const auto from = [](const char* origin) {
        return list({list({"Origin", origin}), list({"Access-Control-Request-Method", "POST"})});
    };
    const auto preflight = bench.ask("OPTIONS", "/x", from("https://shop.example"));
    CHECK(preflight.status == 204);
    CHECK(preflight.headers.get("Access-Control-Allow-Origin") == "https://shop.example");
    CHECK(preflight.headers.get("Access-Control-Allow-Methods") == "GET,POST");
    CHECK(preflight.headers.get("Access-Control-Max-Age") == "60");
    CHECK_FALSE(bench.ask("OPTIONS", "/x", from("https://other.example")).headers.has("Access-Control-Allow-Origin"));
    CHECK(bench.events.empty());
    CHECK(bench.ask("GET", "/x", from("https://shop.example")).headers.get("Access-Control-Allow-Origin") ==
          "https://shop.example");
    CHECK_FALSE(bench.ask("GET", "/x", from("https://other.example")).headers.has("Access-Control-Allow-Origin"));
}

TEST_CASE("an authorizer's function says yes or no, and its answer is kept by identity") {
    HttpBench bench;
    const Json made =
        bench.v2("CreateAuthorizer", object({{"Name", "by function"},
                                             {"AuthorizerType", "REQUEST"},
                                             {"IdentitySource", list({"$request.header.Key"})},
                                             {"AuthorizerUri", "arn:aws:lambda:us-east-1:000000000000:function:auth"},
                                             {"AuthorizerPayloadFormatVersion", "2.0"},
                                             {"EnableSimpleResponses", true}}));
    bench.route("GET /x", object({{"AuthorizationType", "CUSTOM"}, {"AuthorizerId", textOr(made, "AuthorizerId")}}));
    bench.answer = [](const Json& event) {
        if (textOr(event, "type") != "REQUEST") return object({{"statusCode", 200}});
        return object({{"isAuthorized", textOr(*find(event, "headers"), "key") == "good"},
                       {"context", object({{"who", "ann"}})}});
    };
    CHECK(bench.ask("GET", "/x").status == 401);
    CHECK(bench.events.empty());
    CHECK(bench.ask("GET", "/x", list({list({"Key", "bad"})})).status == 403);
    CHECK(bench.ask("GET", "/x", list({list({"Key", "good"})})).status == 200);
    CHECK(shownAt(bench.event(), {"requestContext", "authorizer", "lambda", "who"}) == "ann");
    const std::size_t before = bench.events.size();
    CHECK(bench.ask("GET", "/x", list({list({"Key", "good"})})).status == 200);
    CHECK(bench.events.size() == before + 1);  // the function alone
    bench.advance(301s);
    bench.ask("GET", "/x", list({list({"Key", "good"})}));
    CHECK(bench.events.size() == before + 3);
}

TEST_CASE("a request is mapped to a service's call") {
    HttpBench bench;
    bench.route("POST /orders", object(),
                object({{"IntegrationSubtype", "SQS-SendMessage"},
                        {"RequestParameters", object({{"QueueUrl", "http://127.0.0.1:4566/000000000000/orders"},
                                                      {"MessageBody", "$request.body.text"},
                                                      {"MessageGroupId", "group ${request.header.who}"}})}}));
    const auto answer = bench.ask("POST", "/orders", list({list({"Who", "ann"})}), R"({"text":"hello"})");
    CHECK(answer.status == 200);
    CHECK(shownAt(bench.event(), {"MessageBody"}) == "hello");
    CHECK(shownAt(bench.event(), {"MessageGroupId"}) == "group ann");
}

TEST_CASE("parameters of request and response are mapped") {
    HttpBench bench;
    bench.route(
        "GET /x", object(),
        object({{"RequestParameters", object({{"append:header.x-a", "$request.querystring.q"},
                                              {"remove:querystring.q", "''"},
                                              {"overwrite:path", "/changed"}})},
                {"ResponseParameters", object({{"200", object({{"overwrite:statuscode", "202"},
                                                               {"append:header.x-b", "$response.body.id"}})}})}}));
    bench.answer = [](const Json&) { return object({{"statusCode", 200}, {"body", R"({"id":7})"}}); };
    const auto answer = bench.ask("GET", "/x?q=1&r=2", list({list({"X-A", "0"})}));
    CHECK(shownAt(bench.event(), {"headers", "x-a"}) == "0,1");
    CHECK(shownAt(bench.event(), {"rawPath"}) == "/changed");
    CHECK(shownAt(bench.event(), {"rawQueryString"}) == "r=2");
    CHECK(answer.status == 202);
    CHECK(answer.headers.get("x-b") == "7");
}

TEST_CASE("an API that is deleted leaves nothing") {
    HttpBench bench;
    bench.route("GET /x");
    const std::string old = bench.api;
    bench.v2("DeleteApi", object());
    CHECK(bench.ask("GET", "/x").status == 404);
    const Json left = bench.call("apigatewayv2", "GetApis");
    CHECK(find(left, "Items")->Empty());
    CHECK(bench.errorOf("apigatewayv2", "GetRoutes", object({{"ApiId", old}})) == "NotFoundException");
}
