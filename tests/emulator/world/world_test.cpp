#include "tests/emulator/bench.h"

#include <filesystem>
#include <thread>

#include "emulator/world/waits.h"

using namespace backlot;
using namespace std::chrono_literals;

namespace {

Json put(Call& call, const Fields& request) {
    call.put(Key("row").text(request.text("key")), request.text("value"));
    call.signal("shelf:" + request.text("key"));
    return object();
}

Json get(Call& call, const Fields& request) {
    const auto value = call.get(Key("row").text(request.text("key")));
    return object({{"value", value ? std::optional(std::string(*value)) : std::nullopt}});
}

Json putAndFail(Call& call, const Fields& request) {
    put(call, request);
    throw AwsError("Broken", "after its write");
}

/// Puts "outer", lets an inner operation fail, and goes on.
Json survive(Call& call, const Fields&) {
    call.put(Key("row").text("outer"), "kept");
    try {
        call.invoke("shelf", "PutAndFail", object({{"key", "inner"}, {"value", "x"}}));
    } catch (const AwsError&) {
        call.put(Key("row").text("caught"), "yes");
    }
    return object();
}

Json putLater(Call& call, const Fields& request) {
    const JobId id =
        call.later(call.now + std::chrono::seconds(request.integer("seconds")),
                   {.service = "shelf",
                    .operation = "Put",
                    .request = object({{"key", request.text("key")}, {"value", iso8601Seconds(call.now)}})});
    return object({{"job", id.text()}});
}

Json cancel(Call& call, const Fields& request) {
    return object({{"cancelled", call.cancel(*JobId::parse(request.text("job")))}});
}

Reply waitFor(Call&, const Fields& request) {
    const std::string key = request.text("key");
    return Wait{.topic = "shelf:" + key,
                .ask = [key](Call& call, bool) -> std::optional<Json> {
                    const auto value = call.get(Key("row").text(key));
                    return value ? std::optional(object({{"value", *value}})) : std::nullopt;
                },
                .limit = 20s};
}

Json ask(Call& call, const Fields& request) {
    call.soon({.service = "shelf",
               .operation = request.text("operation"),
               .request = object({{"key", request.text("key")}, {"value", "v"}}),
               .replyTo = ReplyTo{"shelf", "Answered", object({{"for", request.text("key")}})}});
    return object();
}

Json answered(Call& call, const Fields& request) {
    call.put(Key("row").text("answer"), writeJson(request.json()));
    return object();
}

Json watch(Call& call, const Fields& request) {
    call.subscribe("shelf:" + request.text("key"), "watcher", {.service = "shelf", .operation = "Count"});
    return object();
}

Json count(Call& call, const Fields&) {
    const auto before = call.get(Key("row").text("count"));
    call.put(Key("row").text("count"), std::to_string((before ? std::stoi(std::string(*before)) : 0) + 1));
    return object();
}

/// `many` rows of an owner; and the owner's end.
Json stack(Call& call, const Fields& request) {
    for (std::int64_t i = 0; i < request.integer("many"); ++i) call.put(Key("of").number(7).integer(i), "x");
    return object();
}

Json burnDown(Call& call, const Fields&) {
    call.sweep(Key("of").number(7));
    return object();
}

Json slow(Call&, const Fields&) {
    for (const auto until = std::chrono::steady_clock::now() + 3ms; std::chrono::steady_clock::now() < until;) {
    }
    return object();
}

Json draw(Call& call, const Fields&) { return object({{"id", call.uuid("thing")}, {"chance", call.chance("x")}}); }

Service shelf() {
    return {.name = "shelf",
            .operations = {{"Put", put},
                           {"Get", get, readOnly},
                           {"PutAndFail", putAndFail},
                           {"Survive", survive},
                           {"PutLater", putLater},
                           {"Cancel", cancel},
                           {"WaitFor", waitFor, mayWait},
                           {"Ask", ask},
                           {"Answered", answered, internal},
                           {"Watch", watch},
                           {"Count", count},
                           {"Draw", draw},
                           {"Stack", stack},
                           {"BurnDown", burnDown},
                           {"Slow", slow},
                           {"WriteThoughReadOnly", put, readOnly}}};
}

struct ShelfBench : Bench {
    ShelfBench()
        : Bench([] {
              std::vector<Service> services;
              services.push_back(shelf());
              return services;
          }()) {}
    std::string value(std::string key) { return textOr(call("shelf", "Get", object({{"key", key}})), "value", "-"); }
};

}  // namespace

TEST_CASE("an operation that fails leaves nothing behind, the ones around it stay") {
    ShelfBench bench;
    bench.call("shelf", "Put", object({{"key", "a"}, {"value", "1"}}));
    CHECK(bench.errorOf("shelf", "PutAndFail", object({{"key", "a"}, {"value", "2"}})) == "Broken");
    CHECK(bench.value("a") == "1");
    bench.call("shelf", "Survive");
    CHECK(bench.value("outer") == "kept");
    CHECK(bench.value("inner") == "-");
    CHECK(bench.value("caught") == "yes");
}

TEST_CASE(
    "rows that nobody can reach are removed between other work, which does not wait for it, nor does the clock or "
    "idle") {
    ShelfBench bench;
    bench.call("shelf", "Stack", object({{"many", 20'000}}));
    const auto rows = [&] {
        const Txn txn(bench.world.store().env(), Txn::Mode::read);
        return txn.count(bench.world.store().table("shelf"));
    };
    std::size_t left = 0;
    bool arrived = false;
    bench.world.submit({.service = "shelf", .operation = "BurnDown", .request = object(), .done = [](Outcome) {}});
    bench.world.submit({.service = "shelf",
                        .operation = "Put",
                        .request = object({{"key", "a"}, {"value", "1"}}),
                        .done = [&](Outcome) {
                            left = rows();
                            CHECK(bench.world.idle());
                            bench.world.advance(bench.world.now() + 1h,
                                                [&](const World::Arrival&) { arrived = rows() > 1; });
                        }});
    bench.settle();
    CHECK(left > 10'000);
    CHECK(arrived);
    CHECK(rows() == 1);
    CHECK_FALSE(bench.world.untilNext());
}

TEST_CASE("a sweep under way goes on after a restart") {
    const auto folder = std::filesystem::temp_directory_path() / "backlot-sweep-test";
    std::filesystem::remove_all(folder);
    const auto open = [&] {
        auto world = std::make_unique<World>(WorldOptions{.store = {.folder = folder}, .seed = 1});
        world->add(shelf());
        world->start();
        return world;
    };
    auto world = open();
    world->submit({.service = "shelf", .operation = "Stack", .request = object({{"many", 20'000}})});
    while (world->drain()) {
    }
    world->submit({.service = "shelf", .operation = "BurnDown", .request = object()});
    world->drain();
    const auto rows = [&] {
        const Txn txn(world->store().env(), Txn::Mode::read);
        return txn.count(world->store().table("shelf"));
    };
    CHECK(rows() > 0);
    world.reset();
    world = open();
    while (world->drain()) {
    }
    CHECK(rows() == 0);
    world.reset();
    std::filesystem::remove_all(folder);
}

TEST_CASE("an operation that took long is the last of its commit: whoever came with it is answered first") {
    ShelfBench bench;
    int answered = 0;
    for (const char* operation : {"Draw", "Slow", "Slow", "Slow", "Slow"})
        bench.world.submit(
            {.service = "shelf", .operation = operation, .request = object(), .done = [&](Outcome) { ++answered; }});
    bench.world.drain();
    CHECK(answered == 2);
    bench.settle();
    CHECK(answered == 5);
}

TEST_CASE("operations that share a batch fail apart") {
    ShelfBench bench;
    std::vector<std::string> errors;
    for (const char* operation : {"Put", "PutAndFail", "Put"})
        bench.world.submit({.service = "shelf",
                            .operation = operation,
                            .request = object({{"key", std::to_string(errors.capacity()) + operation}, {"value", "x"}}),
                            .done = [&](Outcome outcome) {
                                errors.push_back(std::holds_alternative<AwsError>(outcome) ? "error" : "ok");
                            }});
    bench.settle();
    CHECK(errors == std::vector<std::string>{"ok", "error", "ok"});
    CHECK(bench.value("0Put") == "x");
    CHECK(bench.value("0PutAndFail") == "-");
}

TEST_CASE("an unknown operation, an internal one and a write in a read-only one are refused") {
    ShelfBench bench;
    CHECK(bench.errorOf("shelf", "Burn") == "UnknownOperationException");
    CHECK(bench.errorOf("shelf", "Answered") == "UnknownOperationException");
    CHECK(bench.errorOf("shelf", "WriteThoughReadOnly", object({{"key", "a"}, {"value", "1"}})) == "InternalFailure");
}

TEST_CASE("a job runs when the clock reaches it, unless it was cancelled") {
    ShelfBench bench;
    bench.call("shelf", "PutLater", object({{"key", "soon"}, {"seconds", 60}}));
    const auto job = textOr(bench.call("shelf", "PutLater", object({{"key", "never"}, {"seconds", 90}})), "job");
    CHECK(bench.world.idle());
    CHECK(bench.world.due(10).size() == 2);
    CHECK(boolOr(bench.call("shelf", "Cancel", object({{"job", job}})), "cancelled", false));
    bench.advance(59s);
    CHECK(bench.value("soon") == "-");
    bench.advance(1s);
    CHECK(bench.value("soon") == "2026-01-05T09:00:00Z");
    bench.advance(1h);
    CHECK(bench.value("never") == "-");
}

TEST_CASE("the clock stops at every due instant on its way") {
    ShelfBench bench;
    for (const int seconds : {10, 20, 30})
        bench.call("shelf", "PutLater", object({{"key", std::to_string(seconds)}, {"seconds", seconds}}));
    std::size_t fired = 0;
    bench.world.advance(bench.world.now() + 25s, [&](const World::Arrival& arrival) { fired = arrival.fired; });
    bench.settle();
    CHECK(fired == 2);
    bench.world.advanceToNext([&](const World::Arrival& arrival) { fired = arrival.fired; });
    bench.settle();
    CHECK(fired == 1);
    CHECK(iso8601Seconds(bench.world.now()) == "2026-01-05T09:00:30Z");
}

TEST_CASE("a wait is answered when its topic is signalled, or at its limit") {
    ShelfBench bench;
    const auto first = bench.send("shelf", "WaitFor", object({{"key", "a"}}));
    CHECK_FALSE(first->has_value());
    CHECK(bench.world.idle());  // a long poll is not busy
    bench.call("shelf", "Put", object({{"key", "a"}, {"value", "1"}}));
    REQUIRE(first->has_value());
    CHECK(textOr(std::get<Json>(**first), "value") == "1");
    const auto second = bench.send("shelf", "WaitFor", object({{"key", "b"}}));
    bench.advance(19s);
    CHECK_FALSE(second->has_value());
    bench.advance(1s);
    REQUIRE(second->has_value());
    CHECK(writeJson(std::get<Json>(**second)) == "{}");
}

TEST_CASE("a wait whose client has gone is dropped") {
    ShelfBench bench;
    auto client = std::make_shared<int>(0);
    bool answered = false;
    bench.world.submit({.service = "shelf",
                        .operation = "WaitFor",
                        .request = object({{"key", "a"}}),
                        .done = [&](Outcome) { answered = true; },
                        .client = client});
    bench.settle();
    client.reset();
    bench.call("shelf", "Put", object({{"key", "a"}, {"value", "1"}}));
    CHECK_FALSE(answered);
}

TEST_CASE("what waits for a client that has gone is let go once that is known, not when its time is over") {
    ShelfBench bench;
    auto client = std::make_shared<int>(0), connection = std::make_shared<int>(0);
    const std::weak_ptr<int> open = connection;
    bench.world.submit({.service = "shelf",
                        .operation = "WaitFor",
                        .request = object({{"key", "a"}}),
                        .done = [connection = std::move(connection)](Outcome) {},
                        .client = client});
    bench.settle();
    CHECK_FALSE(open.expired());
    client.reset();
    bench.world.clientsLeft();
    bench.settle();
    CHECK(open.expired());
}

TEST_CASE("the answer to a job goes where it was asked for: a result, an error, and one that had to wait") {
    ShelfBench bench;
    bench.call("shelf", "Ask", object({{"operation", "Get"}, {"key", "a"}}));
    CHECK(bench.value("answer") == R"({"context":{"for":"a"},"output":{}})");
    bench.call("shelf", "Ask", object({{"operation", "PutAndFail"}, {"key", "a"}}));
    CHECK(bench.value("answer") ==
          R"({"context":{"for":"a"},"error":{"code":"Broken","message":"after its write","httpStatus":400}})");
    CHECK(bench.value("a") == "-");
    bench.call("shelf", "Ask", object({{"operation", "WaitFor"}, {"key", "w"}}));
    bench.call("shelf", "Put", object({{"key", "w"}, {"value", "7"}}));
    CHECK(bench.value("answer") == R"({"context":{"for":"w"},"output":{"value":"7"}})");
}

TEST_CASE("a subscription makes one job however often it is signalled before it runs") {
    ShelfBench bench;
    bench.call("shelf", "Watch", object({{"key", "a"}}));
    bench.call("shelf", "Put", object({{"key", "a"}, {"value", "1"}}));
    CHECK(bench.value("count") == "1");
    bench.call("shelf", "Put", object({{"key", "a"}, {"value", "2"}}));
    CHECK(bench.value("count") == "2");
}

TEST_CASE("the same seed and the same causes draw the same ids") {
    ShelfBench a, b;
    CHECK(writeJson(a.call("shelf", "Draw")) == writeJson(b.call("shelf", "Draw")));
    CHECK(writeJson(a.call("shelf", "Draw")) != writeJson(a.call("shelf", "Draw")));
}

TEST_CASE("idle() waits for what is held and names it when its patience ends") {
    ShelfBench bench;
    auto hold = bench.world.hold("invocation", "pay", "runs");
    std::optional<std::vector<BusyItem>> busy;
    bench.world.whenIdle(0ms, [&](std::vector<BusyItem> items) { busy = std::move(items); });
    bench.settle();
    REQUIRE(busy);
    REQUIRE(busy->size() == 1);
    CHECK(busy->front().id == "pay");
    busy.reset();
    bench.world.whenIdle(10s, [&](std::vector<BusyItem> items) { busy = std::move(items); });
    bench.settle();
    CHECK_FALSE(busy);
    hold.reset();
    bench.settle();
    REQUIRE(busy);
    CHECK(busy->empty());
}

TEST_CASE("the automatic clock jumps to the next job as soon as nothing else is left to do") {
    ShelfBench bench;
    bench.world.clock().setMode(ClockMode::automatic);
    bench.call("shelf", "PutLater", object({{"key", "far"}, {"seconds", 86400 * 14}}));
    CHECK(iso8601Seconds(bench.world.now()) == "2026-01-19T09:00:00Z");
    CHECK(bench.value("far") == "2026-01-05T09:00:00Z");
}

TEST_CASE(
    "the automatic clock goes on with the machine's while somebody outside is at work, and jumps when nobody is") {
    ShelfBench bench;
    bench.world.clock().setMode(ClockMode::automatic);
    auto hold = bench.world.hold("invocation", "pay", "runs");
    bench.call("shelf", "PutLater", object({{"key", "timeOut"}, {"seconds", 60}}));
    CHECK(iso8601Seconds(bench.world.now()) == "2026-01-05T09:00:00Z");
    REQUIRE(bench.world.untilNext());
    CHECK(*bench.world.untilNext() > 50s);
    CHECK(*bench.world.untilNext() <= 60s);
    hold.reset();
    bench.settle();
    CHECK(iso8601Seconds(bench.world.now()) == "2026-01-05T09:01:00Z");
}

TEST_CASE("the automatic clock minds a client that has just spoken") {
    ShelfBench bench;
    bench.world.clock().setMode(ClockMode::automatic);
    const auto client = std::make_shared<int>();
    bench.world.submit({.service = "shelf",
                        .operation = "PutLater",
                        .request = object({{"key", "far"}, {"seconds", 60}}),
                        .client = client});
    bench.world.drain();
    CHECK(iso8601Seconds(bench.world.now()) == "2026-01-05T09:00:00Z");
    REQUIRE(bench.world.untilNext());
    CHECK(*bench.world.untilNext() <= 20ms);
}

TEST_CASE("patience: a speech of many requests ends") {
    Patience patience;
    const SteadyTime start{1h};
    CHECK(patience.goesAt(start) == start);
    for (auto at = start; at <= start + 1s; at += 10ms) patience.heardClient(at);
    CHECK(patience.goesAt(start + 1s) == start + 200ms);
    patience.heardClient(start + 2s);
    CHECK(patience.goesAt(start + 2s) == start + 2020ms);
}

TEST_CASE(
    "a time-out under the automatic clock counts from where its work began, not from where the machine's clock is") {
    ShelfBench bench;
    bench.world.clock().setMode(ClockMode::automatic);
    SUBCASE("nobody was at work for a while") {
        auto earlier = bench.world.hold("invocation", "first", "runs");
        const auto timer = bench.call("shelf", "PutLater", object({{"key", "firstTimeOut"}, {"seconds", 60}}));
        earlier.reset();  // it has answered, and its time-out goes with it
        bench.call("shelf", "Cancel", object({{"job", textOr(timer, "job")}}));
        std::this_thread::sleep_for(300ms);
    }
    SUBCASE("somebody else has been at work for a while, and there is a timer far away") {
        auto other = bench.world.hold("invocation", "other", "runs");
        bench.call("shelf", "PutLater", object({{"key", "far"}, {"seconds", 86400}}));
        std::this_thread::sleep_for(300ms);
        CHECK(bench.world.now() >= *parseIso8601("2026-01-05T09:00:00Z") + 300ms);
        auto work = bench.world.hold("invocation", "pay", "runs");
        bench.call("shelf", "PutLater", object({{"key", "timeOut"}, {"seconds", 1}}));
        other.reset();
        bench.settle();
        REQUIRE(bench.world.untilNext());
        CHECK(*bench.world.untilNext() > 800ms);
        return;
    }
    const auto began = bench.world.now();
    auto work = bench.world.hold("invocation", "pay", "runs");
    bench.call("shelf", "PutLater", object({{"key", "timeOut"}, {"seconds", 1}}));
    CHECK(bench.world.now() - began < 200ms);
    REQUIRE(bench.world.untilNext());
    CHECK(*bench.world.untilNext() > 800ms);
    CHECK(bench.value("timeOut") == "-");
}

TEST_CASE("the automatic clock stands still again when the work outside is done") {
    ShelfBench bench;
    bench.world.clock().setMode(ClockMode::automatic);
    bench.world.hold("invocation", "pay", "runs").reset();
    bench.settle();
    const auto still = bench.world.now();
    std::this_thread::sleep_for(5ms);
    CHECK(bench.world.now() == still);
    CHECK_FALSE(bench.world.clock().runs());
}

TEST_CASE("every call leaves an entry that names its cause") {
    ShelfBench bench;
    bench.call("shelf", "Survive");
    std::vector<RecordEntry> entries;
    bench.world.scanRecord(0, [&](const RecordView& entry) {
        entries.push_back({.sequence = entry.sequence,
                           .parent = entry.parent,
                           .trace = std::string(entry.trace),
                           .operation = std::string(entry.operation),
                           .error = std::string(entry.error)});
        return true;
    });
    REQUIRE(entries.size() == 2);
    CHECK(entries[0].operation == "Survive");
    CHECK(entries[1].operation == "PutAndFail");
    CHECK(entries[1].parent == entries[0].sequence);
    CHECK(entries[1].trace == entries[0].trace);
    CHECK(entries[1].error == "Broken");
}

TEST_CASE("the record keeps so many entries, and is read from either end") {
    World world{WorldOptions{.store = {}, .clock = ClockMode::virtualTime, .seed = 42, .recordEntries = 1000}};
    world.add(shelf());
    world.start();
    for (int i = 0; i < 5000; ++i) {
        world.submit(
            {.service = "shelf", .operation = "Put", .request = object({{"key", "a"}, {"value", std::to_string(i)}})});
        if (i % 100 == 0)
            while (world.drain()) {
            }
    }
    while (world.drain()) {
    }
    std::vector<std::uint64_t> forwards, backwards;
    world.scanRecord(0, [&](const RecordView& entry) { return forwards.push_back(entry.sequence), true; });
    world.scanRecordBack(UINT64_MAX,
                         [&](const RecordView& entry) { return backwards.push_back(entry.sequence), true; });
    CHECK(forwards.size() >= 1000);
    CHECK(forwards.size() < 1200);
    CHECK(forwards.back() == 5000);
    std::reverse(backwards.begin(), backwards.end());
    CHECK(backwards == forwards);
    std::vector<std::uint64_t> before;
    world.scanRecordBack(4500,
                         [&](const RecordView& entry) { return before.push_back(entry.sequence), before.size() < 2; });
    CHECK(before == std::vector<std::uint64_t>{4499, 4498});
}

TEST_CASE("something large is looked at a piece at a time between other work") {
    ShelfBench bench;
    int pieces = 0, answeredAfter = 0;
    bench.world.browse([&] { return ++pieces < 10; });
    bench.world.drain();
    bench.world.submit({.service = "shelf", .operation = "Draw", .request = object(), .done = [&](Outcome) {
                            answeredAfter = pieces;
                        }});
    bench.settle();
    CHECK(answeredAfter < 5);
    CHECK(pieces == 10);
    CHECK_FALSE(bench.world.untilNext());
}

TEST_CASE("a snapshot brings everything back, reset begins anew") {
    ShelfBench bench;
    const auto file =
        std::filesystem::temp_directory_path() / ("backlot-test-" + std::to_string(::getpid()) + ".snapshot");
    bench.call("shelf", "Put", object({{"key", "a"}, {"value", "1"}}));
    bench.call("shelf", "PutLater", object({{"key", "later"}, {"seconds", 60}}));
    bench.advance(10s);
    bench.world.save().to(file);
    bench.advance(10h);
    bench.call("shelf", "Put", object({{"key", "a"}, {"value", "2"}}));
    bench.world.load(bench.world.store().receive(openRegular(file).get()));
    CHECK(iso8601Seconds(bench.world.now()) == "2026-01-05T09:00:10Z");
    CHECK(bench.value("a") == "1");
    CHECK(bench.value("later") == "-");
    bench.advance(50s);
    CHECK(bench.value("later") == "2026-01-05T09:00:00Z");
    bench.world.reset();
    CHECK(bench.value("a") == "-");
    CHECK(iso8601Seconds(bench.world.now()) == "2026-01-05T09:00:00Z");
    std::filesystem::remove(file);
}

TEST_CASE("a world that cannot go on from a snapshot goes on as it was") {
    bool refuses = false;
    Service picky = shelf();
    picky.start = [&] {  // once: it can go on from what was there
        if (std::exchange(refuses, false)) throw std::runtime_error("not with this");
    };
    Bench bench([&] {
        std::vector<Service> services;
        services.push_back(std::move(picky));
        return services;
    }());
    const auto value = [&](const char* key) {
        return textOr(bench.call("shelf", "Get", object({{"key", key}})), "value", "-");
    };
    const ScratchFolder folder(std::filesystem::temp_directory_path(), "backlot-world-test-");
    bench.world.save().to(folder.path() / "empty");
    bench.call("shelf", "Put", object({{"key", "a"}, {"value", "1"}}));
    bench.call("shelf", "PutLater", object({{"key", "later"}, {"seconds", 60}}));
    bench.advance(10s);
    refuses = true;
    CHECK_THROWS(bench.world.load(bench.world.store().receive(openRegular(folder.path() / "empty").get())));
    CHECK(value("a") == "1");
    CHECK(iso8601Seconds(bench.world.now()) == "2026-01-05T09:00:10Z");
    bench.advance(50s);
    CHECK(value("later") == "2026-01-05T09:00:00Z");
}

TEST_CASE("a row that is damaged is an error that names it, for whoever reads or writes it, and the world goes on") {
    ShelfBench bench;
    bench.call("shelf", "Put", object({{"key", "a"}, {"value", "1"}}));
    bench.call("shelf", "Put", object({{"key", "b"}, {"value", "2"}}));
    {
        Environment& environment = bench.world.store().env();
        const Key row = Key("row").text("a");
        std::string stored = "12341";  // a checksum, but not the row's
        MDB_val key{row.bytes().size(), const_cast<char*>(row.bytes().data())}, value{stored.size(), stored.data()};
        Txn txn(environment, Txn::Mode::write);
        REQUIRE(mdb_put(txn.handle(), bench.world.store().table("shelf").id, &key, &value, 0) == 0);
        txn.commit();
    }
    for (const char* operation : {"Get", "Put"}) {
        try {
            bench.call("shelf", operation, object({{"key", "a"}, {"value", "3"}}));
            FAIL(operation);
        } catch (const AwsError& error) {
            CHECK(error.httpStatus() == 500);
            CHECK(error.code() == "InternalFailure");
            CHECK(error.message().find("in the table shelf, the row row/a/ is not what was written") !=
                  std::string::npos);
        }
    }
    CHECK(bench.value("b") == "2");
    bench.call("shelf", "Put", object({{"key", "c"}, {"value", "3"}}));
    CHECK(bench.value("c") == "3");
}

TEST_CASE("what was acknowledged is there after a restart, and a job that waited runs again") {
    const auto folder = std::filesystem::temp_directory_path() / ("backlot-test-data-" + std::to_string(::getpid()));
    const WorldOptions options{.store = {.folder = folder},
                               .clock = ClockMode::virtualTime,
                               .start = parseIso8601("2026-01-05T09:00:00Z"),
                               .seed = 42};
    const auto submit = [](World& world, std::string operation, Json request) {
        world.submit({.service = "shelf", .operation = std::move(operation), .request = std::move(request)});
        while (world.drain()) {
        }
    };
    {
        World world(options);
        world.add(shelf());
        world.start();
        submit(world, "Put", object({{"key", "a"}, {"value", "1"}}));
        submit(world, "Ask", object({{"operation", "WaitFor"}, {"key", "w"}}));
    }
    World world(options);
    world.add(shelf());
    world.start();
    submit(world, "Put", object({{"key", "w"}, {"value", "7"}}));
    std::string answer, kept;
    world.submit(
        {.service = "shelf", .operation = "Get", .request = object({{"key", "answer"}}), .done = [&](Outcome o) {
             answer = textOr(std::get<Json>(o), "value");
         }});
    world.submit({.service = "shelf", .operation = "Get", .request = object({{"key", "a"}}), .done = [&](Outcome o) {
                      kept = textOr(std::get<Json>(o), "value");
                  }});
    while (world.drain()) {
    }
    CHECK(kept == "1");
    CHECK(answer == R"({"context":{"for":"w"},"output":{"value":"7"}})");
    std::filesystem::remove_all(folder);
}
