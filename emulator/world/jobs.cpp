// Jobs: rows that name an operation and when it is due. Keys are ("d"|"b"|"r", due, sequence): due, due in the
// background, running (its operation left a wait). A subscription makes a job whenever its topic is signalled.

#include <algorithm>

#include "emulator/base/hash.h"
#include "emulator/base/log.h"
#include "emulator/world/batch.h"
#include "emulator/world/hand.h"
#include "emulator/world/jobs.h"
#include "emulator/world/row_json.h"

namespace backlot {
namespace {

Json errorJson(const AwsError& error) {
    Json result = object({{"code", error.code()}, {"message", error.message()}, {"httpStatus", error.httpStatus()}});
    if (error.extra()) set(result, "extra", copy(*error.extra()));
    return result;
}

/// The part of a job's key behind its kind.
std::string_view placeOf(std::string_view key) { return key.substr(Key("d").bytes().size()); }

std::string runningKey(std::string_view key) { return Key("r").raw(placeOf(key)).bytes(); }

std::optional<std::string> firstKey(const Txn& txn, Table jobs, const char* kind) {
    Cursor cursor(txn, jobs);
    const Key prefix(kind);
    if (!cursor.seek(prefix) || !cursor.key().starts_with(prefix.bytes())) return std::nullopt;
    return std::string(cursor.key());
}

Time dueOf(std::string_view key) { return KeyReader(placeOf(key)).time(); }

}  // namespace

std::string problemOfJob(std::string_view key, std::string_view value) {
    const std::string name = "the job " + readableKey(key) + " ";
    const bool known =
        key.starts_with(Key("d").bytes()) || key.starts_with(Key("b").bytes()) || key.starts_with(Key("r").bytes());
    if (!known || placeOf(key).size() != 16) return name + "has a key that cannot be";
    const auto row = tryParseJson(value, kRowLevels);
    if (!row || !row->IsObject()) return name + "is no JSON";
    for (const char* member : {"service", "operation", "request", "account", "region", "dice"})
        if (!find(*row, member)) return name + "has no " + member;
    return {};
}

JobId World::storeJob(Call& call, Time due, Job job) {
    Json row = object({{"service", job.service},
                       {"operation", job.operation},
                       {"request", std::move(job.request)},
                       {"account", job.account.empty() ? call.account : job.account},
                       {"region", job.region.empty() ? call.region : job.region},
                       {"parent", call.cause.entry},
                       {"trace", call.cause.trace},
                       {"dice", call.roll("job")}});
    if (!job.label.empty()) set(row, "label", job.label);
    if (job.replyTo)
        set(row, "replyTo",
            object({{"service", job.replyTo->service},
                    {"operation", job.replyTo->operation},
                    {"context", std::move(job.replyTo->context)}}));
    const JobId id{due, nextJob_++};
    call.batch_.writer().put(tables_.jobs, Key(job.background ? "b" : "d").time(due).number(id.sequence),
                             writeJson(row));
    if (!nextDue_ || due < *nextDue_) nextDue_ = due;
    return id;
}

void World::refreshNextJob(const Txn& txn) {
    const auto foreground = firstKey(txn, tables_.jobs, "d"), background = firstKey(txn, tables_.jobs, "b");
    nextForeground_ = foreground ? std::optional(dueOf(*foreground)) : std::nullopt;
    nextDue_ = nextForeground_;
    if (background && (!nextDue_ || dueOf(*background) < *nextDue_)) nextDue_ = dueOf(*background);
}

bool World::runDueJob(Batch& batch) {
    if (!nextDue_ || *nextDue_ > now()) return false;
    std::optional<std::string> key;
    {
        const Txn& txn = batch.reader();
        key = firstKey(txn, tables_.jobs, "d");
        const auto background = firstKey(txn, tables_.jobs, "b");
        if (background && (!key || placeOf(*background) < placeOf(*key))) key = background;
    }
    if (!key || dueOf(*key) > now()) {
        refreshNextJob(batch.reader());
        return false;
    }
    ++hand_->units;
    const Json row = rowJson(*batch.reader().get(tables_.jobs, *key));
    if (const Json* pending = backlot::find(row, "pending"))
        batch.writer().erase(tables_.subscriptions,
                             Key("p").text(textOr(*pending, "topic")).text(textOr(*pending, "name")));
    const std::string account = textOr(row, "account"), region = textOr(row, "region");
    const auto dice = backlot::find(row, "dice")->GetUint64(), parent = backlot::find(row, "parent")->GetUint64();
    Cause cause{.entry = record_.reserve(), .dice = dice, .trace = textOr(row, "trace")};
    Door* found = door(textOr(row, "service"), textOr(row, "operation"));
    Outcome outcome = Json();
    std::optional<Wait> wait;
    if (!found)
        outcome = AwsError("UnknownOperationException", "Backlot does not implement " + textOr(row, "service") + ":" +
                                                            textOr(row, "operation") + " yet.");
    else
        outcome = perform(batch, *found, *backlot::find(row, "request"), {account, region, cause, parent, "job"}, wait);
    if (!wait) {
        finishJob(batch, *key, row, cause, std::move(outcome));
        return true;
    }
    // Its answer comes later. The row stays, so that it runs again if the process ends before that.
    const std::string running = runningKey(*key);
    batch.writer().erase(tables_.jobs, *key);
    batch.writer().put(tables_.jobs, running, writeJson(row));
    Waits::Entry entry{.wait = std::move(*wait),
                       .door = found,
                       .account = account,
                       .region = region,
                       .cause = std::move(cause),
                       .jobKey = running,
                       .since = now()};
    if (entry.wait.limit) entry.lastAsk = now() + *entry.wait.limit;
    hand_->parked.push_back(&waits_->park(std::move(entry)));
    return true;
}

/// Removes the row and hands the answer on, in the transaction of the job's effects.
void World::finishJob(Batch& batch, const std::string& key, const Json& row, const Cause& cause, Outcome outcome) {
    batch.writer().erase(tables_.jobs, key);
    const auto* error = std::get_if<AwsError>(&outcome);
    const Json* replyTo = backlot::find(row, "replyTo");
    if (!replyTo) {
        if (error)
            log::info("job " + textOr(row, "service") + ":" + textOr(row, "operation") + " failed: " + error->code() +
                      ": " + error->message());
        return;
    }
    Door* found = door(textOr(*replyTo, "service"), textOr(*replyTo, "operation"));
    if (!found) {
        log::error("nobody takes the answer: " + textOr(*replyTo, "service") + ":" + textOr(*replyTo, "operation"));
        return;
    }
    const std::string account = textOr(row, "account"), region = textOr(row, "region");
    Json request = object({{"context", copy(*backlot::find(*replyTo, "context"))}});
    if (error)
        set(request, "error", errorJson(*error));
    else
        set(request, "output", std::move(std::get<Json>(outcome)));
    std::optional<Wait> wait;
    Cause own{.entry = record_.reserve(), .dice = mix(cause.dice, "reply"), .trace = cause.trace};
    perform(batch, *found, request, {account, region, std::move(own), cause.entry, "job"}, wait);
    if (wait) log::error("the answer to a job may not wait: " + textOr(*replyTo, "operation"));
}

void World::fireSubscriptions(Batch& batch, const std::string& topic) {
    const Key prefix = Key("s").text(topic);
    std::vector<std::pair<std::string, std::string>> found;
    {
        Cursor rows(batch.reader(), tables_.subscriptions);
        for (bool more = rows.seek(prefix); more && rows.key().starts_with(prefix.bytes()); more = rows.next())
            found.emplace_back(rows.key(), rows.value());
    }
    for (const auto& [key, text] : found) {
        KeyReader reader(key);
        reader.text();
        reader.text();
        const std::string name = reader.text();
        const Key pending = Key("p").text(topic).text(name);
        if (batch.reader().get(tables_.subscriptions, pending)) continue;
        Json row = rowJson(text);
        set(row, "parent", record_.last());
        set(row, "trace", "");
        set(row, "dice", mix(mix(mix(seed_, topic), name), nextJob_));
        set(row, "pending", object({{"topic", topic}, {"name", name}}));
        batch.writer().put(tables_.subscriptions, pending, "1");
        batch.writer().put(tables_.jobs, Key("d").time(now()).number(nextJob_++), writeJson(row));
        if (!nextDue_ || now() < *nextDue_) nextDue_ = now();
    }
}

std::vector<DueItem> World::due(std::size_t limit) const {
    std::vector<DueItem> result;
    if (!store_.usable()) return result;
    const Txn txn(store_.env(), Txn::Mode::read);
    for (const char* kind : {"d", "b"}) {
        const Key prefix(kind);
        Cursor rows(txn, tables_.jobs);
        std::size_t taken = 0;
        for (bool more = rows.seek(prefix); more && taken < limit && rows.key().starts_with(prefix.bytes());
             more = rows.next(), ++taken) {
            const Json row = rowJson(rows.value());
            result.push_back({dueOf(rows.key()), textOr(row, "service"), textOr(row, "operation"), textOr(row, "label"),
                              *kind == 'b'});
        }
    }
    std::stable_sort(result.begin(), result.end(), [](const DueItem& a, const DueItem& b) { return a.due < b.due; });
    if (result.size() > limit) result.resize(limit);
    return result;
}

/// Jobs that waited for their answer when the process ended run again.
void World::open() {
    Txn txn(store_.env(), Txn::Mode::write);
    record_.open(txn, tables_.record);
    std::vector<std::pair<std::string, std::string>> running;
    nextJob_ = 1;
    for (const char* kind : {"d", "b", "r"}) {
        const Key prefix(kind);
        Cursor rows(txn, tables_.jobs);
        for (bool more = rows.seek(prefix); more && rows.key().starts_with(prefix.bytes()); more = rows.next()) {
            KeyReader place(placeOf(rows.key()));
            place.time();
            nextJob_ = std::max(nextJob_, place.number() + 1);
            if (*kind == 'r') running.emplace_back(rows.key(), rows.value());
        }
    }
    for (const auto& [key, row] : running) {
        txn.erase(tables_.jobs, key);
        txn.put(tables_.jobs, Key("d").raw(placeOf(key)), row);
    }
    const auto boots = txn.get(tables_.meta, "boots");
    boot_ = (boots ? std::stoull(std::string(*boots)) : 0) + 1;
    txn.put(tables_.meta, "boots", std::to_string(boot_));
    if (const auto stored = txn.get(tables_.meta, "clock")) {
        storedClock_ = *stored;
        const Json clock = parseJson(storedClock_);
        if (!started_ && !options_.clock)
            if (const auto mode = clockModeNamed(textOr(clock, "mode"))) {
                clock_.setMode(*mode);
                modeIsSet_ = true;
            }
        const Duration value(intOr(clock, "value", 0));
        clock_.restore(textOr(clock, "is") == "offset" ? options_.machine.wall() + value : Time(value));
    }
    nextSweep_.reset();
    if (txn.count(tables_.sweeps)) nextSweep_ = std::chrono::steady_clock::now();
    refreshNextJob(txn);
    txn.commit();
    arrivals_ = 0;
    childCalls_.clear();
}

/// A world whose clock was moved goes on from there after a restart.
void World::storeClock(Txn& txn) {
    const bool real = clock_.mode() == ClockMode::real;
    const auto value = real ? clock_.offset().count() : now().time_since_epoch().count();
    const bool isMachines = real && !modeIsSet_ && !options_.start && value > -1'000'000 && value < 1'000'000;
    std::string text = writeJson(object({{"is", real ? "offset" : "time"},
                                         {"value", value},
                                         {"mode", modeIsSet_ ? std::optional(nameOf(clock_.mode())) : std::nullopt}}));
    if (text == storedClock_ || (storedClock_.empty() && isMachines)) return;
    txn.put(tables_.meta, "clock", text);
    storedClock_ = std::move(text);
}

}  // namespace backlot
