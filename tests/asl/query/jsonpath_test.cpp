#include "asl/query/jsonpath.h"

#include <doctest/doctest.h>

#include <string>

namespace backlot::asl {
namespace {

const char* const kOrder = R"({"id": "ORDER#1", "total": 30,
    "items": [{"sku": "PROD#1", "price": 8.95, "tags": ["red"]}, {"sku": "PROD#2", "price": 22.5}, {"sku": "PROD#3", "price": 12}],
    "customer": {"name": "Ada", "a b": 1}})";

std::string read(const char* path, const char* document = kOrder) {
    return writeJson(JsonPath::parse(path).read(parseJson(document)));
}

std::string missing(const char* path) {
    try {
        JsonPath::parse(path).read(parseJson(kOrder));
        return "found";
    } catch (const PathNotFound& error) {
        return error.what();
    }
}

}  // namespace

TEST_CASE("a definite path gives its one node") {
    CHECK(read("$.id") == R"("ORDER#1")");
    CHECK(read("$['customer']['name']") == R"("Ada")");
    CHECK(read("$.items[1].sku") == R"("PROD#2")");
    CHECK(read("$.items[-1].sku") == R"("PROD#3")");
    CHECK(read("$", "7") == "7");
    CHECK(JsonPath::parse("$.items[0]").isDefinite());
    CHECK_FALSE(JsonPath::parse("$.items[*]").isDefinite());
}

TEST_CASE("wildcards, slices, lists, filters and scans give lists") {
    CHECK(read("$.items[*].sku") == R"(["PROD#1","PROD#2","PROD#3"])");
    CHECK(read("$.items[1:].sku") == R"(["PROD#2","PROD#3"])");
    CHECK(read("$.items[:-1].sku") == R"(["PROD#1","PROD#2"])");
    CHECK(read("$.items[0,2].sku") == R"(["PROD#1","PROD#3"])");
    CHECK(read("$['id','total']") == R"(["ORDER#1",30])");
    CHECK(read("$.items[?(@.price < 20)].sku") == R"(["PROD#1","PROD#3"])");
    CHECK(read("$.items[?(@.price > 10 && @.price < 20 || @.sku == 'PROD#1')].sku") == R"(["PROD#1","PROD#3"])");
    CHECK(read("$.items[?(@.tags)].sku") == R"(["PROD#1"])");
    CHECK(read("$.items[?(!@.tags)].sku") == R"(["PROD#2","PROD#3"])");
    CHECK(read("$.items[?(@.sku =~ /prod#[12]/i)].price") == "[8.95,22.5]");
    CHECK(read("$.items[?(@.sku in ['PROD#3'])].price") == "[12]");
    CHECK(read("$.items[?(@.price > $.total)]") == "[]");
    CHECK(read("$.items[?(@.*.length())].price") == "[8.95,22.5,12]");  // a number is there, whatever it says
    CHECK(read("$..sku") == R"(["PROD#1","PROD#2","PROD#3"])");
    CHECK(read("$..[0].sku") == R"(["PROD#1"])");
}

TEST_CASE("what is missing before a wildcard or slice gives an empty list, as recorded on AWS") {
    CHECK(read("$.item.items[*]", "{}") == "[]");
    CHECK(read("$.item.items[1:5].itemValue", "{}") == "[]");
    CHECK(read("$.item.items[:1]", R"({"item": {}})") == "[]");
}

TEST_CASE("a definite path that finds nothing says so in Jayway's words") {
    CHECK(missing("$.nothing") == "No results for path: $['nothing']");
    CHECK(missing("$.no.such.path") == "Missing property in path $['no']");
    CHECK(missing("$.items[7].sku") == "No results for path: $['items'][7]['sku']");
}

TEST_CASE("functions compute from what the path names") {
    CHECK(read("$.items.length()") == "3");
    CHECK(read("$.items[*].price.sum()") == "43.45");
    CHECK(read("$.items[*].price.max()") == "22.5");
    CHECK(read("$.customer.keys()") == R"(["name","a b"])");
    CHECK(read("$.items.first()", R"({"items": [1, 2]})") == "1");
}

TEST_CASE("a path starts from the input, the context object or a variable") {
    CHECK(JsonPath::parse("$$.Execution.Id").root() == JsonPath::Root::context);
    const auto variable = JsonPath::parse("$order.id");
    CHECK(variable.root() == JsonPath::Root::variable);
    CHECK(variable.variable() == "order");
}

TEST_CASE("a result is placed where a reference path points, and what is missing on the way is made") {
    const auto place = [](const char* path, const char* document) {
        return writeJson(JsonPath::parse(path).place(parseJson(document), Json(1)));
    };
    CHECK(place("$.a.b", "{}") == R"({"a":{"b":1}})");
    CHECK(place("$.a", R"({"a":0,"z":2})") == R"({"a":1,"z":2})");
    CHECK(place("$.list[1]", R"({"list":[0,0]})") == R"({"list":[0,1]})");
    CHECK_THROWS_AS(place("$.list[2]", R"({"list":[0,0]})"), PathNotFound);
    CHECK_THROWS_AS(place("$.a.b", R"({"a":7})"), PathNotFound);
}

TEST_CASE("text that is no path is refused") {
    for (const char* path : {"", "items", "$.", "$[", "$['a", "$.items[?(@.a]", "$.a b", "$[?(@.x =~ /(/)]",
                             "$.nosuch()", "$.items[1:2:3]"})
        CHECK_THROWS_AS(JsonPath::parse(path), PathSyntaxError);
}

}  // namespace backlot::asl
