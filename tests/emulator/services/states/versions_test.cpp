#include "tests/emulator/services/states/bench.h"

using namespace backlot;

namespace {

std::string definitionOf(const std::string& result) {
    return R"({"StartAt":"A","States":{"A":{"Type":"Pass","Result":)" + result + R"(,"End":true}}})";
}

struct VersionsBench : StatesBench {
    std::string arn = machine("checkout", definitionOf("1"));
    std::string publish() {
        return textOr(call("states", "PublishStateMachineVersion", object({{"stateMachineArn", arn}})),
                      "stateMachineVersionArn");
    }
    void update(const std::string& result) {
        call("states", "UpdateStateMachine", object({{"stateMachineArn", arn}, {"definition", definitionOf(result)}}));
    }
    std::string alias(const std::string& name, Json routes) {
        return textOr(call("states", "CreateStateMachineAlias",
                           object({{"name", name}, {"routingConfiguration", std::move(routes)}})),
                      "stateMachineAliasArn");
    }
    std::string outputOf(const std::string& target) { return textOr(describe(start(target)), "output"); }
};

Json route(const std::string& versionArn, int weight) {
    return object({{"stateMachineVersionArn", versionArn}, {"weight", weight}});
}

}  // namespace

TEST_CASE("a version keeps its definition while the machine changes") {
    VersionsBench bench;
    const auto first = bench.publish();
    CHECK(first == bench.arn + ":1");
    CHECK(bench.publish() == first);  // nothing has changed
    bench.update("2");
    const auto second = bench.publish();
    CHECK(second == bench.arn + ":2");
    bench.update("3");
    CHECK(bench.outputOf(first) == "1");
    CHECK(bench.outputOf(second) == "2");
    CHECK(bench.outputOf(bench.arn) == "3");
    const Json listed = bench.call("states", "ListStateMachineVersions", object({{"stateMachineArn", bench.arn}}));
    CHECK(textOr((*find(listed, "stateMachineVersions"))[0], "stateMachineVersionArn") == second);
}

TEST_CASE("a number that was published is not given again") {
    VersionsBench bench;
    const auto first = bench.publish();
    bench.call("states", "DeleteStateMachineVersion", object({{"stateMachineVersionArn", first}}));
    CHECK(bench.publish() == bench.arn + ":2");
}

TEST_CASE("publishing a revision that is not the present one is a conflict") {
    VersionsBench bench;
    CHECK(bench.errorOf("states", "PublishStateMachineVersion",
                        object({{"stateMachineArn", bench.arn}, {"revisionId", "other"}})) == "ConflictException");
}

TEST_CASE("an alias divides executions between two versions by weight") {
    VersionsBench bench;
    const auto first = bench.publish();
    bench.update("2");
    const auto second = bench.publish();
    const auto alias = bench.alias("PROD", list({route(first, 80), route(second, 20)}));
    CHECK(alias == bench.arn + ":PROD");
    int ones = 0;
    for (int i = 0; i < 100; ++i) ones += bench.outputOf(alias) == "1";
    CHECK(ones > 60);
    CHECK(ones < 95);
    const Json listed = bench.call("states", "ListExecutions", object({{"stateMachineArn", alias}}));
    CHECK(find(listed, "executions")->Size() == 100);
    CHECK(textOr((*find(listed, "executions"))[0], "stateMachineAliasArn") == alias);
}

TEST_CASE("a version that an alias routes to cannot be deleted") {
    VersionsBench bench;
    const auto first = bench.publish();
    const auto alias = bench.alias("PROD", list({route(first, 100)}));
    CHECK(bench.errorOf("states", "DeleteStateMachineVersion", object({{"stateMachineVersionArn", first}})) ==
          "ConflictException");
    bench.call("states", "DeleteStateMachineAlias", object({{"stateMachineAliasArn", alias}}));
    CHECK(bench.errorOf("states", "DeleteStateMachineVersion", object({{"stateMachineVersionArn", first}})).empty());
    CHECK(bench.errorOf("states", "StartExecution", object({{"stateMachineArn", alias}})) ==
          "StateMachineDoesNotExist");
}

TEST_CASE("routes are versions, distinct, and add up to 100") {
    VersionsBench bench;
    const auto first = bench.publish();
    const auto refused = [&](Json routes) {
        return bench.errorOf("states", "CreateStateMachineAlias",
                             object({{"name", "A"}, {"routingConfiguration", std::move(routes)}}));
    };
    CHECK(refused(list({route(first, 99)})) == "ValidationException");
    CHECK(refused(list({route(first, 50), route(first, 50)})) == "ValidationException");
    CHECK(refused(list({route(bench.arn, 100)})) == "ValidationException");
    CHECK(refused(list({route(bench.arn + ":9", 100)})) == "ResourceNotFound");
}
