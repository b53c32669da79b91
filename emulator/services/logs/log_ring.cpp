#include "emulator/services/logs/log_ring.h"

#include <vector>

namespace backlot::logs {
namespace {

struct Entry {
    std::string key;
    LogBatch batch;
    Time came;
};

std::string rowOf(const LogBatch& batch, Time came) {
    return Key()
        .number(batch.stream.group)
        .number(batch.stream.stream)
        .number(batch.first)
        .number(batch.end)
        .integer(batch.from)
        .integer(batch.to)
        .number(batch.bytes)
        .time(came)
        .raw(batch.streamKey)
        .bytes();
}

Entry entryOf(std::string_view key, std::string_view row) {
    KeyReader reader(row);
    Entry entry{.key = std::string(key)};
    LogBatch& batch = entry.batch;
    batch.stream.group = reader.number();
    batch.stream.stream = reader.number();
    batch.first = reader.number();
    batch.end = reader.number();
    batch.from = reader.integer();
    batch.to = reader.integer();
    batch.bytes = reader.number();
    entry.came = reader.time();
    batch.streamKey = reader.rest();
    return entry;
}

std::vector<Entry> oldest(const Call& call, std::size_t most) {
    std::vector<Entry> result;
    call.scan(batchesKey(), [&](std::string_view key, std::string_view row) {
        result.push_back(entryOf(key, row));
        return result.size() < most;
    });
    return result;
}

/// The batch's events; others of the stream may lie between them. A stream that has no more goes as well.
void removeEvents(Call& call, const LogBatch& batch) {
    const Key events = eventsKey(batch.stream);
    std::vector<std::string> keys;
    call.scan(
        events,
        [&](std::string_view key, std::string_view) {
            const Place place = placeOf(key, events);
            if (place.millis > batch.to) return false;
            if (place.sequence >= batch.first && place.sequence < batch.end) keys.emplace_back(key);
            return true;
        },
        keyOf(events, {batch.from, 0}).bytes());
    for (const auto& key : keys) call.erase(key);
    const auto stream = call.getJson(batch.streamKey);
    const bool over = stream && idOf(*stream).stream == batch.stream.stream &&
                      static_cast<std::uint64_t>(intOr(*stream, "next", 0)) == batch.end;
    if (over) call.erase(batch.streamKey);
}

}  // namespace

void noteBatch(Call& call, const LogBatch& batch, const Retention& retention) {
    std::uint64_t next = 0, bytes = 0;
    if (const auto ring = call.get(ringKey())) {
        KeyReader reader(*ring);
        next = reader.number();
        bytes = reader.number();
    }
    call.put(batchKey(next), rowOf(batch, call.now));
    bytes += batch.bytes;
    if (bytes > retention.logBytes || next % 16 == 0)  // their ages are looked at now and then
        for (const auto& entry : oldest(call, 2)) {
            if (bytes <= retention.logBytes && entry.came + retention.logAge > call.now) break;
            removeEvents(call, entry.batch);
            call.erase(entry.key);
            bytes -= entry.batch.bytes;
        }
    call.put(ringKey(), Key().number(next + 1).number(bytes).bytes());
}

}  // namespace backlot::logs
