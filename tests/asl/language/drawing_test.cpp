#include <doctest/doctest.h>

#include <set>

#include "asl/language/drawing.h"
#include "asl/language/layout.h"
#include "tests/asl/recorded.h"

namespace backlot::asl {
namespace {

std::shared_ptr<const Machine> machineOf(std::string_view definition) {
    const auto compiled = compile(definition);
    REQUIRE(compiled.machine);
    return compiled.machine;
}

bool overlap(const Layout::Node& a, const Layout::Node& b) {
    return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

bool onEdge(const Layout::Node& node, Point point) {
    const bool across = point.x >= node.x - 0.01 && point.x <= node.x + node.width + 0.01;
    return across && (std::abs(point.y - node.y) < 0.01 || std::abs(point.y - node.y - node.height) < 0.01 ||
                      (point.y > node.y && point.y < node.y + node.height));
}

/// What is wrong with a layout: boxes over one another or outside, ways that begin or end nowhere.
std::string flaw(const Layout& layout) {
    for (std::size_t i = 0; i < layout.nodes.size(); ++i) {
        const auto& node = layout.nodes[i];
        if (node.x < 0 || node.y < 0 || node.x + node.width > layout.width || node.y + node.height > layout.height)
            return "a state is outside";
        for (std::size_t k = 0; k < i; ++k)
            if (overlap(node, layout.nodes[k])) return "two states overlap";
        for (const auto& inner : node.inner) {
            if (inner.x < 0 || inner.x + inner.width > node.width || inner.y + inner.height > node.height)
                return "a branch is outside its state";
            if (auto found = flaw(inner); !found.empty()) return found;
        }
    }
    for (const auto& way : layout.ways) {
        bool begins = false, ends = false;
        for (const auto& node : layout.nodes) {
            begins |= onEdge(node, way.points.front());
            ends |= onEdge(node, way.points.back());
        }
        if (!begins || !ends) return "a way begins or ends nowhere";
    }
    return "";
}

/// Tags that are opened are closed, in order; quotes of attributes too.
bool wellFormed(const std::string& xml) {
    std::vector<std::string> open;
    for (std::size_t at = xml.find('<'); at != std::string::npos; at = xml.find('<', at + 1)) {
        const auto end = xml.find('>', at);
        if (end == std::string::npos) return false;
        const std::string tag = xml.substr(at + 1, end - at - 1);
        if (tag.starts_with("/")) {
            if (open.empty() || open.back() != tag.substr(1)) return false;
            open.pop_back();
        } else if (!tag.ends_with("/")) {
            open.push_back(tag.substr(0, tag.find(' ')));
        }
        if (std::count(tag.begin(), tag.end(), '"') % 2) return false;
    }
    return open.empty();
}

const char* kShop = R"({"Comment": "ship & bill", "StartAt": "Paid?", "States": {
    "Paid?": {"Type": "Choice", "Choices": [{"Variable": "$.paid", "BooleanEquals": true, "Next": "Ship"}], "Default": "Wait <1 h>"},
    "Ship": {"Type": "Parallel", "Branches": [{"StartAt": "Pack", "States": {"Pack": {"Type": "Pass", "End": true}}}, {"StartAt": "Bill", "States": {"Bill": {"Type": "Pass", "End": true}}}],
             "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Sorry"}], "End": true},
    "Wait <1 h>": {"Type": "Wait", "Seconds": 3600, "Next": "Paid?"},
    "Sorry": {"Type": "Fail"}}})";

}  // namespace

TEST_CASE("a machine is drawn as a Mermaid diagram") {
    const auto compiled = compile(R"({"StartAt": "Paid?", "States": {
        "Paid?": {"Type": "Choice", "Choices": [{"Variable": "$.paid", "BooleanEquals": true, "Next": "Ship"}], "Default": "Sorry"},
        "Ship": {"Type": "Parallel", "Branches": [{"StartAt": "Pack", "States": {"Pack": {"Type": "Pass", "End": true}}}], "End": true},
        "Sorry": {"Type": "Fail"}}})");
    REQUIRE(compiled.machine);
    const auto drawn = mermaid(*compiled.machine);
    CHECK(drawn.starts_with("stateDiagram-v2\n    [*] --> s0\n"));
    CHECK(drawn.find("s0 --> s1 : $.paid BooleanEquals true") != std::string::npos);
    CHECK(drawn.find("    state s1 {\n        [*] --> s3\n") != std::string::npos);
}

TEST_CASE("a machine is drawn as an SVG, with its names, conditions and catchers") {
    const auto drawn = svg(*machineOf(kShop));
    CHECK(wellFormed(drawn));
    CHECK(drawn.find("<title>ship &amp; bill</title>") != std::string::npos);
    for (const char* text : {">Paid?<", ">Wait &lt;1 h&gt;<", ">$.paid BooleanEquals true<", ">otherwise<",
                             ">States.ALL<", "class=\"way caught\""})
        CHECK(drawn.find(text) != std::string::npos);
    CHECK(drawn == svg(*machineOf(kShop)));
}

TEST_CASE("a way back goes up, a way on goes down, and a state may lead to itself") {
    const auto layout = layOut(*machineOf(kShop));
    CHECK(flaw(layout) == "");
    CHECK(layout.ways[1].points.front().x != layout.ways[2].points.front().x);
    int up = 0;
    for (const auto& way : layout.ways) up += way.points.back().y < way.points.front().y;
    CHECK(up == 1);
    const auto round = layOut(*machineOf(R"({"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "A"}}})"));
    CHECK(flaw(round) == "");
    CHECK(round.nodes.size() == 2);  // nothing ends
}

TEST_CASE("a thousand states that all catch into one are still drawn") {
    std::string states;
    for (int i = 0; i < 1000; ++i)
        states +=
            "\"S" + std::to_string(i) +
            R"(": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "Parameters": {"QueueUrl": "q", "MessageBody": "m"}, "Next": "S)" +
            std::to_string(i + 1) + R"(", "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Sorry"}]},)";
    const auto machine = machineOf(R"({"StartAt": "S0", "States": {)" + states +
                                   R"("S1000": {"Type": "Succeed"}, "Sorry": {"Type": "Fail"}}})");
    CHECK(flaw(layOut(*machine)) == "");
    CHECK(wellFormed(svg(*machine)));
}

TEST_CASE("every definition that ran on AWS is drawn without one state over another") {
    const auto cases = recorded::cases("exec");
    int drawn = 0;
    for (const auto& testCase : cases) {
        const Json* definition = find(testCase.json, "definition");
        if (!definition) continue;
        const auto compiled =
            compile(recorded::fill(definition->IsString() ? backlot::text(*definition) : writeJson(*definition)));
        if (!compiled.machine) continue;
        ++drawn;
        CAPTURE(textOr(testCase.json, "name"));
        CHECK(flaw(layOut(*compiled.machine)) == "");
        CHECK(wellFormed(svg(*compiled.machine)));
    }
    CHECK((cases.empty() || drawn > 100));
}

}  // namespace backlot::asl
