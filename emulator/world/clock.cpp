#include "emulator/world/clock.h"

#include <algorithm>

namespace backlot {

Time Clock::machineTime() const {
    constexpr Duration kStep = std::chrono::seconds(1);
    const Time wall = machine_.wall();
    const auto steady = machine_.steady();
    const Duration step = (wall - lastWall_) - std::chrono::floor<Duration>(steady - lastSteady_);
    if (step <= -kStep) setBack_ -= step;
    if (step >= kStep) setBack_ -= std::min(setBack_, step);
    lastWall_ = wall;
    lastSteady_ = steady;
    return wall + setBack_;
}

}  // namespace backlot
