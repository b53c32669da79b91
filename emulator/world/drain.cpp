// A drain: what waits is run in one transaction, committed, then answered. And what happens where the store refuses: a
// full disk or map, a disk that fails. Then all that the drain has changed is undone, in memory as in the store, what
// it had taken up is put back, and each request, job and ask gets a commit of its own until one is taken again
// (Trouble, hand.h).

#include "emulator/base/log.h"
#include "emulator/world/batch.h"
#include "emulator/world/hand.h"
#include "emulator/world/time_travel.h"

namespace backlot {
namespace {

using namespace std::chrono_literals;

constexpr auto kBatchTime = 2ms;
constexpr std::size_t kEntriesKeptInMemory = 4096;  // a world that only reads writes its record now and then

}  // namespace

/// While time stands still, a request from outside finds everything before it done, so that runs do not depend on how
/// fast it came. Not without end: jobs that cause jobs for ever must still let somebody stop them.
bool World::jobsGoFirst() {
    constexpr std::size_t kJobsAtOnce = 10'000;
    const bool first = clock_.mode() != ClockMode::real && !queue_.front().cause && nextDue_ && *nextDue_ <= now() &&
                       jobsSinceRequest_ < kJobsAtOnce;
    jobsSinceRequest_ = first ? jobsSinceRequest_ + 1 : 0;
    return first;
}

/// Something is to be done at this instant, now or once the store takes it.
bool World::workLeft() const {
    return !queue_.empty() || !held_.empty() || waits_->anyMarked() || (nextDue_ && *nextDue_ <= now()) ||
           (waits_->nextMoment() && *waits_->nextMoment() <= now());
}

bool World::workNow() const {
    if (!trouble_) return workLeft();
    return !queue_.empty() || waits_->anyClientMarked() || (trouble_->mayRetry() && workLeft());
}

bool World::runNextSubmission(Batch& batch, std::deque<Submission>& from) {
    if (from.empty()) return false;
    Submission submission = std::move(from.front());
    from.pop_front();
    runSubmission(batch, std::move(submission));
    return true;
}

void World::settleSignals(Batch& batch) {
    for (auto topics = std::exchange(batch.signals(), {}); const auto& topic : topics) {
        waits_->signal(topic);
        fireSubscriptions(batch, topic);
    }
}

void World::workTogether(Batch& batch) {
    const auto until = std::chrono::steady_clock::now() + kBatchTime;
    for (std::size_t done = 0; done < options_.operationsPerCommit; ++done) {
        askWaiters(batch);
        bool worked = !queue_.empty() && !jobsGoFirst() && runNextSubmission(batch, queue_);
        worked |= runDueJob(batch);
        settleSignals(batch);
        if (!worked && !waits_->anyMarked()) break;
        if (lastEnded_ > until || ((done & 7) == 7 && std::chrono::steady_clock::now() > until)) break;
    }
}

/// One thing at a time, first what has waited for its retry. False where there is nothing to do now.
bool World::workAlone(Batch& batch) {
    waits_->mark(now(), std::chrono::steady_clock::now());
    const auto askNext = [&](Waits::Entry* entry) {
        if (entry) ask(batch, *entry);
        return entry != nullptr;
    };
    const bool worked = (trouble_->mayRetry() &&
                         (runNextSubmission(batch, held_) || askNext(waits_->takeMarked()) || runDueJob(batch))) ||
                        runNextSubmission(batch, queue_) || askNext(waits_->takeMarkedClient());
    settleSignals(batch);
    return worked;
}

bool World::drain() {
    if (draining_ || !started_) return false;
    draining_ = true;
    bool committed = true;
    {
        Batch batch(store_);
        hand_->record = record_.waiting();
        try {
            if (trouble_)
                workAlone(batch);
            else
                workTogether(batch);
            commit(batch);
        } catch (const DamageError&) {  // in what the world itself lives by: there is no going on
            draining_ = false;
            throw;
        } catch (const StoreError& error) {
            committed = false;
            rollBack(batch, error);
        }
        auto actions = std::move(batch.actions());
        auto answers = std::exchange(hand_->answers, {});
        if (committed) {
            for (auto* entry : hand_->parked) entry->request.reset();
            for (auto& submission : hand_->requests)
                if (submission.dispose) submission.dispose(std::move(submission.request));
            hand_->clear();
            waits_->dropAside();
        }
        for (auto& answer : answers)
            if (answer.done) answer.done(std::move(answer.outcome));
        for (auto& action : actions) action();
    }
    draining_ = false;
    afterDrain();
    browseOnce();
    return workNow() || sweepWaits() || !browsing_.empty();
}

/// A piece of what is looked at, when all others have had their turn.
void World::browseOnce() {
    if (browsing_.empty()) return;
    auto step = std::move(browsing_.front());
    browsing_.pop_front();
    bool more = false;
    try {
        more = step();
    } catch (const std::exception& error) {
        log::error(std::string("looking at something large failed inside: ") + error.what());
    }
    if (more) browsing_.push_back(std::move(step));
}

void World::browse(std::function<bool()> step) {
    browsing_.push_back(std::move(step));
    wakeShell();
}

void World::writeDown(Txn& txn) {
    record_.flush(txn, tables_.record);
    storeClock(txn);
}

/// Throws StoreError: then nothing of the batch is stored.
void World::commit(Batch& batch) {
    if (sweepWaits()) sweepSome(batch);
    const bool writes = batch.wrote() || (record_.waiting() > kEntriesKeptInMemory && !trouble_);
    if (writes) {
        Txn& txn = batch.writer();
        writeDown(txn);
        refreshNextJob(txn);
    }
    batch.commit();
    if (!writes) return record_.boundWaiting();
    record_.written();
    if (!trouble_) return;
    log::info("the store can be written again");
    trouble_.reset();
    for (; !held_.empty(); held_.pop_back()) queue_.push_front(std::move(held_.back()));
}

/// Writes down what is kept in memory, now: what is answered next stands on it. Throws StoreError.
void World::flush() {
    Batch batch(store_);
    try {
        writeDown(batch.writer());
        batch.commit();
        record_.written();
    } catch (const StoreError&) {
        const bool mapIsFull = batch.mapIsFull();
        batch.rollBack();
        reviveStore(mapIsFull);
        throw;
    }
}

/// Gives back what this drain had taken up; the waits that it left are dropped.
void World::takeBack() {
    for (auto& answer : hand_->answers) {
        if (answer.request)
            hand_->requests[*answer.request].done = std::move(answer.done);
        else if (answer.wait)
            answer.wait->done = std::move(answer.done);
    }
    for (auto* entry : hand_->parked) {
        if (entry->request && entry->done) hand_->requests[*entry->request].done = std::move(entry->done);
        if (!entry->isAside && entry->parent) tellCallerWaits(entry->parent, false);
        waits_->remove(*entry);
    }
    for (auto* entry : waits_->restoreAside())
        if (entry->parent) tellCallerWaits(entry->parent, true);
    for (; !hand_->requests.empty(); hand_->requests.pop_back()) queue_.push_front(std::move(hand_->requests.back()));
    record_.dropAfter(hand_->record);
    hand_->clear();
}

/// Opens the store again where LMDB has given it up, or with a larger map where that is full, and looks for the next
/// job.
void World::reviveStore(bool mapIsFull) {
    storedClock_.clear();  // the store may not say what it said
    try {
        if (const bool usable = store_.usable(); mapIsFull || !usable) {
            usable ? store_.grow() : store_.reopen();
            openTables();
        }
        refreshNextJob(Txn(store_.env(), Txn::Mode::read));
    } catch (const std::exception& error) {
        log::error(std::string("the store cannot be opened: ") + error.what());
        nextDue_ = nextForeground_ = now();  // nobody knows: not idle
    }
}

/// Undoes all that the drain did. What was alone in it is answered with an error, or kept for the next try.
void World::rollBack(Batch& batch, const StoreError& error) {
    const bool mapIsFull = batch.mapIsFull();
    batch.rollBack();
    nextSweep_ = std::chrono::steady_clock::now() + 1s;  // what was swept is there again, if anything was
    const std::size_t units = hand_->units;
    const bool isRequest = !hand_->requests.empty();
    Waits::Entry* const asked = waits_->lastAside();
    takeBack();
    reviveStore(mapIsFull);
    if (!trouble_) {
        log::error(std::string("the store cannot be written, what was in the transaction is undone: ") + error.what());
        trouble_ = std::make_unique<Trouble>();
    }
    if (units > 1) return;  // each alone, at once
    if (isRequest) {
        Submission submission = std::move(queue_.front());
        queue_.pop_front();
        if (submission.done) {
            record_.add({.kind = "call",
                         .service = submission.service,
                         .operation = submission.operation,
                         .account = submission.account,
                         .region = submission.region,
                         .start = now(),
                         .end = now(),
                         .error = "InternalFailure"});
            return hand_->answers.push_back({std::move(submission.done), cannotStore(error.what()), {}});
        }
        held_.push_back(std::move(submission));
    } else if (asked && asked->jobKey.empty()) {
        hand_->answers.push_back({std::move(asked->done), cannotStore(error.what()), {}});
        if (asked->parent) tellCallerWaits(asked->parent, false);
        return waits_->remove(*asked);
    }
    trouble_->wait();
}

}  // namespace backlot
