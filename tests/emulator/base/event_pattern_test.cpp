#include "emulator/base/event_pattern.h"
#include "tests/conformance.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

using namespace backlot;

namespace {

bool matches(std::string_view pattern, std::string_view event) {
    return EventPattern::compile(pattern).matches(parseJson(event));
}

std::string reasonOf(std::string_view pattern) {
    try {
        EventPattern::compile(pattern);
        return {};
    } catch (const PatternError& error) {
        return error.reason;
    }
}

/// `exists: false` before every other field of an array (see event_pattern.h), and a reference run in which two
/// conditions on one field disturb each other.
bool knownDifference(std::string_view name) { return name == "gen-824e1c39db8a" || name == "gen-965c53819337"; }

std::vector<Json> recordedCases(const std::string& file) {
    std::vector<Json> cases;
    const auto text = conformance::text("events/" + file);
    if (!text) return cases;
    if (file.ends_with(".jsonl")) {
        std::istringstream in(*text);
        for (std::string line; std::getline(in, line);) {
            if (!line.empty()) cases.push_back(parseJson(line));
        }
    } else {
        Json document = parseJson(*text);
        for (Json& entry : document.GetArray()) cases.push_back(std::move(entry));
    }
    return cases;
}

}  // namespace

TEST_CASE("a rule matches the order events of its shop") {
    const char* rule =
        R"({"source": ["shop.orders"], "detail-type": ["OrderCreated"], "detail": {"totalAmount": [{"numeric": [">=", 100]}]}})";
    CHECK(
        matches(rule, R"({"source": "shop.orders", "detail-type": "OrderCreated", "detail": {"totalAmount": 129.5}})"));
    CHECK_FALSE(matches(
        rule, R"({"source": "shop.orders", "detail-type": "OrderCreated", "detail": {"totalAmount": "129.5"}})"));
    CHECK(EventPattern::compile(rule).mismatch(
              parseJson(R"({"source": "shop.orders", "detail-type": "OrderCreated", "detail": {"totalAmount": 5}})")) ==
          "detail.totalAmount");
}

TEST_CASE("fields below one array must match in the same element") {
    const char* rule = R"({"lines": {"sku": ["A"], "qty": [2]}})";
    CHECK(matches(rule, R"({"lines": [{"sku": "B", "qty": 1}, {"sku": "A", "qty": 2}]})"));
    CHECK_FALSE(matches(rule, R"({"lines": [{"sku": "A", "qty": 1}, {"sku": "B", "qty": 2}]})"));
}

TEST_CASE("a wildcard stays linear on hostile text") {
    const std::string text(200'000, 'a');
    CHECK_FALSE(matches(R"({"k": [{"wildcard": "*aaaa*aaab*ab"}]})", "{\"k\": \"" + text + "\"}"));
}

TEST_CASE("an error names the place where AWS's reader stands") {
    CHECK(reasonOf("[]") == "Filter is not an object");
    try {
        EventPattern::compile(R"({"detail": {"c-count": [{"numeric": 10}]}})");
        FAIL("compiled");
    } catch (const PatternError& error) {
        CHECK(error.reason == "Value of numeric must be an array.");
        CHECK(error.where ==
              " at [Source: (String)\"{\"detail\": {\"c-count\": [{\"numeric\": 10}]}}\"; line: 1, column: 39]");
    }
}

TEST_CASE("a deep pattern and a broken one are refused") {
    std::string deep;
    for (int i = 0; i < 100'000; ++i) deep += "{\"a\":";
    CHECK(reasonOf(deep).starts_with("Document nesting depth"));
    CHECK(reasonOf("{\"a\": [1").starts_with("Unexpected end-of-input"));
}

TEST_CASE("recorded verdicts hold") {
    std::size_t checked = 0, failed = 0;
    for (const char* file : {"patterns_aws.json", "patterns_structured.json", "patterns_ruler.jsonl"}) {
        for (const Json& entry : recordedCases(file)) {
            if (textOr(entry, "error_code", "InvalidEventPatternException") != "InvalidEventPatternException")
                continue;  // about the event: TestEventPattern's affair
            const std::string expect = textOr(entry, "expect");
            std::string got, message;
            try {
                got = EventPattern::compile(textOr(entry, "pattern")).matches(parseJson(textOr(entry, "event")))
                          ? "match"
                          : "nomatch";
            } catch (const PatternError& error) {
                got = "error";
                message = "Event pattern is not valid. Reason: " + error.reason;
            }
            ++checked;
            if (knownDifference(textOr(entry, "name"))) continue;
            const std::string wantedMessage = textOr(entry, "error_message", message);
            if (got != expect || message != wantedMessage) ++failed;
            if (failed > 20) continue;
            CHECK_MESSAGE(got == expect, textOr(entry, "name") << ": " << textOr(entry, "pattern") << " on "
                                                               << textOr(entry, "event") << " " << message);
            CHECK_MESSAGE(message == wantedMessage, textOr(entry, "name") << ": " << textOr(entry, "pattern"));
        }
    }
    MESSAGE(checked << " recorded cases, " << failed << " failed");
    CHECK(failed == 0);
}
