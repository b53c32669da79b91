#include "tests/emulator/harness/stand_in_bench.h"

using namespace backlot;
using namespace std::chrono_literals;

namespace {

const std::string kCounter = R"lua(
function tick(argument) the_world.state.ticks = (the_world.state.ticks or 0) + argument end
return { name = "counter", port = 12999, handle = function(request, world)
  the_world = world
  if request.path == "/break" then world.state.count = 1000; error("broken") end
  if request.path == "/loop" then while true do end end
  if request.path == "/env" then return { status = 200, body = world.env("GREETING") } end
  if request.path == "/hook" then world.post("http://127.0.0.1:9/hook", { ["X-Kind"] = "test" }, "ping"); return { status = 202, body = "" } end
  if request.path == "/form" then return { status = 200, body = request.form["a[b]"] .. request.query.q } end
  world.state.count = (world.state.count or 0) + 1
  return { status = 201, headers = { ["X-Count"] = tostring(world.state.count) }, body = world.json.encode({ count = world.state.count, now = world.now() }) }
end }
)lua";

}  // namespace

TEST_CASE("a stand-in answers, and its state is the world's") {
    StandInBench counter(kCounter);
    CHECK(counter.ask("/").headers.get("X-Count") == "1");
    const auto second = counter.ask("/");
    CHECK(second.status == 201);
    CHECK(intOr(parseJson(second.body), "count", 0) == 2);
    CHECK(find(parseJson(second.body), "now")->GetDouble() == wholeSeconds(counter.world.now()));
    counter.world.reset();
    CHECK(counter.ask("/").headers.get("X-Count") == "1");
}

TEST_CASE("an error in a stand-in is a 500 and leaves its state alone") {
    StandInBench counter(kCounter);
    counter.ask("/");
    const auto broken = counter.ask("/break");
    CHECK(broken.status == 500);
    CHECK(broken.body.find("broken") != std::string::npos);
    CHECK(counter.ask("/").headers.get("X-Count") == "2");
}

TEST_CASE("a stand-in that loops for ever is stopped") {
    StandInBench counter(kCounter);
    CHECK(counter.ask("/loop").status == 500);
    CHECK(counter.ask("/").status == 201);
}

TEST_CASE("forms, queries and settings reach the script") {
    StandInBench counter(kCounter);
    CHECK(counter.ask("/form?q=2", "a%5Bb%5D=1").body == "12");
    CHECK(counter.ask("/env").body == "hello");
}

TEST_CASE("a webhook goes out once the request's changes are kept") {
    StandInBench counter(kCounter);
    CHECK(counter.ask("/hook").status == 202);
    REQUIRE(counter.nearby.sent.size() == 1);
    CHECK(counter.nearby.sent[0].first == "http://127.0.0.1:9/hook");
    CHECK(counter.nearby.sent[0].second.headers.get("X-Kind") == "test");
    CHECK(counter.nearby.sent[0].second.body == "ping");
}

TEST_CASE("a file that is wrong is named with its line") {
    const auto file = std::filesystem::temp_directory_path() / ("backlot-wrong-" + std::to_string(::getpid()) + ".lua");
    std::ofstream(file) << "return {\n  name = \n}\n";
    Nearby nearby;
    World world{WorldOptions{.store = {}, .clock = ClockMode::virtualTime, .start = {}, .seed = 1}};
    std::string message;
    try {
        harness::StandIns standIns(world, nearby, {file}, {});
    } catch (const std::runtime_error& error) {
        message = error.what();
    }
    std::filesystem::remove(file);
    CHECK(message.find(file.filename().string() + ":3") != std::string::npos);
}

TEST_CASE("a script cannot reach files or processes") {
    StandInBench counter(R"lua(return { name = "nosy", port = 12998, handle = function(request, world)
  return { status = 200, body = tostring(io) .. tostring(os and os.execute) .. tostring(require) .. tostring(load) .. tostring(dofile) }
end })lua");
    CHECK(counter.ask("/").body == "nilnilnilnilnil");
}
