#include <doctest/doctest.h>

#include <chrono>

#include "tests/emulator/wire/requests.h"

using namespace backlot;
using namespace backlot::wire;

TEST_CASE("every service's description agrees with its model") {
    for (const auto& api : apis()) {
        INFO(api.name());
        const ServiceDescription& service = api.description();
        const Model& model = api.model();
        CHECK(model.service == service.name);
        CHECK(model.protocolName == service.protocols.front());
        CHECK(model.endpointPrefix == service.endpointPrefix);
        CHECK(model.signingName == service.signingName);
        CHECK(model.apiVersion == service.apiVersion);
        CHECK(model.targetPrefix == service.targetPrefix);
        CHECK_FALSE(model.operations().empty());
        for (const auto& operation : service.unsignedOperations) CHECK(model.operation(operation.name));
        for (const auto& [operation, root] : service.rest.xmlRoots) CHECK(model.operation(operation));
    }
    CHECK(apis().find("states"));
    CHECK(apis().find("stepfunctions") == nullptr);
    CHECK(modelOf("sqs").operation("SendMessage"));
    CHECK(modelOf("sqs").operation("sendMessage") == nullptr);
}

TEST_CASE("every pattern of the models can be used") {
    std::size_t count = 0;
    for (const auto& api : apis()) {
        const Model& model = api.model();
        for (std::uint16_t i = 0; i < model.shapeCount(); ++i) {
            const Shape& shape = model.shape(i);
            if (!shape.pattern) continue;
            ++count;
            CHECK_MESSAGE(shape.pattern->usable(), api.name() << " " << shape.name << " " << shape.pattern->source());
        }
    }
    CHECK(count > 400);
}

TEST_CASE("a pattern must match the whole value, and one that takes too long does not match") {
    const ModelPattern name("[a-z]+");
    CHECK(name.matches("abc"));
    CHECK_FALSE(name.matches("abc!"));
    CHECK_FALSE(name.matches("abc\n"));
    CHECK_FALSE(name.matches(""));
    CHECK_FALSE(ModelPattern(".*").matches("\xff\xfe"));
    const ModelPattern astral("[\\u0020-\\uD7FF\\uE000-\\uFFFD\\uD800\\uDC00-\\uDBFF\\uDFFF]*");
    CHECK(astral.matches("price: 10 \xE2\x82\xAC \xF0\x9F\x98\x80"));
    CHECK_FALSE(astral.matches("\x01"));
    CHECK(ModelPattern("[\\w-_]*").matches("a-b_c"));  // as Java reads it
    CHECK(ModelPattern("\\p{Print}{1,100000}").matches("price"));
    CHECK_FALSE(ModelPattern("(a+)+b").matches(std::string(5000, 'a')));
}

TEST_CASE("every REST operation is found by its own template") {
    for (const std::string_view service :
         {"lambda", "apigateway", "apigatewayv2", "sesv2", "scheduler", "xray", "s3"}) {
        const Model& model = modelOf(service);
        for (const auto& operation : model.operations()) {
            std::string path;
            bool label = false;
            for (const char c : operation.uri) {  // labels become a value
                if (c == '{') label = true;
                if (!label) path += c;
                if (c == '}') label = false, path += "x";
            }
            const auto mark = path.find('?');
            const auto query = mark == std::string::npos ? "" : path.substr(mark + 1);
            const OperationShape* found = model.route(operation.method, path.substr(0, mark), query);
            INFO(service << ":" << operation.name << " " << operation.method << " " << path);
            REQUIRE(found);
            CHECK((found->name == operation.name || found->uri == operation.uri));  // twins are told apart by headers
        }
    }
}

TEST_CASE("paths go to the most literal template, and a slash at the end counts for nothing") {
    const Model& lambda = modelOf("lambda");
    CHECK(lambda.route("GET", "/2015-03-31/functions", "")->name == "ListFunctions");
    CHECK(lambda.route("GET", "/2015-03-31/functions/", "")->name == "ListFunctions");
    CHECK(lambda.route("GET", "/2015-03-31/functions/pay", "")->name == "GetFunction");
    CHECK(lambda.route("POST", "/2015-03-31/functions/arn%3Aaws%3Alambda/invocations", "")->name == "Invoke");
    CHECK(lambda.route("PATCH", "/2015-03-31/functions/pay", "") == nullptr);
    const Model& s3 = modelOf("s3");
    CHECK(s3.route("GET", "/bucket", "list-type=2&prefix=a")->name == "ListObjectsV2");
    CHECK(s3.route("GET", "/bucket/a/b/c", "")->name == "GetObject");
    CHECK(s3.route("PUT", "/bucket", "")->name == "CreateBucket");
    CHECK(s3.route("GET", "/", "")->name == "ListBuckets");
}

TEST_CASE("members are found whatever the size of the structure") {
    for (const auto& api : apis()) {
        const Model& model = api.model();
        for (std::uint16_t i = 0; i < model.shapeCount(); ++i)
            for (const auto& member : model.shape(i).members) {
                CHECK(model.shape(i).member(member.name) == &member);
                CHECK(model.shape(i).member(std::string(member.name) + "x") == nullptr);
            }
    }
}
