// The world as a whole: start, reset, snapshots.

#include "emulator/world/hand.h"
#include "emulator/world/time_travel.h"

namespace backlot {

void World::start() {
    openTables();
    open();
    started_ = true;
    for (auto& [name, service] : services_)
        if (service.start) service.start();
    wakeShell();
}

void World::reset() {
    try {
        store_.clear();
    } catch (const StoreError&) {  // nothing has changed
        reviveStore();
        throw;
    }
    abandon("The world was reset.");
    for (auto& [name, service] : services_)
        if (service.forget) service.forget();
    storedClock_.clear();
    clock_.restore(options_.start.value_or(options_.machine.wall()));
    start();
    flush();
}

Saving World::save() {
    flush();
    return store_.save();
}

std::shared_ptr<Environment> World::load(Incoming contents) {
    flush();  // or going back to it would not be all
    abandon("A snapshot was loaded.");
    const Clock clock = clock_;
    const auto goOn = [this] {
        for (auto& [name, service] : services_)
            if (service.forget) service.forget();
        storedClock_.clear();
        start();
    };
    auto before = store_.exchange(contents.environment);
    try {
        goOn();
        flush();  // the clock's mode is ours
        store_.keep(contents);
    } catch (...) {
        store_.exchange(std::move(before));
        clock_ = clock;
        goOn();
        throw;
    }
    return before;
}

/// Whoever waits for something of the present world is told that it is gone.
void World::abandon(const char* why) {
    const AwsError error("ServiceUnavailable", why, 503);
    std::vector<std::function<void(Outcome)>> calls;
    for (auto& submission : queue_) calls.push_back(std::move(submission.done));
    queue_.clear();
    held_.clear();
    trouble_.reset();
    auto waits = std::exchange(waits_, std::make_unique<Waits>());
    for (const auto& entry : waits->all()) {
        if (entry.wait.abandoned) entry.wait.abandoned();
        calls.push_back(entry.done);
    }
    advance_.reset();
    nextDue_.reset();
    nextForeground_.reset();
    for (auto& call : calls)
        if (call) call(error);
}

}  // namespace backlot
