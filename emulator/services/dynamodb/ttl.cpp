#include "emulator/services/dynamodb/ttl.h"

#include <cmath>
#include <vector>

#include "emulator/base/base64.h"
#include "emulator/services/dynamodb/changes.h"
#include "emulator/services/dynamodb/errors.h"
#include "emulator/services/dynamodb/indexes.h"
#include "emulator/services/dynamodb/keys.h"
#include "emulator/services/dynamodb/number.h"
#include "emulator/services/dynamodb/rows.h"

namespace backlot::dynamodb {
namespace {

constexpr std::size_t kItemsAtOnce = 100;
constexpr std::int64_t kLatestSeconds = 253'402'300'799;        // the end of the year 9999
constexpr std::int64_t kOldestSeconds = 5LL * 365 * 24 * 3600;  // what expired before is left alone

/// The item's expiry in whole seconds; nothing where it has none that could ever come.
std::optional<std::int64_t> expiryOf(const TableInfo& table, std::optional<std::string_view> item) {
    if (!item) return std::nullopt;
    const auto value = findAttribute(*item, table.ttlAttribute);
    if (!value || value->type != Type::N) return std::nullopt;
    const double seconds = std::strtod(Number::fromKey(value->payload).text().c_str(), nullptr);
    if (seconds < 1 || seconds > static_cast<double>(kLatestSeconds)) return std::nullopt;
    return static_cast<std::int64_t>(seconds);
}

Time sweepTime(const Memory& memory, std::int64_t seconds) {
    return Time(std::chrono::seconds(seconds)) + memory.settings.expirySweepDelay;
}

void scheduleSweep(Memory& memory, Call& call, const TableInfo& table, std::int64_t seconds) {
    const auto due = std::max(sweepTime(memory, seconds), call.now);
    if (const auto scheduled = call.getJson(sweepRow(table.id))) {
        if (Time(Duration(intOr(*scheduled, "due", 0))) <= due) return;
        if (const auto job = JobId::parse(textOr(*scheduled, "job"))) call.cancel(*job);
    }
    const auto job = call.later(due, {.service = "dynamodb",
                                      .operation = "SweepExpired",
                                      .request = object({{"table", table.name}, {"tableId", table.id}}),
                                      .account = table.account,
                                      .region = table.region,
                                      .background = true,
                                      .label = "remove expired items of " + table.name});
    call.putJson(sweepRow(table.id), object({{"due", due.time_since_epoch().count()}, {"job", job.text()}}));
}

Json description(const TableInfo& table) {
    if (table.ttlAttribute.empty()) return object({{"TimeToLiveStatus", "DISABLED"}});
    return object({{"TimeToLiveStatus", "ENABLED"}, {"AttributeName", table.ttlAttribute}});
}

}  // namespace

void noteExpiry(Memory& memory, Call& call, const TableInfo& table, std::string_view itemKey,
                std::optional<std::string_view> before, std::optional<std::string_view> after) {
    const auto old = expiryOf(table, before), now = expiryOf(table, after);
    if (old == now) return;
    if (old) call.erase(expiryRow(table, *old, itemKey));
    if (!now || *now < wholeSeconds(call.now) - kOldestSeconds) return;
    call.put(expiryRow(table, *now, itemKey), "1");
    scheduleSweep(memory, call, table, *now);
}

void listExpiries(Call& call, const TableInfo& table) {
    call.soon({.service = "dynamodb",
               .operation = "ListExpiries",
               .request = object({{"table", table.name}, {"tableId", table.id}, {"from", ""}}),
               .label = "list expiries of " + table.name});
}

void forgetExpiries(Call& call, const TableInfo& table) {
    if (const auto scheduled = call.getJson(sweepRow(table.id))) {
        if (const auto job = JobId::parse(textOr(*scheduled, "job"))) call.cancel(*job);
        call.erase(sweepRow(table.id));
    }
    call.sweep(expiriesPrefix(table));
}

Json listExpiriesPortion(Memory& memory, Call& call, const Fields& request) {
    const auto table = findTable(memory, call, request.text("table"));
    if (!table || static_cast<std::int64_t>(table->id) != request.integer("tableId") || table->ttlAttribute.empty())
        return object();
    std::vector<std::pair<std::string, std::int64_t>> found;
    std::string next;
    std::size_t seen = 0;
    call.scan(
        itemsPrefix(table->id),
        [&](std::string_view key, std::string_view item) {
            if (seen++ == kItemsAtOnce) {
                next = key;
                return false;
            }
            const auto expiry = expiryOf(*table, item);
            if (expiry && *expiry >= wholeSeconds(call.now) - kOldestSeconds) found.emplace_back(key, *expiry);
            return true;
        },
        base64Decode(request.text("from")).value_or(""));
    for (const auto& [key, expiry] : found) {
        call.put(expiryRow(*table, expiry, key), "1");
        scheduleSweep(memory, call, *table, expiry);
    }
    if (!next.empty())
        call.soon({.service = "dynamodb",
                   .operation = "ListExpiries",
                   .request = object({{"table", table->name}, {"tableId", table->id}, {"from", base64Encode(next)}}),
                   .label = "list expiries of " + table->name});
    return object();
}

Json sweepExpired(Memory& memory, Call& call, const Fields& request) {
    const auto table = findTable(memory, call, request.text("table"));
    if (!table || static_cast<std::int64_t>(table->id) != request.integer("tableId") || table->ttlAttribute.empty())
        return object();
    call.erase(sweepRow(table->id));
    std::vector<std::pair<std::string, std::string>> expired;  // row of the expiry, key of the item
    std::optional<std::int64_t> next;
    const auto prefix = expiriesPrefix(*table);
    call.scan(prefix, [&](std::string_view key, std::string_view) {
        KeyReader reader(key.substr(prefix.size()));
        const auto seconds = reader.integer();
        if (sweepTime(memory, seconds) > call.now || expired.size() == kItemsAtOnce) {
            next = seconds;
            return false;
        }
        expired.emplace_back(key, reader.rest());
        return true;
    });
    for (const auto& [row, itemKey] : expired) {
        call.erase(row);
        const auto item = call.get(itemKey);
        if (!item) continue;
        const std::string before(*item);
        changeItem(memory, call, *table, itemKey, before, std::nullopt, Actor::timeToLive);
    }
    if (next) scheduleSweep(memory, call, *table, *next);
    return object();
}

Json updateTimeToLive(Memory& memory, Call& call, const Fields& request) {
    const auto specification = request.child("TimeToLiveSpecification");
    const auto attribute = specification.text("AttributeName");
    const bool enabled = specification.valueOr("Enabled", false);
    const auto table = requireTableNamed(memory, call, request.text("TableName"));
    if (enabled && !table->ttlAttribute.empty())
        throw validation(table->ttlAttribute == attribute
                             ? "TimeToLive is already enabled"
                             : "TimeToLive is active on a different AttributeName: current AttributeName is " +
                                   table->ttlAttribute);
    if (!enabled && table->ttlAttribute.empty()) throw validation("TimeToLive is already disabled");
    if (!enabled && table->ttlAttribute != attribute)
        throw validation("TimeToLive is active on a different AttributeName: current AttributeName is " +
                         table->ttlAttribute);
    TableInfo changed = *table;
    if (enabled) {
        changed.ttlAttribute = attribute;
        changed.expiries = newId(call);
        listExpiries(call, changed);
    } else {
        forgetExpiries(call, changed);
        changed.ttlAttribute.clear();
    }
    save(call, changed);
    return object({{"TimeToLiveSpecification", object({{"Enabled", enabled}, {"AttributeName", attribute}})}});
}

Json describeTimeToLive(Memory& memory, Call& call, const Fields& request) {
    return object(
        {{"TimeToLiveDescription", description(*requireTableNamed(memory, call, request.text("TableName")))}});
}

}  // namespace backlot::dynamodb
