// What the world does where its store refuses a commit. The disk is "full" while the process may not write to files.

#include <csignal>
#include <filesystem>
#include <sys/resource.h>

#include "tests/emulator/bench.h"

using namespace backlot;
using namespace std::chrono_literals;

namespace {

/// While this lives no file can be written, or none beyond so many bytes.
class FullDisk {
public:
    explicit FullDisk(rlim_t limit = 0) {
        std::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit lower{limit, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &lower);
    }
    ~FullDisk() { ::setrlimit(RLIMIT_FSIZE, &before_); }

private:
    rlimit before_{};
};

struct Shelf {
    std::vector<std::string> undone;
    int begun = 0, committed = 0;  // memory beside rows: one is taken back, one waits for the commit

    Service service() {
        return {.name = "shelf",
                .operations = {
                    {"Put", [this](Call& call, const Fields& request) -> Reply { return put(call, request); }},
                    {"Get", get, readOnly},
                    {"PutLater", putLater},
                    {"Await", await, mayWait},
                    {"AwaitLater", awaitLater},
                    {"Answered", answered, internal},
                    {"Fail", [this](Call& call, const Fields& request) -> Reply { return fail(call, request); }}}};
    }

    Json put(Call& call, const Fields& request) {
        const std::string key = request.text("key");
        ++begun;
        call.ifUndone([this, key] {
            --begun;
            undone.push_back(key);
        });
        call.afterCommit([this] { ++committed; });
        call.put(Key("row").text(key), request.valueOr("value", ""));
        call.signal("shelf:" + key);
        return object();
    }
    static Reply get(Call& call, const Fields& request) {
        const auto value = call.get(Key("row").text(request.text("key")));
        return object({{"value", value ? std::string(*value) : "-"}});
    }
    static Reply putLater(Call& call, const Fields& request) {
        call.later(call.now + std::chrono::seconds(request.integer("seconds")),
                   {.service = "shelf",
                    .operation = "Put",
                    .request = object({{"key", request.text("key")}, {"value", "late"}})});
        return object();
    }
    static Reply await(Call&, const Fields& request) {
        const std::string key = request.text("key");
        return Wait{.topic = "shelf:" + key, .ask = [key](Call& call, bool) -> std::optional<Json> {
                        if (!call.has(Key("row").text(key))) return std::nullopt;
                        call.put(Key("row").text("seen"), "by the wait");
                        return object({{"found", key}});
                    }};
    }
    static Reply awaitLater(Call& call, const Fields& request) {
        call.soon({.service = "shelf",
                   .operation = "Await",
                   .request = object({{"key", request.text("key")}}),
                   .replyTo = ReplyTo{"shelf", "Answered", object()}});
        return object();
    }
    static Reply answered(Call& call, const Fields& request) {
        call.put(Key("row").text("answer"), writeJson(request.json()));
        return object();
    }
    Json fail(Call& call, const Fields& request) {
        put(call, request);
        call.ifUndone([this] { undone.push_back("second"); });
        throw AwsError("Broken", "after its write");
    }
};

struct Place {
    std::filesystem::path folder =
        std::filesystem::temp_directory_path() / ("backlot-test-refusal-" + std::to_string(::getpid()));
    Shelf shelf;
    std::optional<World> world;

    explicit Place(std::size_t operationsPerCommit = 256, std::size_t mapBytes = std::size_t(1) << 28) {
        std::filesystem::remove_all(folder);
        start(operationsPerCommit, mapBytes, ClockMode::virtualTime);
    }
    ~Place() {
        world.reset();
        std::filesystem::remove_all(folder);
    }
    void start(std::size_t operationsPerCommit, std::size_t mapBytes, std::optional<ClockMode> clock) {
        world.reset();
        world.emplace(WorldOptions{.store = {.folder = folder, .mapBytes = mapBytes},
                                   .clock = clock,
                                   .start = parseIso8601("2026-01-05T09:00:00Z"),
                                   .seed = 42,
                                   .operationsPerCommit = operationsPerCommit});
        world->add(shelf.service());
        world->start();
    }
    void restart(std::optional<ClockMode> clock = ClockMode::virtualTime) { start(256, std::size_t(1) << 28, clock); }
    void settle() {
        while (world->drain()) {
        }
    }
    using Answer = std::shared_ptr<std::optional<Outcome>>;
    Answer submit(std::string operation, Json request, bool fromClient = true) {
        auto answer = std::make_shared<std::optional<Outcome>>();
        world->submit({.service = "shelf",
                       .operation = std::move(operation),
                       .request = std::move(request),
                       .done = [answer](Outcome outcome) { *answer = std::move(outcome); },
                       .fromClient = fromClient});
        return answer;
    }
    /// "ok", the error's code, or "" where nothing was answered.
    static std::string of(const Answer& answer) {
        if (!answer->has_value()) return {};
        const auto* error = std::get_if<AwsError>(&**answer);
        return error ? error->code() + " " + std::to_string(error->httpStatus()) : "ok";
    }
    std::string put(const std::string& key, const std::string& value = "v") {
        const auto answer = submit("Put", object({{"key", key}, {"value", value}}));
        settle();
        return of(answer);
    }
    std::string value(const std::string& key) {
        const auto answer = submit("Get", object({{"key", key}}));
        settle();
        const auto* result = answer->has_value() ? std::get_if<Json>(&**answer) : nullptr;
        return result ? textOr(*result, "value") : of(answer);
    }
    std::string advance(Duration by) {
        std::string result;
        world->advance(world->now() + by, [&](const World::Arrival& arrival) {
            result = arrival.error ? arrival.error->code() : "arrived";
        });
        settle();
        return result;
    }
};

}  // namespace

TEST_CASE("a request that the disk does not take is answered with an error, and reads go on") {
    Place place;
    CHECK(place.put("a", "1") == "ok");
    {
        const FullDisk full;
        CHECK(place.put("a", "2") == "InternalFailure 500");
        CHECK(place.value("a") == "1");
        const auto write = place.submit("Put", object({{"key", "b"}}));
        const auto read = place.submit("Get", object({{"key", "a"}}));
        place.settle();
        CHECK(Place::of(write) == "InternalFailure 500");
        CHECK(Place::of(read) == "ok");  // beside a write that fails, too
        CHECK(place.world->idle());
    }
    CHECK(place.put("a", "3") == "ok");
    CHECK(place.value("a") == "3");
    place.restart();
    CHECK(place.value("a") == "3");
    CHECK(place.value("b") == "-");
}

TEST_CASE("what reads the store while it takes nothing is not kept in memory without end") {
    Place place;
    const FullDisk full;
    CHECK(place.put("a") == "InternalFailure 500");
    for (std::size_t i = 0; i < Record::kWaitLimit + 100; ++i) place.submit("Get", object({{"key", "a"}}));
    place.settle();
    CHECK(place.world->record().waiting() <= Record::kWaitLimit);
}

TEST_CASE("a due job that the disk does not take runs when there is room again, and until then the world is not idle") {
    Place place;
    CHECK(Place::of(place.submit("PutLater", object({{"key", "late"}, {"seconds", 10}}))).empty());
    place.settle();
    std::string arrived;
    {
        const FullDisk full;
        place.world->advance(place.world->now() + 20s, [&](const World::Arrival&) { arrived = "arrived"; });
        place.settle();
        CHECK(arrived.empty());
        CHECK_FALSE(place.world->idle());
        REQUIRE(place.world->busy().size() == 1);
        CHECK(place.world->busy()[0].id == "shelf:Put");
        const auto pause = place.world->untilNext();
        REQUIRE(pause);
        CHECK(*pause > 0s);  // tried again after a pause, not at once
        CHECK(*pause <= 1s);
        CHECK(place.value("late") == "-");
    }
    CHECK(place.put("now") == "ok");  // the first commit that the store takes ends the pause
    CHECK(arrived == "arrived");
    CHECK(place.world->idle());
    CHECK(place.value("late") == "late");
    CHECK(place.shelf.begun == 2);
    CHECK(place.shelf.committed == 2);
}

TEST_CASE("a wait whose answer could not be stored is asked again: a job's stays, a client is told") {
    Place place(1);  // an operation a commit
    CHECK(Place::of(place.submit("AwaitLater", object({{"key", "w"}}))).empty());
    place.settle();
    const auto client = place.submit("Await", object({{"key", "w"}}));
    place.settle();
    const auto put = place.submit("Put", object({{"key", "w"}}));
    for (int i = 0; i < 5 && Place::of(put).empty(); ++i) place.world->drain();
    CHECK(Place::of(put) == "ok");
    {
        const FullDisk full;
        place.settle();
        CHECK(Place::of(client) == "InternalFailure 500");
        CHECK_FALSE(place.world->idle());
        CHECK(place.value("answer") == "-");
        CHECK(place.value("seen") == "-");
    }
    CHECK(place.put("more") == "ok");
    CHECK(place.value("answer") == R"({"context":{},"output":{"found":"w"}})");
    CHECK(place.world->idle());
}

TEST_CASE("a wait left in a commit that fails is left once, by the next try") {
    Place place;
    {
        const FullDisk full;
        const auto put = place.submit("AwaitLater", object({{"key", "w"}}));
        const auto client = place.submit("Await", object({{"key", "w"}}));
        place.settle();
        CHECK(Place::of(put) == "InternalFailure 500");
        CHECK(Place::of(client).empty());  // it wrote nothing, so it waits
    }
    const auto job = place.submit("AwaitLater", object({{"key", "w"}}));
    place.settle();
    CHECK(Place::of(job) == "ok");
    CHECK(place.put("w") == "ok");
    CHECK(place.value("answer") == R"({"context":{},"output":{"found":"w"}})");
}

TEST_CASE("a report that nobody can be told of is kept and tried again") {
    Place place;
    {
        const FullDisk full;
        place.world->submit(
            {.service = "shelf", .operation = "Answered", .request = object({{"exit", 0}}), .fromClient = false});
        place.settle();
        CHECK_FALSE(place.world->idle());
        CHECK(place.world->busy()[0].why == "waits until the store can be written");
    }
    CHECK(place.put("a") == "ok");
    CHECK(place.value("answer") == R"({"exit":0})");
    CHECK(place.world->idle());
}

TEST_CASE("one write too large for the disk fails alone, whatever shares its drain") {
    Place place;
    const FullDisk nearly(1 << 20);
    const auto small = place.submit("Put", object({{"key", "small"}, {"value", "1"}}));
    const auto large = place.submit("Put", object({{"key", "large"}, {"value", std::string(2 << 20, 'x')}}));
    const auto last = place.submit("Put", object({{"key", "last"}, {"value", "2"}}));
    place.settle();
    CHECK(Place::of(small) == "ok");
    CHECK(Place::of(large) == "InternalFailure 500");
    CHECK(Place::of(last) == "ok");
    CHECK(place.value("small") == "1");
    CHECK(place.value("large") == "-");
    CHECK(place.value("last") == "2");
}

TEST_CASE("a map that is full becomes larger, and what was stored in the smaller one stays") {
    for (const bool temporary : {false, true}) {
        Place place(256, std::size_t(1) << 20);
        if (temporary) {
            place.world.emplace(
                WorldOptions{.store = {.mapBytes = std::size_t(1) << 20}, .clock = ClockMode::virtualTime, .seed = 42});
            place.world->add(place.shelf.service());
            place.world->start();
        }
        int refused = 0;
        for (int i = 0; i < 500; ++i) refused += place.put("row" + std::to_string(i), std::string(10'000, 'x')) != "ok";
        CHECK(refused < 5);  // one is told each time the map is full
        CHECK(place.value("row0").size() == 10'000);
        CHECK(place.value("row499").size() == 10'000);
        CHECK(place.put("row0", "other") == "ok");
    }
}

TEST_CASE("what an operation changed in memory is taken back where it is undone, the last change first") {
    Place place;
    const auto failed = place.submit("Fail", object({{"key", "f"}}));
    place.settle();
    CHECK(Place::of(failed) == "Broken 400");
    CHECK(place.shelf.undone == std::vector<std::string>{"second", "f"});
    CHECK(place.shelf.begun == 0);
    {
        const FullDisk full;
        place.shelf.undone.clear();
        CHECK(place.put("a") == "InternalFailure 500");
        CHECK(place.shelf.undone == std::vector<std::string>{"a"});
        CHECK(place.shelf.begun == 0);
        CHECK(place.shelf.committed == 0);
    }
    CHECK(place.put("a") == "ok");
    CHECK(place.shelf.begun == 1);
    CHECK(place.shelf.committed == 1);
}

TEST_CASE("an answered advance of the clock is there after a restart, with no write following") {
    Place place;
    CHECK(place.advance(24h) == "arrived");
    place.restart();
    CHECK(iso8601Seconds(place.world->now()) == "2026-01-06T09:00:00Z");
    {
        const FullDisk full;
        CHECK(place.advance(1h) == "InternalFailure");
    }
    place.restart();
    CHECK(iso8601Seconds(place.world->now()) == "2026-01-06T09:00:00Z");
    place.world->advanceToNext([](const World::Arrival&) {});
    CHECK(place.advance(30min) == "arrived");
    place.restart();
    CHECK(iso8601Seconds(place.world->now()) == "2026-01-06T09:30:00Z");
}

TEST_CASE("the mode that the clock was set to is kept over a restart, but for one that asks for another") {
    Place place;
    place.restart({});
    CHECK(place.world->clock().mode() == ClockMode::real);
    place.world->setClockMode(ClockMode::automatic);
    place.restart({});
    CHECK(place.world->clock().mode() == ClockMode::automatic);
    place.restart(ClockMode::virtualTime);
    CHECK(place.world->clock().mode() == ClockMode::virtualTime);
}

TEST_CASE("a reset that the disk does not take leaves the world as it was") {
    Place place;
    place.put("a", "1");
    CHECK(Place::of(place.submit("PutLater", object({{"key", "late"}, {"seconds", 10}}))).empty());
    place.settle();
    {
        const FullDisk full;
        CHECK_THROWS_AS(place.world->reset(), StoreError);
    }
    CHECK(place.value("a") == "1");
    CHECK(place.advance(10s) == "arrived");
    CHECK(place.value("late") == "late");
    place.world->reset();
    CHECK(place.value("a") == "-");
    place.restart();
    CHECK(place.value("a") == "-");
    CHECK(iso8601Seconds(place.world->now()) == "2026-01-05T09:00:00Z");
}
