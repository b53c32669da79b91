#include "emulator/world/clock.h"

#include "tests/emulator/bench.h"

using namespace backlot;
using namespace std::chrono_literals;

namespace {

Time wallNow;
std::chrono::steady_clock::time_point steadyNow;

/// A machine whose clocks the test moves.
struct Machine {
    Machine() { wallNow = *parseIso8601("2026-01-05T09:00:00Z"), steadyNow = {}; }
    void pass(Duration time) { wallNow += time, steadyNow += time; }
    void setWall(Duration by) { wallNow += by; }
    MachineClocks clocks{.wall = [] { return wallNow; }, .steady = [] { return steadyNow; }};
};

std::string at(const Clock& clock) { return iso8601Millis(clock.now()); }

}  // namespace

TEST_CASE("real time is the machine's, from the start that was asked for") {
    Machine machine;
    const Clock clock(ClockMode::real, wallNow + 24h, machine.clocks);
    machine.pass(90s);
    CHECK(at(clock) == "2026-01-06T09:01:30.000Z");
    CHECK(clock.offset() == 24h);
}

TEST_CASE("real time goes on where the wall clock is set back") {
    Machine machine;
    const Clock clock(ClockMode::real, wallNow, machine.clocks);
    machine.pass(10s);
    machine.setWall(-24h);
    CHECK(at(clock) == "2026-01-05T09:00:10.000Z");
    machine.pass(2s);
    CHECK(at(clock) == "2026-01-05T09:00:12.000Z");
    CHECK(clock.offset() == 24h);
    machine.setWall(-1h);  // and again
    CHECK(at(clock) == "2026-01-05T09:00:12.000Z");
    machine.setWall(25h);  // and put right
    machine.pass(1s);
    CHECK(at(clock) == "2026-01-05T09:00:13.000Z");
    CHECK(clock.offset() == 0s);
}

TEST_CASE("real time goes along where the wall clock is set forward, or the machine has slept") {
    Machine machine;
    const Clock clock(ClockMode::real, wallNow, machine.clocks);
    machine.setWall(8h);
    CHECK(at(clock) == "2026-01-05T17:00:00.000Z");
    machine.setWall(-8h);
    CHECK(at(clock) == "2026-01-05T17:00:00.000Z");  // never back
}

TEST_CASE("what is due in two seconds comes in two seconds, although the machine's clock went back a day meanwhile") {
    Machine machine;
    bool ran = false;
    World world{WorldOptions{.store = {}, .clock = ClockMode::real, .seed = 42, .machine = machine.clocks}};
    Service service{.name = "waits",
                    .operations = {{"Wait",
                                    [](Call& call, const Fields&) -> Reply {
                                        call.later(call.now + 2s,
                                                   {.service = "waits", .operation = "Over", .request = object()});
                                        return object();
                                    }},
                                   {"Over", [&ran](Call&, const Fields&) -> Reply {
                                        ran = true;
                                        return object();
                                    }}}};
    world.add(std::move(service));
    world.start();
    world.submit({.service = "waits", .operation = "Wait", .request = object()});
    while (world.drain()) {
    }
    machine.setWall(-24h);
    CHECK(world.untilNext() <= 2s);
    machine.pass(1900ms);
    while (world.drain()) {
    }
    CHECK_FALSE(ran);
    machine.pass(100ms);
    while (world.drain()) {
    }
    CHECK(ran);
}
