#include "emulator/world/call.h"

#include <cstdio>

#include "emulator/base/hash.h"
#include "emulator/base/log.h"
#include "emulator/world/batch.h"
#include "emulator/world/row_json.h"
#include "emulator/world/world.h"

namespace backlot {

std::string JobId::text() const {
    return std::to_string(due.time_since_epoch().count()) + "." + std::to_string(sequence);
}

std::optional<JobId> JobId::parse(std::string_view text) {
    const auto dot = text.find('.');
    if (dot == std::string_view::npos) return std::nullopt;
    const std::string due(text.substr(0, dot)), sequence(text.substr(dot + 1));
    return JobId{Time(Duration(std::strtoll(due.c_str(), nullptr, 10))), std::strtoull(sequence.c_str(), nullptr, 10)};
}

Call::Call(World& world, Batch& batch, Table rows, std::string account, std::string region, Time now, Cause cause)
    : account(std::move(account)),
      region(std::move(region)),
      now(now),
      cause(std::move(cause)),
      world_(world),
      batch_(batch),
      rows_(rows) {}

std::optional<std::string_view> Call::get(std::string_view key) const { return batch_.reader().get(rows_, key); }

std::optional<Json> Call::getJson(std::string_view key) const {
    const auto text = get(key);
    return text ? std::optional(rowJson(*text)) : std::nullopt;
}

void Call::put(std::string_view key, std::string_view value) { batch_.writer().put(rows_, key, value); }
bool Call::erase(std::string_view key) { return batch_.writer().erase(rows_, key); }

std::size_t Call::erasePrefix(std::string_view prefix) {
    return batch_.writer().eraseRange(rows_, prefix, endOfPrefix(prefix));
}

void Call::sweep(std::string_view prefix) {
    constexpr std::size_t kAtOnce = 64;
    if (!batch_.writer().eraseSome(rows_, prefix, kAtOnce)) world_.sweepLater(batch_.writer(), rows_, prefix);
}

Cursor Call::cursor() const { return Cursor(batch_.reader(), rows_); }

void Call::scan(std::string_view prefix, const std::function<bool(std::string_view, std::string_view)>& each,
                std::string_view from) const {
    Cursor rows = cursor();
    for (bool more = rows.seek(from > prefix ? from : prefix); more && rows.key().starts_with(prefix);
         more = rows.next())
        if (!each(rows.key(), rows.value())) return;
}

std::uint64_t Call::roll(std::string_view kind) { return mix(mix(cause.dice, kind), draws_++); }
double Call::chance(std::string_view kind) { return static_cast<double>(roll(kind) >> 11) * 0x1.0p-53; }

std::string Call::hexId(std::string_view kind, std::size_t digits) {
    std::string result;
    for (std::uint64_t word = roll(kind); result.size() < digits; word = mix(word, result.size()))
        appendHex(result, word, 16);
    result.resize(digits);
    return result;
}

std::string Call::uuid(std::string_view kind) {
    std::string digits = hexId(kind, 32);
    digits[12] = '4';
    digits[16] = "89ab"[digits[16] % 4];
    for (const std::size_t dash : {20u, 16u, 12u, 8u}) digits.insert(dash, 1, '-');
    return digits;
}

std::string Call::randomText(std::string_view kind, std::size_t length, std::string_view alphabet) {
    std::string result;
    std::uint64_t word = roll(kind);
    while (result.size() < length) {
        result += alphabet[word % alphabet.size()];
        word = mix(word, result.size());
    }
    return result;
}

std::optional<unsigned> Call::flags(std::string_view service, std::string_view operation) const {
    const Operation* found = world_.find(service, operation);
    return found ? std::optional(found->flags) : std::nullopt;
}

void Call::check(std::string_view service, std::string_view operation, const Json& request) const {
    world_.check(service, operation, request);
}

Outlet Call::outlet() const { return Outlet(world_); }
ClockMode Call::clockMode() const { return world_.clock().mode(); }

std::uint64_t Call::reserveEntry() { return world_.record().reserve(); }
void Call::addReserved(RecordEntry entry) { world_.record().addReserved(std::move(entry)); }
void Call::scanRecord(std::uint64_t after, const EachEntry& each) const { world_.scanRecord(after, each); }
void Call::scanRecordBack(std::uint64_t before, const EachEntry& each) const { world_.scanRecordBack(before, each); }

void Outlet::submit(Submission submission) const {
    submission.fromClient = false;
    world_->submit(std::move(submission));
}
std::shared_ptr<BusyHold> Outlet::hold(std::string kind, std::string id, std::string why) const {
    return world_->hold(std::move(kind), std::move(id), std::move(why));
}
Time Outlet::now() const { return world_->now(); }

Json Call::invoke(std::string_view service, std::string_view operation, const Json& request) {
    return invokeAs(account, region, service, operation, request);
}

Json Call::invokeAs(std::string_view asAccount, std::string_view asRegion, std::string_view service,
                    std::string_view operation, const Json& request) {
    World::Door* door = world_.door(service, operation);
    if (!door)
        throw AwsError("UnknownOperationException",
                       "Backlot has no operation " + std::string(service) + ":" + std::string(operation) + ".");
    Cause own{.entry = world_.record_.reserve(), .dice = roll("invoke"), .trace = cause.trace};
    const std::string calleeAccount(asAccount), calleeRegion(asRegion);
    std::optional<Wait> wait;
    Outcome outcome = world_.perform(batch_, *door, request,
                                     {calleeAccount, calleeRegion, std::move(own), cause.entry, "call"}, wait);
    if (auto* error = std::get_if<AwsError>(&outcome)) throw std::move(*error);
    if (wait)
        throw AwsError("InternalFailure",
                       std::string(service) + ":" + std::string(operation) + " would wait inside another operation.",
                       500);
    return std::move(std::get<Json>(outcome));
}

JobId Call::later(Time due, Job job) { return world_.storeJob(*this, due, std::move(job)); }

bool Call::cancel(const JobId& job) {
    for (const char* kind : {"d", "b", "r"})
        if (batch_.writer().erase(world_.tables_.jobs, Key(kind).time(job.due).number(job.sequence))) return true;
    return false;
}

void Call::signal(std::string_view topic) { batch_.signal(topic); }

void Call::subscribe(std::string_view topic, std::string_view name, Job job) {
    if (job.account.empty()) job.account = account;
    if (job.region.empty()) job.region = region;
    batch_.writer().put(world_.tables_.subscriptions, Key("s").text(topic).text(name),
                        writeJson(object({{"service", job.service},
                                          {"operation", job.operation},
                                          {"request", std::move(job.request)},
                                          {"account", job.account},
                                          {"region", job.region},
                                          {"label", job.label}})));
}

void Call::unsubscribe(std::string_view topic, std::string_view name) {
    batch_.writer().erase(world_.tables_.subscriptions, Key("s").text(topic).text(name));
}

bool Call::hasSubscribers(std::string_view topic) const {
    const Key prefix = Key("s").text(topic);
    Cursor rows(batch_.reader(), world_.tables_.subscriptions);
    return rows.seek(prefix) && rows.key().starts_with(prefix.bytes());
}

void Call::afterCommit(std::function<void()> action) { batch_.afterCommit(std::move(action)); }
void Call::ifUndone(std::function<void()> action) { batch_.ifUndone(std::move(action)); }
void Call::about(std::string_view resource) { resource_ = resource; }

std::uint64_t Call::note(RecordEntry entry) {
    entry.parent = cause.entry;
    if (entry.trace.empty()) entry.trace = cause.trace;
    if (entry.account.empty()) entry.account = account;
    if (entry.region.empty()) entry.region = region;
    if (entry.start == Time{}) entry.start = now;
    if (entry.end == Time{}) entry.end = now;
    return world_.record_.add(std::move(entry));
}

}  // namespace backlot
