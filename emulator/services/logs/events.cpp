#include "emulator/services/logs/events.h"

#include <algorithm>
#include <functional>
#include <limits>

#include "emulator/services/logs/errors.h"
#include "emulator/services/logs/event_rows.h"
#include "emulator/services/logs/groups.h"
#include "emulator/services/logs/log_ring.h"
#include "emulator/services/logs/streams.h"
#include "emulator/services/logs/subscriptions.h"

namespace backlot::logs {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kBatchLimitBytes = 1'048'576;

struct Token {
    bool forward = true;
    Place place;
};

Token tokenOf(const std::string& text) {
    if (text.size() == 60 && (text.starts_with("f/") || text.starts_with("b/")) && text.ends_with("/s"))
        if (const auto place = placeOfDigits(std::string_view(text).substr(2, 56))) return {text[0] == 'f', *place};
    throw invalidParameter("The specified nextToken is invalid.");
}

std::string tokenText(char direction, Place place) { return std::string(1, direction) + "/" + digits(place) + "/s"; }

/// Stores the events and brings the stream's row up to date.
void store(Call& call, const std::string& group, const std::string& name, Json& stream,
           const std::vector<Event>& events, const Retention& retention) {
    if (events.empty()) return;
    const Key prefix = eventsKey(idOf(stream));
    auto next = static_cast<std::uint64_t>(intOr(stream, "next", 0));
    auto first = intOr(stream, "firstEventTimestamp", events.front().place.millis),
         last = intOr(stream, "lastEventTimestamp", 0);
    const std::int64_t ingested = epochMillis(call.now);
    const Key row = streamKey(call, group, name);
    LogBatch batch{.stream = idOf(stream),
                   .first = next,
                   .from = events.front().place.millis,
                   .to = events.front().place.millis,
                   .streamKey = row.bytes()};
    std::string value;
    for (const Event& event : events) {
        value.assign(reinterpret_cast<const char*>(&ingested), sizeof ingested);
        value += event.message;
        call.put(keyOf(prefix, {event.place.millis, next++}), value);
        first = std::min(first, event.place.millis);
        last = std::max(last, event.place.millis);
        batch.from = std::min(batch.from, event.place.millis);
        batch.to = std::max(batch.to, event.place.millis);
        batch.bytes += value.size() + kEventOverheadBytes;
    }
    batch.end = next;
    set(stream, "next", next);
    set(stream, "firstEventTimestamp", first);
    set(stream, "lastEventTimestamp", last);
    set(stream, "lastIngestionTime", ingested);
    call.putJson(row, stream);
    noteBatch(call, batch, retention);
}

std::vector<LogLine> linesOf(const std::vector<Event>& events, std::uint64_t firstSequence, std::string_view stream) {
    std::vector<LogLine> lines;
    for (const Event& event : events)
        lines.push_back({eventIdOf({event.place.millis, firstSequence++}, stream), event.place.millis, event.message});
    return lines;
}

struct Window {
    std::int64_t from, to;  // milliseconds, `to` not included
};

Window windowOf(const Fields& request) {
    return {request.valueOr("startTime", 0), request.valueOr("endTime", std::numeric_limits<std::int64_t>::max())};
}

/// Goes over a stream's events in a window, in either direction, from a place (not included) if one is given.
void walk(const Call& call, const Key& stream, Window window, std::optional<Place> from, bool forward,
          const std::function<bool(Event)>& each) {
    Cursor rows = call.cursor();
    const auto inside = [&] { return rows.valid() && rows.key().starts_with(stream.bytes()); };
    bool more;
    if (forward) {
        const Place start = std::max(from ? Place{from->millis, from->sequence + 1} : Place{}, Place{window.from, 0});
        more = rows.seek(keyOf(stream, start));
    } else {
        const Place end = std::min(from.value_or(Place{window.to, 0}), Place{window.to, 0});
        more = rows.seekBefore(keyOf(stream, end));
    }
    for (; more && inside(); more = forward ? rows.next() : rows.previous()) {
        Event event = eventOf(rows.key(), rows.value(), stream);
        if (forward ? event.place.millis >= window.to : event.place.millis < window.from) return;
        if (!each(std::move(event))) return;
    }
}

/// What a batch may not be, and which of its events are too old or too new.
struct Sorted {
    std::vector<Event> events;
    std::optional<std::size_t> tooNewFrom, tooOldUntil, expiredUntil;
};

Sorted sortOut(Call& call, const Fields& request, const Json& group) {
    Sorted result;
    std::size_t bytes = 0, index = 0;
    std::optional<std::int64_t> first, previous;
    const auto retention = intOr(group, "retentionInDays", 0);
    const auto now = epochMillis(call.now), day = std::int64_t{86'400'000};
    for (const Json* item : request.items("logEvents")) {
        const Fields entry(*item);
        Event event{.place = {entry.integer("timestamp"), 0}, .message = entry.text("message")};
        const auto millis = event.place.millis;
        bytes += event.message.size() + kEventOverheadBytes;
        if (previous && millis < *previous)
            throw invalidParameter("Log events in a single PutLogEvents request must be in chronological order.");
        previous = millis;
        if (!first) first = millis;
        if (millis - *first > day)
            throw invalidParameter(
                "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.");
        if (millis > now + 2 * 3'600'000) {
            if (!result.tooNewFrom) result.tooNewFrom = index;
        } else if (millis < now - 14 * day) {
            result.tooOldUntil = index + 1;
        } else if (retention && millis < now - retention * day) {
            result.expiredUntil = index + 1;
        } else {
            result.events.push_back(std::move(event));
        }
        ++index;
    }
    if (bytes > kBatchLimitBytes)
        throw invalidParameter("Upload too large: " + std::to_string(bytes) + " bytes exceeds limit of " +
                               std::to_string(kBatchLimitBytes));
    return result;
}

}  // namespace

Json putLogEvents(Call& call, const Fields& request, const Retention& retention) {
    const auto groupName = request.text("logGroupName"), streamName = request.text("logStreamName");
    call.about(groupName);
    const Json group = requireGroup(call, groupName);
    Json stream = requireStream(call, groupName, streamName);
    const Sorted sorted = sortOut(call, request, group);
    const auto before = static_cast<std::uint64_t>(intOr(stream, "next", 0));
    store(call, groupName, streamName, stream, sorted.events, retention);
    if (hasSubscriptions(call, groupName))
        deliver(call, groupName, streamName, linesOf(sorted.events, before, streamName));

    Json answer = object({{"nextSequenceToken", sequenceToken(intOr(stream, "next", 0) + 1)}});
    if (sorted.tooNewFrom || sorted.tooOldUntil || sorted.expiredUntil)
        set(answer, "rejectedLogEventsInfo",
            object({{"tooNewLogEventStartIndex", sorted.tooNewFrom},
                    {"tooOldLogEventEndIndex", sorted.tooOldUntil},
                    {"expiredLogEventEndIndex", sorted.expiredUntil}}));
    return answer;
}

Json appendLogs(Call& call, const Fields& request, const Retention& retention) {
    const auto groupName = request.text("logGroupName"), streamName = request.text("logStreamName");
    call.about(groupName);
    auto stream = findStream(call, groupName, streamName);
    if (!stream) {
        const auto found = findGroup(call, groupName);
        const Json group = found ? copy(*found) : makeGroup(call, groupName);
        stream = makeStream(call, groupName, group, streamName);
    }
    std::vector<Event> events;
    for (const Json* item : request.items("events"))
        events.push_back(
            {.place = {intOr(*item, "timestamp", epochMillis(call.now)), 0}, .message = textOr(*item, "message")});
    const auto before = static_cast<std::uint64_t>(intOr(*stream, "next", 0));
    store(call, groupName, streamName, *stream, events, retention);
    if (hasSubscriptions(call, groupName)) deliver(call, groupName, streamName, linesOf(events, before, streamName));
    return object();
}

Json getLogEvents(Call& call, const Fields& request) {
    const std::string group = namedGroup(request), name = request.text("logStreamName");
    const Json stream = requireStream(call, group, name);
    const auto limit = static_cast<std::size_t>(request.valueOr("limit", 10'000));
    std::optional<Token> token;
    if (const auto text = request.optionalText("nextToken")) token = tokenOf(*text);
    const bool forward = token ? token->forward : request.valueOr("startFromHead", false);

    std::vector<Event> events;
    std::size_t bytes = 0;
    walk(call, eventsKey(idOf(stream)), windowOf(request), token ? std::optional(token->place) : std::nullopt, forward,
         [&](Event event) {
             bytes += event.message.size();
             if (events.size() == limit || (bytes > kPageLimitBytes && !events.empty())) return false;
             events.push_back(std::move(event));
             return true;
         });
    if (!forward) std::reverse(events.begin(), events.end());

    const Place here = token ? token->place : Place{};
    Json listed = array(events, [](const Event& event) {
        return object(
            {{"timestamp", event.place.millis}, {"message", event.message}, {"ingestionTime", event.ingested}});
    });
    return object({{"events", std::move(listed)},
                   {"nextForwardToken", tokenText('f', events.empty() ? here : events.back().place)},
                   {"nextBackwardToken", tokenText('b', events.empty() ? here : events.front().place)}});
}

bool dropEventsUntil(Call& call, std::string_view group, Time limit, std::size_t most) {
    std::vector<Key> streams;
    std::vector<std::string> expired;
    const Key all = streamKey(call, group);
    call.scan(all, [&](std::string_view, std::string_view row) {
        const Json stream = parseJson(row);
        if (intOr(stream, "firstEventTimestamp", epochMillis(limit) + 1) <= epochMillis(limit))
            streams.push_back(eventsKey(idOf(stream)));
        return true;
    });
    for (const auto& stream : streams)
        call.scan(stream, [&](std::string_view key, std::string_view) {
            if (expired.size() == most || placeOf(key, stream).millis > epochMillis(limit)) return false;
            expired.emplace_back(key);
            return true;
        });
    for (const auto& key : expired) call.erase(key);
    return expired.size() < most;
}

}  // namespace backlot::logs
