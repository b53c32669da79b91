// idle and clock.

#include "emulator/harness/control_routes.h"

namespace backlot::harness {
namespace {

constexpr std::size_t kDueShown = 20;

Json dueJson(const World& world) {
    return array(world.due(kDueShown), [](const DueItem& item) {
        return object({{"at", iso8601Millis(item.due)},
                       {"service", item.service},
                       {"operation", item.operation},
                       {"label", item.label.empty() ? std::nullopt : std::optional(item.label)},
                       {"background", item.background ? std::optional(true) : std::nullopt}});
    });
}

Json busyJson(const std::vector<BusyItem>& items) {
    return array(items, [](const BusyItem& item) {
        return object({{"kind", item.kind}, {"id", item.id}, {"why", item.why}, {"since", iso8601Millis(item.since)}});
    });
}

Json clockJson(World& world) {
    const auto& clock = world.clock();
    const double ahead = std::chrono::duration<double>(world.now() - wallClock()).count();
    return object({{"mode", nameOf(clock.mode())},
                   {"now", iso8601Millis(world.now())},
                   {"epochMillis", epochMillis(world.now())},
                   {"aheadSeconds", ahead}});
}

Duration durationOf(const Json& value, std::string_view name) {
    std::optional<Duration> duration;
    if (value.IsString()) duration = parseDuration(view(value));
    if (value.IsNumber() && value.GetDouble() >= 0 && value.GetDouble() < 1e11)
        duration = Duration(static_cast<std::int64_t>(value.GetDouble() * 1e6));
    if (!duration)
        throw AwsError(
            "InvalidRequest",
            std::string(name) + " must be a duration such as \"15m\", \"14d\", \"500ms\", or a number of seconds.");
    return *duration;
}

void idle(ControlCall call) {
    std::chrono::milliseconds limit(10'000);
    if (const Json* timeout = find(*call.body, "timeout"))
        limit = std::chrono::ceil<std::chrono::milliseconds>(durationOf(*timeout, "timeout"));
    auto& world = call.context.world;
    world.whenIdle(limit, [call, &world](std::vector<BusyItem> busy) {
        if (busy.empty())
            call.answer(
                200,
                object({{"idle", true}, {"virtualTime", iso8601Millis(world.now())}, {"nextDue", dueJson(world)}}));
        else
            call.answer(408, object({{"idle", false}, {"busy", busyJson(busy)}, {"nextDue", dueJson(world)}}));
    });
}

void showClock(ControlCall call) {
    Json clock = clockJson(call.context.world);
    set(clock, "nextDue", dueJson(call.context.world));
    call.answer(200, clock);
}

void moveClock(ControlCall call) {
    auto& world = call.context.world;
    const auto arrived = [call, &world](const World::Arrival& arrival) {
        if (arrival.error) return call.fail(*arrival.error);
        Json clock = clockJson(world);
        set(clock, "fired", arrival.fired);
        set(clock, "nextDue", dueJson(world));
        call.answer(200, clock);
    };
    if (const auto mode = optionalText(*call.body, "mode")) {
        const auto known = clockModeNamed(*mode);
        if (!known) throw AwsError("InvalidRequest", "mode must be real, virtual or auto.");
        world.setClockMode(*known);
        return world.advance(world.now(), arrived);
    }
    if (const Json* by = find(*call.body, "advance"))
        return world.advance(world.now() + durationOf(*by, "advance"), arrived);
    if (boolOr(*call.body, "next", false)) return world.advanceToNext(arrived);
    auto to = optionalText(*call.body, "set");
    if (!to) to = optionalText(*call.body, "to");
    if (!to) throw AwsError("InvalidRequest", "Say one of advance, set, next or mode.");
    const auto time = parseIso8601(*to);
    if (!time) throw AwsError("InvalidRequest", "set must be a time such as 2026-01-05T09:00:00Z.");
    if (*time < world.now())
        throw AwsError("InvalidRequest", "The clock only goes forward; to go back, load a snapshot.");
    world.advance(*time, arrived);
}

}  // namespace

const std::vector<ControlRoute>& timeRoutes() {
    static const std::vector<ControlRoute> routes = {
        {"POST", "/_backlot/idle", idle},
        {"GET", "/_backlot/clock", showClock},
        {"POST", "/_backlot/clock", moveClock},
    };
    return routes;
}

}  // namespace backlot::harness
