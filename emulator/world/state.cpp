// The world as a whole: start, reset, snapshots.

#include "emulator/world/time_travel.h"
#include "emulator/world/waits.h"
#include "emulator/world/world.h"

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
    abandon("The world was reset.");
    for (auto& [name, service] : services_)
        if (service.forget) service.forget();
    store_.clear();
    storedClock_.clear();
    clock_.restore(options_.start.value_or(wallClock()));
    start();
}

void World::save(const std::filesystem::path& file) {
    {
        Txn txn(store_.env(), Txn::Mode::write);
        record_.flush(txn, tables_.record);
        storeClock(txn);
        txn.commit();
    }
    store_.save(file);
}

void World::load(const std::filesystem::path& file) {
    if (!std::filesystem::exists(file)) throw StoreError("there is no snapshot file " + file.string());
    abandon("A snapshot was loaded.");
    for (auto& [name, service] : services_)
        if (service.forget) service.forget();
    store_.load(file);
    storedClock_.clear();
    start();
}

/// Whoever waits for something of the present world is told that it is gone.
void World::abandon(const char* why) {
    const AwsError error("ServiceUnavailable", why, 503);
    std::vector<std::function<void(Outcome)>> calls;
    for (auto& submission : queue_) calls.push_back(std::move(submission.done));
    queue_.clear();
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
