#include "asl/query/jsonata.h"

#include <doctest/doctest.h>

namespace backlot::asl {
namespace {

Jsonata compiled(std::string_view text) { return std::get<Jsonata>(Jsonata::compile(text)); }

/// The result as JSON text, "nothing", or the error as AWS shows it.
std::string evaluated(std::string_view text, std::string_view input = {},
                      std::int64_t budget = Jsonata::kDefaultStepBudget) {
    auto program = Jsonata::compile(text);
    if (const auto* error = std::get_if<JsonataError>(&program)) return error->text();
    JsonataHost host;
    host.random = [] { return 0.25; };
    host.uuid = [] { return std::string("6f9619ff-8b86-4d01-b42d-00c04fc964ff"); };
    host.now = fromMillis(1'767'603'600'123);  // 2026-01-05T09:00:00.123Z
    const auto json = input.empty() ? std::nullopt : tryParseJson(input);
    const auto result = std::get<Jsonata>(program).evaluate({}, json ? &*json : nullptr, host, budget);
    if (const auto* error = std::get_if<JsonataError>(&result)) return error->text();
    const auto& value = std::get<std::optional<Json>>(result);
    return value ? writeJson(*value) : "nothing";
}

std::vector<std::string> references(std::string_view text) {
    std::vector<std::string> out;
    const auto program = compiled(text);
    for (const auto& reference : program.references()) {
        out.push_back(reference.name);
        for (const auto& field : reference.path) out.back() += "." + field;
    }
    return out;
}
using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("an expression reads the variables it is given") {
    const Json states = parseJson(R"({"input":{"orderId":"ORDER#1001","items":[{"price":34.45},{"price":21.67}]}})");
    const Json limit = parseJson("50");
    const JsonataBinding bindings[] = {{"states", &states}, {"limit", &limit}};
    const auto result =
        compiled("$sum($states.input.items.price) > $limit ? $states.input.orderId").evaluate(bindings, nullptr, {});
    CHECK(writeJson(*std::get<std::optional<Json>>(result)) == R"("ORDER#1001")");
}

TEST_CASE("what is only passed on keeps its members, its order and its numbers") {
    const Json states = parseJson(R"({"input":{"z":1.0,"a":[9007199254740993,{}],"empty":""}})");
    const JsonataBinding bindings[] = {{"states", &states}};
    const auto result = compiled("$states.input").evaluate(bindings, nullptr, {});
    CHECK(writeJson(*std::get<std::optional<Json>>(result)) == R"({"z":1.0,"a":[9007199254740993,{}],"empty":""})");
}

TEST_CASE("undefined is nothing and null is a value") {
    CHECK(evaluated("$doesNotExist") == "nothing");
    CHECK(evaluated("null") == "null");
    CHECK(evaluated("[$doesNotExist]") == "[]");
}

TEST_CASE("errors have JSONata's code and text") {
    CHECK(evaluated("$randomSeeded(3)") == "T1006: Attempted to invoke a non-function");
    CHECK(evaluated("sum(3)") == "T1005: Attempted to invoke a non-function. Did you mean $sum?");
    CHECK(evaluated("1 + 'a'") == R"(T2002: The right side of the "+" operator must evaluate to a number)");
    CHECK(evaluated("$number('a')") == R"(D3030: Unable to cast value to a number: "a")");
    CHECK(evaluated("$min(2, 3)") == R"(T0410: Argument 2 of function "min" does not match function signature)");
    CHECK(evaluated("$sum('a')") == R"(T0412: Argument 1 of function "sum" must be an array of "numbers")");
    CHECK(evaluated("$error('too late')") == "D3137: too late");
    CHECK(evaluated("1 +") == "S0207: Unexpected end of expression");
    CHECK(evaluated("[1, 2)") == R"x(S0202: Expected "]", got ")")x");
    CHECK(evaluated("1/0").starts_with("D1001"));
}

TEST_CASE("an error says where it is, in bytes") {
    const auto error = std::get<JsonataError>(Jsonata::compile("'é' & ~"));
    CHECK(error.code == "S0204");
    CHECK(error.position == 7);
}

TEST_CASE("a function is no result") {
    for (const char* text : {"$fn := function($x){$x}", "$sum", "{'f': $sum}", "/a/"}) {
        const auto result = compiled(text).evaluate({}, nullptr, {});
        CHECK(std::get<JsonataError>(result).unsupportedResult);
    }
}

TEST_CASE("references are the variables that come from outside") {
    CHECK(references("$states.input.items[0].id") == Names{"states.input.items"});
    CHECK(references("$states.result.Payload.status = $wanted") == Names{"states.result.Payload.status", "wanted"});
    CHECK(references("($x := 1; $x + $y)") == Names{"y"});
    CHECK(references("$map($items, function($v, $i){ $v * $i * $factor })") == Names{"items", "factor"});
    CHECK(references("$orders@$o.lines#$i[$o.id = $i]") == Names{"orders.lines"});
    CHECK(references("$sum([1, 2])") == Names{});
}

TEST_CASE("the context is used at the top level by $, $$ and bare names") {
    CHECK(compiled("$").contextUse() == 0);
    CHECK(compiled("1 + $$.a").contextUse() == 4);
    CHECK(compiled("states.input").contextUse() == 0);
    CHECK(compiled("$uppercase(name)").contextUse() == 11);
    CHECK(compiled("$count($states.result[$ = 1])").contextUse() == std::nullopt);
    CHECK(compiled("$states.input.{'id': id, 'all': $}").contextUse() == std::nullopt);
    CHECK(compiled("$states.input.items^(price)").contextUse() == std::nullopt);
}

TEST_CASE("$eval is found and is no function") {
    CHECK(compiled("1 + $eval('2')").evalUse() == 4);
    CHECK(evaluated("$eval('2')") == "T1006: Attempted to invoke a non-function");
}

TEST_CASE("what does not end is ended") {
    const auto ended = [](std::string_view text, std::int64_t budget = Jsonata::kDefaultStepBudget) {
        const auto result = compiled(text).evaluate({}, nullptr, {}, budget);
        const auto* error = std::get_if<JsonataError>(&result);
        return error && error->outOfBudget;
    };
    CHECK(ended("($f := function($n){ $n + $f($n - 1) }; $f(5))"));
    CHECK(ended("($f := function(){ $f() }; $f())", 100'000));
    CHECK(ended("($f := function($s, $n){ $n > 0 ? $f([$s, $s], $n - 1) : $s }; $f('a', 60))", 1'000'000));
    CHECK(ended("($f := function($s, $n){ $n > 0 ? $f($s & $s, $n - 1) : $s }; $f('a', 60))"));
    CHECK(ended("($f := function($s, $n){ $n > 0 ? $f({'a': $s}, $n - 1) : $s }; $f('a', 100000))"));
    CHECK(ended("$contains('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!', /(a+)+$/)"));
    CHECK_FALSE(ended("($f := function($n){ $n > 0 ? $f($n - 1) : 'done' }; $f(100000))"));
    CHECK_FALSE(ended("($f := function($n){ $n > 0 ? 1 + $f($n - 1) : 0 }; $f(300))"));
}

TEST_CASE("deep nesting of an expression is refused, not followed") {
    for (const char* piece : {"(", "[", "-", "{'a':", "function(){", "$f("}) {
        std::string text;
        for (int i = 0; i < 100'000; ++i) text += piece;
        CHECK(std::get<JsonataError>(Jsonata::compile(text)).outOfBudget);
    }
    std::string chain = "1";
    for (int i = 0; i < 100'000; ++i) chain += "+1";
    CHECK(std::get<JsonataError>(Jsonata::compile(chain)).outOfBudget);
}

TEST_CASE("$now and $millis stand still during an evaluation") {
    CHECK(evaluated("$now()") == R"("2026-01-05T09:00:00.123Z")");
    CHECK(evaluated("$millis()") == "1767603600123");
    CHECK(evaluated("$now('[D1o] [MNn] [Y], [h]:[m] [P]')") == R"("5th January 2026, 9:00 am")");
    CHECK(evaluated("$fromMillis(1767603600123, '[FNn] [H01]:[m01] [Z]', '+0530')") == R"("Monday 14:30 +05:30")");
}

TEST_CASE("$range counts from its first number to its last, and one number is no array") {
    CHECK(evaluated("$range(0, 9, 3)") == "[0,3,6,9]");
    CHECK(evaluated("$range(0, 10, 3)") == "[0,3,6,9]");
    CHECK(evaluated("$range(1, 9, 9)") == "1");
    CHECK(evaluated("$range(3, 1, -1)") == "[3,2,1]");
    CHECK(evaluated("$range(1, 2, 0)").starts_with("D3137"));
}

TEST_CASE("$partition cuts an array into pieces") {
    CHECK(evaluated("$partition([1..5], 2)") == "[[1,2],[3,4],[5]]");
    CHECK(evaluated("$partition([], 2)") == "[]");
    CHECK(evaluated("$partition([1], 0)").starts_with("D3137"));
}

TEST_CASE("$hash, $uuid, $random and $parse are what Step Functions adds") {
    CHECK(evaluated("$hash('backlot', 'MD5')").size() == 34);
    CHECK(evaluated("$hash('', 'SHA-1')") == R"("da39a3ee5e6b4b0d3255bfef95601890afd80709")");
    CHECK(evaluated("$hash('a', 'SHA-3')").starts_with("D3137"));
    CHECK(evaluated("$uuid()") == R"("6f9619ff-8b86-4d01-b42d-00c04fc964ff")");
    CHECK(evaluated("$random()") == "0.25");
    CHECK(evaluated("$random(7) = $random(7) and $random(7) != $random(8)") == "true");
    CHECK(evaluated(R"($parse('{"a":[1,2]}').a[1])") == "2");
    CHECK(evaluated("$parse('{')").starts_with("D3137"));
}

TEST_CASE("a text is counted in characters and sorted in UTF-16") {
    CHECK(evaluated("$length('😀é')") == "2");
    CHECK(evaluated("$substring('a😀b', 1, 1)") == R"("😀")");
    CHECK(evaluated("'😀' < '\uFF5E'") == "true");
    CHECK(evaluated("$uppercase('straße')") == R"("STRASSE")");
}

TEST_CASE("keys that look like array indices come first") {
    CHECK(evaluated("$keys({'b': 1, '10': 2, '9': 3, 'a': 4})") == R"(["9","10","b","a"])");
}

}  // namespace backlot::asl
