#include "emulator/world/world.h"

#include <algorithm>
#include <random>

#include "emulator/base/hash.h"
#include "emulator/base/log.h"
#include "emulator/base/unread.h"
#include "emulator/world/batch.h"
#include "emulator/world/hand.h"
#include "emulator/world/row_json.h"
#include "emulator/world/time_travel.h"

namespace backlot {
namespace {

std::uint64_t seedOfTheMachine() {
    std::random_device device;
    return std::uint64_t(device()) << 32 | device();
}

/// X-Ray's form: "1-5759e988-bd862e3fe1be46a994272793".
std::string newTrace(Time now, std::uint64_t dice) {
    std::string trace = "1-";
    trace.reserve(36);
    appendHex(trace, static_cast<std::uint64_t>(wholeSeconds(now)), 8);
    trace += '-';
    appendHex(trace, mix(dice, 1), 16);
    appendHex(trace, mix(dice, 2), 8);
    return trace;
}

bool passesOver(const Operation& operation, std::string_view member) {
    return std::any_of(operation.ignores.begin(), operation.ignores.end(), [&](const Ignored& ignored) {
        return member.starts_with(ignored.member) &&
               (member.size() == ignored.member.size() || member[ignored.member.size()] == '.');
    });
}

AwsError internalFailure() {
    return AwsError("InternalFailure",
                    "The request processing has failed because of an unknown error, exception or failure.", 500);
}

}  // namespace

std::string_view nameOf(ClockMode mode) {
    return mode == ClockMode::real ? "real" : mode == ClockMode::virtualTime ? "virtual" : "auto";
}

std::optional<ClockMode> clockModeNamed(std::string_view name) {
    for (const auto mode : {ClockMode::real, ClockMode::virtualTime, ClockMode::automatic})
        if (nameOf(mode) == name) return mode;
    return std::nullopt;
}

World::World(WorldOptions options, WorldHooks hooks)
    : store_(options.store),
      options_(std::move(options)),
      hooks_(std::move(hooks)),
      clock_(options_.clock.value_or(ClockMode::real), options_.start.value_or(options_.machine.wall()),
             options_.machine),
      seed_(options_.seed.value_or(seedOfTheMachine())),
      waits_(std::make_unique<Waits>()),
      hand_(std::make_unique<Hand>()),
      record_(options_.recordEntries) {
    openTables();
}

World::~World() {
    waits_.reset();  // a wait may hold what the services are made of
    for (auto& [name, service] : services_)
        if (service.forget) service.forget();  // and a service holds of ours
}

void World::openTables() {
    tables_ = {store_.table("meta"), store_.table("jobs"), store_.table("subscriptions"), store_.table("record"),
               store_.table("sweeps")};
    for (auto& [name, entry] : doors_) entry.rows = store_.table(entry.service->rows);
}

void World::add(Service service) {
    if (service.rows.empty()) service.rows = service.name;
    const std::string name = service.name;
    Service& added = services_[name] = std::move(service);
    if (added.callerWaits) listening_.push_back(&added);
    for (const auto& operation : added.operations)
        doors_[name + ':' + std::string(operation.name)] = {&added, &operation, store_.table(added.rows), {}};
}

World::Door* World::door(std::string_view service, std::string_view operation) {
    std::string name;
    name.reserve(service.size() + operation.size() + 1);
    name.append(service).append(1, ':').append(operation);
    const auto found = doors_.find(name);
    return found == doors_.end() ? nullptr : &found->second;
}

const Operation* World::find(std::string_view service, std::string_view operation) const {
    const Door* found = const_cast<World*>(this)->door(service, operation);
    return found ? found->operation : nullptr;
}

std::map<std::string, World::Count> World::counts() const {
    std::map<std::string, Count> result;
    for (const auto& [name, entry] : doors_)
        if (entry.count.calls) result[name] = entry.count;
    return result;
}

void World::submit(Submission submission) {
    if (clock_.mode() == ClockMode::automatic && !submission.client.expired())
        if (const Operation* operation = find(submission.service, submission.operation);
            operation && !(operation->flags & readOnly))
            waits_->patience.heardClient(std::chrono::steady_clock::now());
    queue_.push_back(std::move(submission));
    wakeShell();
}

void World::clientsLeft() {
    if (waits_->markLeft()) wakeShell();
}

void World::wakeShell() const {
    if (hooks_.onWork && !draining_) hooks_.onWork();
}

void World::tellCallerWaits(std::uint64_t entry, bool waits) const {
    for (const Service* service : listening_) service->callerWaits(entry, waits);
}

void World::check(std::string_view service, std::string_view operation, const Json& request) const {
    if (hooks_.checkRequest) hooks_.checkRequest(service, operation, request);
}

/// A client's request begins a cause of its own, numbered by arrival; one that comes from a function under an
/// invocation is numbered within that invocation, so that it is the same whatever else is going on.
Cause World::clientCause(const std::optional<Cause>& given, std::uint64_t& parent) {
    Cause cause;
    cause.entry = record_.reserve();
    if (given && given->entry) {
        parent = given->entry;
        if (childCalls_.size() > 100'000) childCalls_.clear();
        cause.dice = mix(mix(mix(seed_, "under"), given->entry), ++childCalls_[given->entry]);
    } else {
        parent = 0;
        cause.dice = mix(mix(seed_, boot_), ++arrivals_);
    }
    cause.trace = given && !given->trace.empty() ? given->trace : newTrace(now(), cause.dice);
    return cause;
}

Reply World::run(const Door& door, Call& call, const Json& request, bool fromClient) const {
    const Operation& operation = *door.operation;
    if (!kWatchesReading || !fromClient || !hooks_.onUnread) return operation.run(call, Fields(request));
    const Reading reading;
    Reply reply = operation.run(call, Fields(request));
    for (const auto& member : unreadMembers(request, reading))
        if (!passesOver(operation, member)) hooks_.onUnread(door.service->name, operation.name, member);
    return reply;
}

/// The one place where an operation runs. What it throws undoes its work; whatever is not an AwsError is our bug.
Outcome World::perform(Batch& batch, Door& door, const Json& request, const Caller& caller, std::optional<Wait>& wait) {
    const auto began = std::chrono::steady_clock::now();
    const Operation& operation = *door.operation;
    Outcome outcome = Json();
    RecordEntry entry{.sequence = caller.cause.entry,
                      .parent = caller.parent,
                      .trace = caller.cause.trace,
                      .kind = std::string(caller.kind),
                      .service = door.service->name,
                      .operation = std::string(operation.name),
                      .account = caller.account,
                      .region = caller.region,
                      .start = now(),
                      .end = now()};
    batch.begin(operation.flags & readOnly);
    try {
        std::optional<Fault> fault;
        if (hooks_.faultFor) fault = hooks_.faultFor(door.service->name, entry.operation, request, caller.cause);
        if (fault && fault->before) throw *fault->before;
        Call call(*this, batch, door.rows, caller.account, caller.region, now(), caller.cause);
        try {
            Reply reply = run(door, call, request, caller.isClient);
            entry.resource = std::move(call.resource_);
            if (reply.waits())
                wait = std::move(reply.wait());
            else
                outcome = std::move(reply.result());
        } catch (...) {
            entry.resource = std::move(call.resource_);
            throw;
        }
        batch.keep();
        if (fault && fault->after) {
            wait.reset();
            outcome = *fault->after;
        }
    } catch (const AwsError& error) {
        batch.undo();
        outcome = error;
    } catch (const DamageError& error) {  // in words: whoever asks must learn that it is no passing failure
        batch.undo();
        log::error(error.what());
        outcome = AwsError("InternalFailure", error.what(), 500);
    } catch (const std::exception& error) {
        if (batch.refused()) throw;  // drain() undoes everything
        batch.undo();
        log::error(door.service->name + ":" + entry.operation + " failed inside: " + error.what());
        outcome = internalFailure();
    }
    ++door.count.calls;
    if (const auto* error = std::get_if<AwsError>(&outcome)) {
        ++door.count.errors;
        entry.error = error->code();
    }
    lastEnded_ = std::chrono::steady_clock::now();
    entry.wallMicros = std::chrono::duration_cast<std::chrono::microseconds>(lastEnded_ - began).count();
    record_.addReserved(std::move(entry));
    return outcome;
}

void World::runSubmission(Batch& batch, Submission given) {
    const std::size_t number = hand_->requests.size();
    Submission& submission = hand_->requests.emplace_back(std::move(given));
    ++hand_->units;
    const auto answer = [&](Outcome outcome) {
        hand_->answers.push_back({std::move(submission.done), std::move(outcome), number});
    };
    std::uint64_t parent = 0;
    Cause cause = clientCause(submission.cause, parent);
    Door* found = door(submission.service, submission.operation);
    if (!found || (submission.fromClient && (found->operation->flags & internal)))
        return answer(AwsError("UnknownOperationException", "Backlot does not implement " + submission.service + ":" +
                                                                submission.operation + " yet."));
    std::optional<Wait> wait;
    Outcome outcome = Json();
    try {
        if (!submission.checked) check(submission.service, submission.operation, submission.request);
        outcome = perform(batch, *found, submission.request,
                          {submission.account, submission.region, cause, parent, "call", submission.fromClient}, wait);
    } catch (const AwsError& error) {  // of the check
        outcome = error;
    }
    if (!wait) return answer(std::move(outcome));
    Waits::Entry entry{.wait = std::move(*wait),
                       .door = found,
                       .account = submission.account,
                       .region = submission.region,
                       .cause = std::move(cause),
                       .parent = parent,
                       .client = submission.client,
                       .done = std::move(submission.done),
                       .since = now(),
                       .request = number};
    entry.hasClient =
        entry.client.owner_before(std::weak_ptr<void>()) || std::weak_ptr<void>().owner_before(entry.client);
    if (entry.wait.limit) {
        entry.lastAsk = now() + *entry.wait.limit;
        entry.wallLimit = std::chrono::steady_clock::now() + *entry.wait.limit;
    }
    hand_->parked.push_back(&waits_->park(std::move(entry)));
    if (parent) tellCallerWaits(parent, true);
}

void World::askWaiters(Batch& batch) {
    waits_->mark(now(), std::chrono::steady_clock::now());
    while (Waits::Entry* entry = waits_->takeMarked()) ask(batch, *entry);
}

/// Asks a wait that was taken from the marked ones; it ends or waits on.
void World::ask(Batch& batch, Waits::Entry& entry) {
    const std::uint64_t parent = entry.parent;
    const auto end = [&] {
        waits_->setAside(entry);
        if (parent) tellCallerWaits(parent, false);
    };
    if (entry.hasClient && entry.client.expired()) {
        if (entry.wait.abandoned) entry.wait.abandoned();
        return end();
    }
    ++hand_->units;
    const bool last = (entry.lastAsk && *entry.lastAsk <= now()) ||
                      (entry.wallLimit && *entry.wallLimit <= std::chrono::steady_clock::now());
    Cause cause = entry.cause;
    cause.dice = mix(cause.dice, ++entry.asks);
    std::optional<Outcome> outcome;
    entry.wait.askAt.reset();  // ask() may set another by way of the topic; a moment is asked at once
    batch.begin(false);
    try {
        Call call(*this, batch, entry.door->rows, entry.account, entry.region, now(), cause);
        std::optional<Json> result = entry.wait.ask(call, last);
        if (!result && last) result = object();
        if (result) outcome = std::move(*result);
        batch.keep();
    } catch (const AwsError& error) {
        batch.undo();
        outcome = error;
    } catch (const DamageError& error) {
        batch.undo();
        log::error(error.what());
        outcome = AwsError("InternalFailure", error.what(), 500);
    } catch (const std::exception& error) {
        if (batch.refused()) {
            end();  // rollBack() takes it up again
            throw;
        }
        batch.undo();
        log::error(std::string("a wait for ") + entry.wait.topic + " failed inside: " + error.what());
        outcome = internalFailure();
    }
    if (!outcome) return waits_->keepWaiting(entry);
    end();
    if (entry.jobKey.empty())
        hand_->answers.push_back({std::move(entry.done), std::move(*outcome), entry.request, &entry});
    else if (const auto row = batch.reader().get(tables_.jobs, entry.jobKey))
        finishJob(batch, entry.jobKey, rowJson(*row), entry.cause, std::move(*outcome));
}

void World::scanRecord(std::uint64_t after, const Record::Each& each) const {
    const Txn txn(store_.env(), Txn::Mode::read);
    record_.scan(txn, tables_.record, after, each);
}

void World::scanRecordBack(std::uint64_t before, const Record::Each& each) const {
    const Txn txn(store_.env(), Txn::Mode::read);
    record_.scanBack(txn, tables_.record, before, each);
}

}  // namespace backlot
