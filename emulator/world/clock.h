#pragma once

#include <optional>
#include <string_view>

#include "emulator/base/time.h"

namespace backlot {

enum class ClockMode {
    real,        // the machine's clock (plus what was advanced)
    virtualTime, // stands still until it is advanced
    automatic,   // stands still, and jumps to the next job when nothing else is left to do
};

/// The world's time.
class Clock {
public:
    Clock(ClockMode mode, Time start) : mode_(mode), frozen_(start), offset_(mode == ClockMode::real ? start - wallClock() : Duration{}) {}
    Time now() const { return mode_ == ClockMode::real ? wallClock() + offset_ : frozen_; }
    ClockMode mode() const { return mode_; }
    /// In real mode: how far the world is ahead of the machine.
    Duration offset() const { return offset_; }
    void setMode(ClockMode mode) {
        const Time at = now();
        mode_ = mode;
        frozen_ = at;
        offset_ = at - wallClock();
    }
    /// Forward only: an earlier time is ignored.
    void moveTo(Time time) {
        if (time <= now()) return;
        offset_ += time - now();
        frozen_ = time;
    }
    /// For a loaded snapshot, which may be earlier.
    void restore(Time time) {
        frozen_ = time;
        offset_ = time - wallClock();
    }

private:
    ClockMode mode_;
    Time frozen_;
    Duration offset_;
};

std::string_view nameOf(ClockMode mode);
std::optional<ClockMode> clockModeNamed(std::string_view name);

}  // namespace backlot
