#pragma once

#include <algorithm>
#include <chrono>
#include <optional>
#include <string_view>

#include "emulator/base/time.h"

namespace backlot {

enum class ClockMode {
    real,         // the machine's clock (plus what was advanced)
    virtualTime,  // stands still until it is advanced
    automatic,  // jumps to the next job when nothing else is left to do; goes on as the machine's while work outside is
                // in flight
};

/// Where real time comes from; tests bring their own.
struct MachineClocks {
    Time (*wall)() = wallClock;                                                          // somebody may set it
    std::chrono::steady_clock::time_point (*steady)() = std::chrono::steady_clock::now;  // nobody can
};

/// The world's time. Real time is the machine's, but it never goes back with it: where the wall clock is set back (by a
/// second or more; less is what correcting it by and by may look like), the world goes on from where it was, and what
/// is due in two seconds comes in two seconds. Where the wall clock is set forward, or the machine slept, the world
/// goes with it.
class Clock {
public:
    Clock(ClockMode mode, Time start, MachineClocks machine = {})
        : mode_(mode),
          machine_(machine),
          lastWall_(machine.wall()),
          lastSteady_(machine.steady()),
          frozen_(start),
          offset_(mode == ClockMode::real ? start - lastWall_ : Duration{}) {}
    Time now() const { return runs() ? machineTime() + offset_ : frozen_; }
    ClockMode mode() const { return mode_; }
    /// While it runs: how far the world is ahead of the machine.
    Duration offset() const { return offset_ + setBack_; }
    /// Whether time passes by itself: always in real mode, never in virtual mode.
    bool runs() const { return mode_ == ClockMode::real || running_; }
    /// In automatic mode: time passes from now on as the machine's does, or stands still from now on. No jump either
    /// way.
    void run(bool running) {
        if (mode_ != ClockMode::automatic || running == running_) return;
        const Time at = std::max(frozen_, now());
        running_ = running;
        restore(at);
    }
    void setMode(ClockMode mode) {
        const Time at = now();
        mode_ = mode;
        running_ = false;
        restore(at);
    }
    /// Forward only: an earlier time is ignored.
    void moveTo(Time time) {
        if (time <= now()) return;
        restore(time);
    }
    /// For a loaded snapshot, which may be earlier.
    void restore(Time time) {
        frozen_ = time;
        offset_ = time - machineTime();
    }

private:
    /// The wall clock, as if nobody had set it back.
    Time machineTime() const;

    ClockMode mode_;
    MachineClocks machine_;
    mutable Time lastWall_;  // as it was looked at last
    mutable std::chrono::steady_clock::time_point lastSteady_;
    mutable Duration setBack_{};
    Time frozen_;
    Duration offset_;
    bool running_ = false;
};

std::string_view nameOf(ClockMode mode);
std::optional<ClockMode> clockModeNamed(std::string_view name);

}  // namespace backlot
