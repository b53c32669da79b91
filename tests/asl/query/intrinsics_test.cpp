#include "asl/query/intrinsics.h"

#include <doctest/doctest.h>

#include <string>

#include "asl/dice.h"
#include "asl/failure.h"

namespace backlot::asl {
namespace {

class CountingDice : public Dice {
public:
    std::uint64_t next() override { return count_++; }

private:
    std::uint64_t count_ = 0;
};

class PlainScene : public Scene {
public:
    explicit PlainScene(Dice& dice) { this->dice = &dice; }
    const Payload* variable(std::string_view name) const override {
        const auto found = variables.find(name);
        return found == variables.end() ? nullptr : &found->second;
    }
    const Json& context(bool) const override { return context_; }
    Variables variables;

private:
    Json context_ = parseJson(R"({"Execution": {"Name": "ORDER-1"}})");
};

std::string call(const char* text, const char* input = "{}") {
    CountingDice dice;
    PlainScene scene(dice);
    scene.input = Payload(std::string(input));
    scene.variables.emplace("price", Payload(Json(7)));
    return writeJson(Intrinsic::parse(text).evaluate(scene));
}

std::string failure(const char* text, const char* input = "{}") {
    try {
        return call(text, input);
    } catch (const StateFailure& failed) {
        return failed.error + ": " + failed.reason;
    }
}

}  // namespace

TEST_CASE("Format fills its braces as Java writes values") {
    CHECK(call("States.Format('Order {} of {}', $.id, $$.Execution.Name)", R"({"id": 3})") ==
          R"("Order 3 of ORDER-1")");
    CHECK(call("States.Format('{} {}', $.a, $.b)", R"({"a": {"x": 1, "y": []}, "b": null})") ==
          R"("{x=1, y=[]} null")");
    CHECK(call(R"(States.Format('it\'s \{\} {}', 'x'))") == R"("it's {} x")");
    CHECK(failure("States.Format('{} {}', 1)")
              .starts_with("States.IntrinsicFailure: The function 'States.Format('{} {}', 1)'"));
}

TEST_CASE("each array function does what its name says") {
    CHECK(call("States.Array('a', 1, true, null)") == R"(["a",1,true,null])");
    CHECK(call("States.ArrayPartition($.a, 2)", R"({"a": [1,2,3]})") == "[[1,2],[3]]");
    CHECK(call("States.ArrayContains($.a, 2)", R"({"a": [1,2,3]})") == "true");
    CHECK(call("States.ArrayRange(1, 9, 2)") == "[1,3,5,7,9]");
    CHECK(call("States.ArrayRange(3, 1, -1)") == "[3,2,1]");
    CHECK(call("States.ArrayGetItem($.a, 0)", R"({"a": [1,2,3]})") == "1");
    CHECK(call("States.ArrayLength($.a)", R"({"a": [1,2,3]})") == "3");
    CHECK(call("States.ArrayUnique($.a)", R"({"a": [1,1,"1",[],[]]})") == R"([1,"1",[]])");
    CHECK(failure("States.ArrayRange(0, 5000, 1)").find("1000") != std::string::npos);
    CHECK(failure("States.ArrayGetItem($.a, 3)", R"({"a": [1]})").find("out of bounds") != std::string::npos);
}

TEST_CASE("texts are encoded, hashed, split and merged") {
    CHECK(call("States.Base64Encode('Data to encode')") == R"("RGF0YSB0byBlbmNvZGU=")");
    CHECK(call("States.Base64Decode('RGF0YSB0byBlbmNvZGU=')") == R"("Data to encode")");
    CHECK(call("States.Hash('x', 'MD5')") == R"("9dd4e461268c8034f5c8564e155c67a6")");
    CHECK(call("States.StringSplit('1.2+3,,4', '.+,')") == R"(["1","2","3","4"])");
    CHECK(call("States.StringToJson($.s)", R"({"s": "{\"a\":[1.0]}"})") == R"({"a":[1.0]})");
    CHECK(call("States.JsonToString($.o)", R"({"o": {"a": 1}})") == R"("{\"a\":1}")");
    CHECK(call("States.JsonMerge($.a, $.b, false)", R"({"a": {"x": 1, "y": 1}, "b": {"y": 2}})") == R"({"x":1,"y":2})");
}

TEST_CASE("numbers that are not whole are rounded, halves upward") {
    CHECK(call("States.MathAdd($.a, $.b)", R"({"a": 1.5, "b": 1.51})") == "4");
    CHECK(call("States.MathAdd($.a, 0)", R"({"a": -1.5})") == "-1");
    CHECK(call("States.MathAdd(States.MathAdd($price, 1), -2)") == "6");
}

TEST_CASE("randomness comes from the dice, and a seed makes it repeat") {
    CHECK(call("States.MathRandom(1, 10)") == "1");
    CHECK(call("States.MathRandom(1, 1000, 42)") == call("States.MathRandom(1, 1000, 42)"));
    CHECK(call("States.UUID()").size() == 38);
}

TEST_CASE("text that is no call is refused") {
    for (const char* text : {"States.Nothing()", "States.Format(", "States.Format('a'", "States.UUID(1)",
                             "States.Array(1,)", "States.Array(a)", "States.UUID() x", "States.Format('a)"})
        CHECK_THROWS_AS(Intrinsic::parse(text), PathSyntaxError);
    std::string nested = "1";
    for (int i = 0; i < 11; ++i) nested = "States.Array(" + nested + ")";
    CHECK_THROWS_AS(Intrinsic::parse(nested), PathSyntaxError);
}

}  // namespace backlot::asl
