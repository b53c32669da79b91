#include "emulator/world/waits.h"

#include <algorithm>

namespace backlot {
namespace {

std::optional<Time> momentOf(const Wait& wait, const std::optional<Time>& lastAsk) {
    if (!wait.askAt) return lastAsk;
    return lastAsk ? std::min(*wait.askAt, *lastAsk) : wait.askAt;
}

constexpr auto isOfClient = [](const auto* entry) { return entry->jobKey.empty(); };

}  // namespace

World::Waits::Entry& World::Waits::park(Entry entry) {
    entries_.push_back(std::move(entry));
    Entry& parked = entries_.back();
    parked.self = std::prev(entries_.end());
    index(parked);
    return parked;
}

void World::Waits::index(Entry& entry) {
    byTopic_.emplace(entry.wait.topic, &entry);
    if (const auto moment = momentOf(entry.wait, entry.lastAsk)) byTime_.emplace(*moment, &entry);
    if (entry.wallLimit) byWall_.emplace(*entry.wallLimit, &entry);
}

void World::Waits::unindex(Entry& entry) {
    const auto [first, last] = byTopic_.equal_range(entry.wait.topic);
    const auto place = std::find_if(first, last, [&](const auto& pair) { return pair.second == &entry; });
    if (place != last) byTopic_.erase(place);
    if (const auto moment = momentOf(entry.wait, entry.lastAsk)) byTime_.erase({*moment, &entry});
    if (entry.wallLimit) byWall_.erase({*entry.wallLimit, &entry});
}

void World::Waits::markEntry(Entry& entry) {
    if (std::exchange(entry.marked, true)) return;
    marked_.push_back(&entry);
}

void World::Waits::signal(const std::string& topic) {
    // equal_range gives no order to rely on: those that wait longer are asked first.
    std::vector<Entry*> found;
    const auto [first, last] = byTopic_.equal_range(topic);
    for (auto place = first; place != last; ++place) found.push_back(place->second);
    std::sort(found.begin(), found.end(),
              [](const Entry* a, const Entry* b) { return a->cause.entry < b->cause.entry; });
    for (Entry* entry : found) markEntry(*entry);
}

void World::Waits::mark(Time now, SteadyTime wall) {
    for (auto place = byTime_.begin(); place != byTime_.end() && place->first <= now; ++place)
        markEntry(*place->second);
    for (auto place = byWall_.begin(); place != byWall_.end() && place->first <= wall; ++place)
        markEntry(*place->second);
}

bool World::Waits::markLeft() {
    bool any = false;
    for (Entry& entry : entries_)
        if (entry.hasClient && entry.client.expired()) {
            markEntry(entry);
            any = true;
        }
    return any;
}

bool World::Waits::anyClientMarked() const { return std::any_of(marked_.begin(), marked_.end(), isOfClient); }

World::Waits::Entry* World::Waits::take(std::list<Entry*>::iterator place) {
    if (place == marked_.end()) return nullptr;
    Entry* entry = *place;
    marked_.erase(place);
    entry->marked = false;
    unindex(*entry);
    return entry;
}

World::Waits::Entry* World::Waits::takeMarked() { return take(marked_.begin()); }
World::Waits::Entry* World::Waits::takeMarkedClient() {
    return take(std::find_if(marked_.begin(), marked_.end(), isOfClient));
}

void World::Waits::keepWaiting(Entry& entry) { index(entry); }

void World::Waits::setAside(Entry& entry) {
    aside_.splice(aside_.end(), entries_, entry.self);
    entry.isAside = true;
}

std::vector<World::Waits::Entry*> World::Waits::restoreAside() {
    std::vector<Entry*> restored;
    for (Entry& entry : aside_) {
        entry.isAside = false;
        index(entry);
        markEntry(entry);
        restored.push_back(&entry);
    }
    entries_.splice(entries_.end(), aside_);
    return restored;
}

void World::Waits::remove(Entry& entry) {
    if (!entry.isAside) unindex(entry);
    if (entry.marked) marked_.remove(&entry);
    (entry.isAside ? aside_ : entries_).erase(entry.self);
}

std::optional<Time> World::Waits::nextMoment() const {
    return byTime_.empty() ? std::nullopt : std::optional(byTime_.begin()->first);
}

std::optional<SteadyTime> World::Waits::nextWallLimit() const {
    return byWall_.empty() ? std::nullopt : std::optional(byWall_.begin()->first);
}

}  // namespace backlot
