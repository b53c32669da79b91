#pragma once
// A world for tests: an empty store, a clock that the test moves, a fixed seed. Nothing sleeps.

#include <doctest/doctest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "emulator/world/world.h"

namespace backlot {

/// WorldHooks::onUnread of tests.
inline void failUnread(const std::string& service, std::string_view operation, const std::string& member) {
    FAIL_CHECK(service << ":" << operation << " never looks at " << member << ": implement it, or list "
                       << "it in the operation's `ignores` (emulator/world/operation.h)");
}

struct Bench {
    World world{
        WorldOptions{
            .store = {}, .clock = ClockMode::virtualTime, .start = parseIso8601("2026-01-05T09:00:00Z"), .seed = 42},
        {.onUnread = std::getenv("BACKLOT_UNREAD") ? failUnread : nullptr}};

    explicit Bench(std::vector<Service> services) {
        for (auto& service : services) world.add(std::move(service));
        world.start();
    }
    /// Runs everything that can run without moving the clock.
    void settle() {
        while (world.drain()) {
        }
    }
    /// Leaves the request with the world; `outcome` is filled when it is answered.
    std::shared_ptr<std::optional<Outcome>> send(std::string service, std::string operation, Json request,
                                                 bool fromClient = true) {
        auto outcome = std::make_shared<std::optional<Outcome>>();
        world.submit({.service = std::move(service),
                      .operation = std::move(operation),
                      .request = std::move(request),
                      .done = [outcome](Outcome result) { *outcome = std::move(result); },
                      .fromClient = fromClient});
        settle();
        return outcome;
    }
    /// The result; throws the AwsError it failed with.
    Json call(std::string service, std::string operation, Json request = object(), bool fromClient = true) {
        const auto outcome = send(service, operation, std::move(request), fromClient);
        REQUIRE_MESSAGE(outcome->has_value(), service << ' ' << operation << " did not answer");
        if (auto* error = std::get_if<AwsError>(&**outcome)) throw *error;
        return std::move(std::get<Json>(**outcome));
    }
    /// The same of an operation that no client reaches.
    Json callInternal(std::string service, std::string operation, Json request) {
        return call(std::move(service), std::move(operation), std::move(request), false);
    }
    /// The code of the error that the request fails with; empty where it succeeds.
    std::string errorOf(std::string service, std::string operation, Json request = object()) {
        try {
            call(std::move(service), std::move(operation), std::move(request));
            return {};
        } catch (const AwsError& error) {
            return error.code();
        }
    }
    /// The keys of a table's rows, as people read them.
    std::vector<std::string> rows(const std::string& table) {
        std::vector<std::string> keys;
        const Txn txn(world.store().env(), Txn::Mode::read);
        Cursor cursor(txn, world.store().table(table));
        for (bool more = cursor.first(); more; more = cursor.next()) keys.push_back(readableKey(cursor.key()));
        return keys;
    }
    void advance(Duration by) {
        bool arrived = false;
        world.advance(world.now() + by, [&](const World::Arrival&) { arrived = true; });
        settle();
        REQUIRE(arrived);
    }
};

}  // namespace backlot
