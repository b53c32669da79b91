#include "emulator/world/time_travel.h"

#include <algorithm>

#include "emulator/world/hand.h"

namespace backlot {
namespace {

using namespace std::chrono_literals;

constexpr auto kPause = 20ms;           // between two requests of one client
constexpr auto kLongestSpeech = 200ms;  // of clients that never pause

std::optional<Time> earlier(std::optional<Time> a, std::optional<Time> b) {
    if (!a || !b) return a ? a : b;
    return std::min(*a, *b);
}

}  // namespace

void Patience::heardClient(SteadyTime wall) {
    if (!lastHeard_ || wall - *lastHeard_ > kPause) speechBegan_ = wall;
    lastHeard_ = wall;
}

SteadyTime Patience::goesAt(SteadyTime wall) const {
    return lastHeard_ ? std::min(*lastHeard_ + kPause, *speechBegan_ + kLongestSpeech) : wall;
}

BusyHold::~BusyHold() {
    world_.holds_.erase(id_);
    world_.wakeShell();  // somebody may be waiting for idleness
}

std::shared_ptr<BusyHold> World::hold(std::string kind, std::string id, std::string why) {
    clock_.run(true);  // from the moment that work outside begins, its time-outs run
    const std::uint64_t number = nextHold_++;
    holds_.emplace(number, BusyItem{std::move(kind), std::move(id), std::move(why), now()});
    return std::make_shared<BusyHold>(*this, number);
}

std::vector<BusyItem> World::busy() const {
    std::vector<BusyItem> result;
    for (const auto* waiting : {&queue_, &held_})
        for (const auto& submission : *waiting)
            result.push_back({"request", submission.service + ":" + submission.operation,
                              waiting == &held_ ? "waits until the store can be written" : "waits for its turn",
                              now()});
    if (!store_.usable())
        result.push_back({"store", store_.folder().string(), "cannot be opened", now()});
    else if (nextDue_ && *nextDue_ <= now())
        for (const auto& item : due(10))
            if (item.due <= now())
                result.push_back(
                    {"job", item.service + ":" + item.operation, item.label.empty() ? "is due" : item.label, item.due});
    for (const auto& entry : waits_->all())
        if (!entry.wait.busy.empty() || entry.marked)
            result.push_back({"wait", entry.wait.topic, entry.wait.busy, entry.since});
    for (const auto& [number, item] : holds_) result.push_back(item);
    return result;
}

bool World::idle() const { return !workLeft() && !worksOutside(); }

/// Whether somebody outside is at work on what the world has asked of him.
bool World::worksOutside() const {
    if (!holds_.empty()) return true;
    const auto& waits = waits_->all();
    return std::any_of(waits.begin(), waits.end(), [](const auto& entry) { return !entry.wait.busy.empty(); });
}

void World::whenIdle(std::chrono::milliseconds limit, std::function<void(std::vector<BusyItem>)> done) {
    idleWaits_.push_back({std::chrono::steady_clock::now() + limit, std::move(done)});
    wakeShell();
}

void World::checkIdle() {
    if (idleWaits_.empty()) return;
    const auto wall = std::chrono::steady_clock::now();
    const bool nothingLeft = idle() && !advance_ && !waits_->patience.next;
    std::vector<std::function<void()>> calls;
    for (auto place = idleWaits_.begin(); place != idleWaits_.end();) {
        if (nothingLeft || place->until <= wall) {
            calls.push_back([done = std::move(place->done), items = nothingLeft ? std::vector<BusyItem>() : busy()] {
                done(items);
            });
            place = idleWaits_.erase(place);
        } else {
            ++place;
        }
    }
    for (auto& call : calls) call();
}

void World::advance(Time to, std::function<void(const Arrival&)> done) {
    if (!advance_) advance_ = std::make_unique<Advance>();
    advance_->journeys.push_back({to, std::move(done)});
    wakeShell();
}

void World::advanceToNext(std::function<void(const Arrival&)> done) {
    if (!advance_) advance_ = std::make_unique<Advance>();
    advance_->journeys.push_back({std::nullopt, std::move(done)});
    wakeShell();
}

void World::setClockMode(ClockMode mode) {
    clock_.setMode(mode);
    modeIsSet_ = true;
    try {
        flush();
    } catch (const StoreError& error) {
        throw cannotStore(error.what());
    }
}

void World::continueAdvance() {
    while (advance_ && idle()) {
        auto& journey = advance_->journeys.front();
        if (!journey.to) journey.to = nextForeground_.value_or(now());
        const auto next = earlier(nextDue_, waits_->nextMoment());
        if (next && *next <= *journey.to) {
            clock_.moveTo(*next);
            ++journey.fired;
            return;  // that instant's work first
        }
        clock_.moveTo(*journey.to);
        auto done = std::move(journey.done);
        Arrival arrival{.fired = journey.fired, .error = {}};
        advance_->journeys.pop_front();
        if (advance_->journeys.empty()) advance_.reset();
        try {
            flush();
        } catch (const StoreError& error) {
            arrival.error = cannotStore(error.what());
        }
        if (done) done(arrival);
    }
}

void World::afterDrain() {
    if (clock_.mode() == ClockMode::automatic) clock_.run(worksOutside());
    continueAdvance();
    Patience& patience = waits_->patience;
    patience.next.reset();
    if (clock_.mode() == ClockMode::automatic && !advance_ && nextForeground_ && idle()) {
        const auto wall = std::chrono::steady_clock::now();
        if (const auto when = patience.goesAt(wall); when > wall)
            patience.next = when;
        else
            clock_.moveTo(*nextForeground_);
    }
    checkIdle();
}

std::optional<Duration> World::untilNext() const {
    std::optional<Duration> result;
    const auto consider = [&](Duration duration) {
        result = std::max(Duration::zero(), result ? std::min(*result, duration) : duration);
    };
    const auto wall = std::chrono::steady_clock::now();
    const auto ofWall = [&](SteadyTime time) { consider(std::chrono::ceil<Duration>(time - wall)); };
    if (workNow() || !browsing_.empty() || (advance_ && idle())) return Duration::zero();
    if (trouble_ && workLeft()) ofWall(trouble_->retryAt);
    if (clock_.runs())
        if (const auto next = earlier(nextDue_, waits_->nextMoment()); next && *next > now()) consider(*next - now());
    if (const auto limit = waits_->nextWallLimit()) ofWall(*limit);
    for (const auto& wait : idleWaits_) ofWall(wait.until);
    if (waits_->patience.next) ofWall(*waits_->patience.next);
    if (nextSweep_ && !trouble_) ofWall(*nextSweep_);
    return result;
}

}  // namespace backlot
