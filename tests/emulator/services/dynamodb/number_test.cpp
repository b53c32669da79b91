#include "emulator/services/dynamodb/number.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "emulator/base/aws_error.h"

using backlot::AwsError;
using backlot::dynamodb::Number;

namespace {

std::string normal(std::string_view text) { return Number::parse(text).text(); }

std::string refusal(std::string_view text) {
    try {
        Number::parse(text);
        return {};
    } catch (const AwsError& error) {
        return error.message();
    }
}

}  // namespace

TEST_CASE("a number is answered in its normal form") {
    CHECK(normal("1e3") == "1000");
    CHECK(normal("1.00") == "1");
    CHECK(normal("007") == "7");
    CHECK(normal("+3") == "3");
    CHECK(normal("1e-3") == "0.001");
    CHECK(normal("-0") == "0");
    CHECK(normal("0e999999999999") == "0");
    CHECK(normal(".5") == "0.5");
    CHECK(normal("-12.3400") == "-12.34");
    CHECK(normal("100") == "100");
    CHECK(normal("12345678901234567890123456789012345678") == "12345678901234567890123456789012345678");
}

TEST_CASE("what is no number, or beyond the range, is refused with AWS's words") {
    CHECK(refusal("abc") == "The parameter cannot be converted to a numeric value: abc");
    CHECK(refusal("") == "The parameter cannot be converted to a numeric value");
    CHECK(refusal("1e") == "The parameter cannot be converted to a numeric value: 1e");
    CHECK(refusal("1.2.3") == "The parameter cannot be converted to a numeric value: 1.2.3");
    CHECK(refusal("123456789012345678901234567890123456789") ==
          "Attempting to store more than 38 significant digits in a Number");
    CHECK(refusal("1e126") ==
          "Number overflow. Attempting to store a number with magnitude larger than supported range");
    CHECK(refusal("-1e126") ==
          "Number overflow. Attempting to store a number with magnitude larger than supported range");
    CHECK(refusal("1e-131") ==
          "Number underflow. Attempting to store a number with magnitude smaller than supported range");
    CHECK(refusal("1e1000000000000000000000") ==
          "Number overflow. Attempting to store a number with magnitude larger than supported range");
    CHECK(refusal("9.9e125").empty());
    CHECK(refusal("1e-130").empty());
}

TEST_CASE("keys order numbers by value") {
    const std::vector<std::string> ascending = {"-9.9e125", "-100.5", "-100",    "-99",    "-12.34", "-12",   "-1",
                                                "-0.12",    "-0.012", "-1e-130", "0",      "1e-130", "0.001", "0.01",
                                                "0.1",      "0.12",   "1",       "1.1",    "9",      "10",    "99",
                                                "100",      "100.5",  "1e20",    "9.9e125"};
    for (std::size_t i = 0; i + 1 < ascending.size(); ++i) {
        CAPTURE(ascending[i]);
        CHECK(Number::parse(ascending[i]).key() < Number::parse(ascending[i + 1]).key());
    }
    for (const auto& text : ascending) CHECK(Number::fromKey(Number::parse(text).key()).text() == normal(text));
}

TEST_CASE("sums are exact") {
    const auto sum = [](std::string_view a, std::string_view b) {
        return Number::parse(a).plus(Number::parse(b)).text();
    };
    CHECK(sum("0.1", "0.2") == "0.3");
    CHECK(sum("1", "-1") == "0");
    CHECK(sum("99999999999999999999", "1") == "100000000000000000000");
    CHECK(sum("-5", "3") == "-2");
    CHECK(sum("1e-130", "-1e-130") == "0");
    CHECK(Number::parse("10").minus(Number::parse("0.5")).text() == "9.5");
    CHECK_THROWS_AS(sum("1e100", "1"), AwsError);
    CHECK_THROWS_AS(sum("9.9e125", "9.9e125"), AwsError);
}
