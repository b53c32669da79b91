#include "emulator/services/ssm/service.h"
#include "tests/emulator/bench.h"

using namespace backlot;
using namespace std::chrono_literals;

namespace {

/// Parameter Store, and an EventBridge that writes down what it is told.
struct ParameterBench : Bench {
    std::vector<std::string> told;  // "Update /a", "Expiration /a"

    static std::vector<Service> services(std::vector<std::string>& told) {
        const auto putEvents = [&told](Call&, const Fields& request) -> Reply {
            for (const Json* entry : request.items("Entries")) {
                const Json detail = parseJson(textOr(*entry, "Detail"));
                told.push_back(textOr(detail, "operation", textOr(detail, "policy-type")) + " " +
                               textOr(detail, "name", textOr(detail, "parameter-name")));
            }
            return object();
        };
        std::vector<Service> all;
        all.push_back(ssm::ssmService());
        all.push_back({.name = "events", .operations = {{"PutEvents", putEvents}}});
        return all;
    }
    ParameterBench() : Bench(services(told)) {}

    Json put(std::string_view policies, bool overwrite = false) {
        return call("ssm", "PutParameter",
                    object({{"Name", "/a"},
                            {"Value", "v"},
                            {"Type", "String"},
                            {"Tier", "Advanced"},
                            {"Overwrite", overwrite},
                            {"Policies", policies}}));
    }
    bool isThere() { return errorOf("ssm", "GetParameter", object({{"Name", "/a"}})).empty(); }
};

constexpr std::string_view kExpiry =
    R"([{"Type":"Expiration","Version":"1.0","Attributes":{"Timestamp":"2026-01-25T09:00:00.000Z"}},)"
    R"({"Type":"ExpirationNotification","Version":"1.0","Attributes":{"Before":"5","Unit":"Days"}}])";

}  // namespace

TEST_CASE("a parameter ends at its instant, and EventBridge hears of it before") {
    ParameterBench bench;
    bench.put(kExpiry);
    bench.advance(15 * 24h);
    CHECK(bench.told == std::vector<std::string>{"Create /a", "ExpirationNotification /a"});
    CHECK(bench.isThere());
    bench.advance(5 * 24h);
    CHECK_FALSE(bench.isThere());
    CHECK(bench.told.back() == "Delete /a");
}

TEST_CASE("a new version begins its policies anew") {
    ParameterBench bench;
    bench.put(R"([{"Type":"NoChangeNotification","Version":"1.0","Attributes":{"After":"20","Unit":"Hours"}}])");
    bench.advance(19h);
    bench.call("ssm", "PutParameter", object({{"Name", "/a"}, {"Value", "w"}, {"Overwrite", true}}));
    bench.advance(19h);
    CHECK(bench.told == std::vector<std::string>{"Create /a", "Update /a"});
    bench.advance(1h);
    CHECK(bench.told.back() == "NoChangeNotification /a");
}

TEST_CASE("policies that are taken away do nothing more") {
    ParameterBench bench;
    bench.put(kExpiry);
    bench.put("[]", true);
    bench.advance(365 * 24h);
    CHECK(bench.isThere());
    CHECK(bench.told == std::vector<std::string>{"Create /a", "Update /a"});
}

TEST_CASE("policies that mean nothing are refused") {
    ParameterBench bench;
    const auto refusal = [&](std::string_view policies) {
        try {
            bench.put(policies);
            return std::string();
        } catch (const AwsError& error) {
            return error.code();
        }
    };
    CHECK(refusal("{") == "ValidationException");
    CHECK(refusal(R"([{"Type":"Sleep","Attributes":{}}])") == "InvalidPolicyTypeException");
    CHECK(refusal(R"([{"Type":"Expiration","Attributes":{"Timestamp":"soon"}}])") == "InvalidPolicyAttributeException");
    CHECK(refusal(R"([{"Type":"ExpirationNotification","Attributes":{"Before":"1","Unit":"Days"}}])") ==
          "InvalidPolicyAttributeException");
    CHECK(refusal(R"([7])") == "InvalidPolicyAttributeException");
}

TEST_CASE("the hundred newest versions stay, and a label holds the oldest") {
    ParameterBench bench;
    bench.put("[]");
    for (int i = 0; i < 100; ++i) bench.put("[]", true);
    CHECK(bench.errorOf("ssm", "GetParameter", object({{"Name", "/a:1"}})) == "ParameterVersionNotFound");
    bench.call("ssm", "LabelParameterVersion",
               object({{"Name", "/a"}, {"ParameterVersion", 2}, {"Labels", list({"keep"})}}));
    CHECK(bench.errorOf("ssm", "PutParameter", object({{"Name", "/a"}, {"Value", "x"}, {"Overwrite", true}})) ==
          "ParameterMaxVersionLimitExceeded");
}

TEST_CASE("a parameter that goes leaves no row and no job, and one made anew under its name has nothing of it") {
    ParameterBench bench;
    bench.put(R"([{"Type": "Expiration", "Version": "1.0", "Attributes": {"Timestamp": "2026-02-05T09:00:00Z"}}])");
    bench.put("[]", true);
    bench.put(R"([{"Type": "Expiration", "Version": "1.0", "Attributes": {"Timestamp": "2026-02-05T09:00:00Z"}}])",
              true);
    bench.call("ssm", "LabelParameterVersion",
               parseJson(R"({"Name": "/a", "ParameterVersion": 1, "Labels": ["live"]})"));
    bench.call("ssm", "AddTagsToResource", parseJson(R"({"ResourceType": "Parameter", "ResourceId": "/a",
        "Tags": [{"Key": "team", "Value": "web"}]})"));
    bench.call("ssm", "DeleteParameter", object({{"Name", "/a"}}));
    bench.settle();
    CHECK(bench.rows("ssm") == std::vector<std::string>{});
    CHECK(bench.world.due(10).empty());

    bench.put("[]");
    const Json history = bench.call("ssm", "GetParameterHistory", object({{"Name", "/a"}}));
    REQUIRE(find(history, "Parameters")->Size() == 1);
    CHECK(intOr((*find(history, "Parameters"))[0], "Version", 0) == 1);
    CHECK(bench.errorOf("ssm", "GetParameter", object({{"Name", "/a:live"}})) == "ParameterVersionNotFound");
    const Json tags =
        bench.call("ssm", "ListTagsForResource", parseJson(R"({"ResourceType": "Parameter", "ResourceId": "/a"})"));
    CHECK(find(tags, "TagList")->Empty());
}
