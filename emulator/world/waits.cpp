#include "emulator/world/waits.h"

#include <algorithm>

namespace backlot {
namespace {

std::optional<Time> momentOf(const Wait& wait, const std::optional<Time>& lastAsk) {
    if (!wait.askAt) return lastAsk;
    return lastAsk ? std::min(*wait.askAt, *lastAsk) : wait.askAt;
}

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
    std::sort(found.begin(), found.end(), [](const Entry* a, const Entry* b) { return a->cause.entry < b->cause.entry; });
    for (Entry* entry : found) markEntry(*entry);
}

void World::Waits::mark(Time now, SteadyTime wall) {
    for (auto place = byTime_.begin(); place != byTime_.end() && place->first <= now; ++place) markEntry(*place->second);
    for (auto place = byWall_.begin(); place != byWall_.end() && place->first <= wall; ++place) markEntry(*place->second);
}

World::Waits::Entry* World::Waits::takeMarked() {
    if (marked_.empty()) return nullptr;
    Entry* entry = marked_.front();
    marked_.pop_front();
    entry->marked = false;
    unindex(*entry);
    return entry;
}

void World::Waits::keepWaiting(Entry& entry) { index(entry); }

void World::Waits::remove(Entry& entry) { entries_.erase(entry.self); }

std::optional<Time> World::Waits::nextMoment() const { return byTime_.empty() ? std::nullopt : std::optional(byTime_.begin()->first); }

std::optional<SteadyTime> World::Waits::nextWallLimit() const {
    return byWall_.empty() ? std::nullopt : std::optional(byWall_.begin()->first);
}

}  // namespace backlot
