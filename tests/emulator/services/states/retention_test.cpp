#include "tests/emulator/services/states/bench.h"

using namespace backlot;
using namespace std::chrono_literals;

namespace {

states::Surroundings keeping(std::size_t executions, Duration age = 24h * 90) {
    states::Surroundings surroundings;
    surroundings.retention.executions = executions;
    surroundings.retention.executionAge = age;
    return surroundings;
}

std::size_t rowsOf(StatesBench& bench) {
    bench.settle();
    const Txn txn(bench.world.store().env(), Txn::Mode::read);
    return txn.count(bench.world.store().table("states"));
}

std::size_t listed(StatesBench& bench, const std::string& machine) {
    const Json page =
        bench.call("states", "ListExecutions", object({{"stateMachineArn", machine}, {"maxResults", 1000}}));
    return find(page, "executions")->Size();
}

const std::string kWait = R"({"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":60,"End":true}}})";
const std::string kMap =
    R"({"StartAt":"M","States":{"M":{"Type":"Map","ItemsPath":"$.items","ItemProcessor":{"ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"},
    "StartAt":"I","States":{"I":{"Type":"Pass","End":true}}},"End":true}}})";

}  // namespace

TEST_CASE("ended executions that are too many go, the oldest first, with their history; running ones stay") {
    StatesBench bench(keeping(5));
    const auto waiting = bench.machine("waiting", kWait), machine = bench.machine("short", kPass);
    const auto running = bench.start(waiting);
    std::vector<std::string> started;
    for (int i = 0; i < 12; ++i) started.push_back(bench.start(machine));
    CHECK(listed(bench, machine) == 5);
    CHECK(bench.status(running) == "RUNNING");
    CHECK(bench.status(started.back()) == "SUCCEEDED");
    CHECK(bench.errorOf("states", "DescribeExecution", object({{"executionArn", started.front()}})) ==
          "ExecutionDoesNotExist");
    const auto before = rowsOf(bench);
    for (int i = 0; i < 50; ++i) bench.start(machine);
    CHECK(rowsOf(bench) == before);
}

TEST_CASE("ended executions that are too old go when others end") {
    StatesBench bench(keeping(1000, 24h));
    const auto machine = bench.machine("short", kPass);
    for (int i = 0; i < 10; ++i) bench.start(machine);
    bench.advance(25h);
    for (int i = 0; i < 100; ++i) bench.start(machine);
    CHECK(listed(bench, machine) == 100);
}

TEST_CASE("map runs and their children go with their execution") {
    StatesBench bench(keeping(2));
    const auto machine = bench.machine("mapped", kMap);
    std::string items = "0";
    for (int i = 1; i < 150; ++i) items += "," + std::to_string(i);
    const auto start = [&] { return bench.start(machine, R"({"items":[)" + items + "]}"); };
    for (int i = 0; i < 3; ++i) start();
    const auto before = rowsOf(bench);
    for (int i = 0; i < 4; ++i) start();
    CHECK(rowsOf(bench) == before);
    CHECK(listed(bench, machine) == 2);
}

TEST_CASE("an execution that was redriven is not taken for one that has ended before") {
    StatesBench bench(keeping(3));
    const auto machine = bench.machine(
                   "failing",
                   R"({"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":60,"Next":"F"},"F":{"Type":"Fail"}}})"),
               other = bench.machine("short", kPass);
    const auto failed = bench.start(machine);
    bench.advance(60s);
    CHECK(bench.status(failed) == "FAILED");
    bench.advance(1s);
    bench.call("states", "RedriveExecution", object({{"executionArn", failed}}));
    const auto after = bench.status(failed);
    for (int i = 0; i < 2; ++i) bench.start(other);
    CHECK(bench.status(failed) == after);
}
