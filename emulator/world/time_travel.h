#pragma once
// The parts of the world that wait for idleness: moving the clock, and idle().

#include "emulator/world/world.h"

namespace backlot {

struct World::IdleWait {
    std::chrono::steady_clock::time_point until;
    std::function<void(std::vector<BusyItem>)> done;
};

/// A journey of the clock under way, and those that were asked for meanwhile.
struct World::Advance {
    struct Journey {
        std::optional<Time> to;  // none: to the next due job
        std::function<void(const Arrival&)> done;
        std::size_t fired = 0;
    };
    std::deque<Journey> journeys;
};

}  // namespace backlot
