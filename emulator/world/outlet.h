#pragma once
// What a service may do between operations.

#include <memory>
#include <string>

#include "emulator/base/time.h"
#include "emulator/world/submission.h"

namespace backlot {

class World;
/// Held by what is busy outside the world (an invocation in flight, a webhook on its way): idle waits for it.
class BusyHold;

/// The way back into the world for what went outside: an HTTP answer, a report of a process, work on a helper thread
/// that is done. Copies are cheap; used on the world's thread only, and not after the world.
class Outlet {
public:
    explicit Outlet(World& world) : world_(&world) {}
    /// Leaves a request of the program itself with the world; it may name internal operations.
    void submit(Submission submission) const;
    /// The world is busy until the hold goes.
    std::shared_ptr<BusyHold> hold(std::string kind, std::string id, std::string why) const;
    Time now() const;

private:
    World* world_;
};

}  // namespace backlot
