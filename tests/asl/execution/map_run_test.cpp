#include "asl/execution/map_run.h"

#include <doctest/doctest.h>

#include "tests/asl/host.h"

namespace backlot::asl {
namespace {

StartMapRun runOf(std::size_t children, std::int64_t concurrency) {
    StartMapRun run{.attempt = 7, .stateName = "Each", .mapRunArn = "arn", .scope = 1};
    for (std::size_t i = 0; i < children; ++i) {
        run.inputs.emplace_back(Json(static_cast<std::uint64_t>(i)));
        run.itemCounts.push_back(1);
    }
    run.maxConcurrency = concurrency;
    return run;
}

}  // namespace

TEST_CASE("a map run starts children as others end and joins their outputs in order") {
    MapRun run(runOf(3, 2));
    CHECK(run.startNext() == 0);
    CHECK(run.startNext() == 1);
    CHECK_FALSE(run.startNext());
    run.childEnded(1, ChildStatus::succeeded, Payload(std::string("\"b\"")));
    run.childEnded(1, ChildStatus::failed);
    run = MapRun::fromBytes(run.bytes());
    CHECK(run.startNext() == 2);
    CHECK(run.executionCounts().running == 2);
    run.childEnded(2, ChildStatus::succeeded, Payload(std::string("\"c\"")));
    CHECK_FALSE(run.isOver());
    run.childEnded(0, ChildStatus::succeeded, Payload(std::string("\"a\"")));
    REQUIRE(run.isOver());
    CHECK(run.result().output.text() == R"(["a","b","c"])");
    CHECK(run.result().attempt == 7);
}

TEST_CASE("more failures than are tolerated end a map run") {
    auto command = runOf(4, 4);
    command.toleratedFailureCount = 1;
    MapRun run(std::move(command));
    while (run.startNext()) {
    }
    run.childEnded(0, ChildStatus::failed);
    CHECK_FALSE(run.isOver());
    run.childEnded(2, ChildStatus::timedOut);
    CHECK(run.isOver());
    CHECK(run.running() == std::vector<std::size_t>{1, 3});
    CHECK(run.result().error == "States.ExceedToleratedFailureThreshold");
}

TEST_CASE("a Distributed Map batches its items") {
    const auto compiled = compile(R"({"StartAt": "Each", "States": {"Each": {"Type": "Map", "End": true,
        "ItemBatcher": {"MaxItemsPerBatch": 2, "BatchInput": {"shop": 1}},
        "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            "StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}}}}})");
    REQUIRE(compiled.machine);
    SeededDice dice;
    Execution execution(compiled.machine, Host::exampleIdentity());
    const Step step = execution.step(Start{Payload(std::string("[1,2,3]"))}, fromSeconds(1), dice);
    REQUIRE(step.commands.size() == 1);
    const auto& run = std::get<StartMapRun>(step.commands[0]);
    REQUIRE(run.inputs.size() == 2);
    CHECK(run.inputs[0].text() == R"({"BatchInput":{"shop":1},"Items":[1,2]})");
    CHECK(run.inputs[1].text() == R"({"BatchInput":{"shop":1},"Items":[3]})");
    CHECK(run.itemCounts == std::vector<std::uint32_t>{2, 1});
}

}  // namespace backlot::asl
