// FilterLogEvents: the streams of a group read side by side, in the order of time.
#include <algorithm>
#include <limits>
#include <queue>
#include <tuple>

#include "emulator/services/logs/errors.h"
#include "emulator/services/logs/event_rows.h"
#include "emulator/services/logs/events.h"
#include "emulator/services/logs/filter_pattern.h"
#include "emulator/services/logs/groups.h"
#include "emulator/services/logs/streams.h"

namespace backlot::logs {
namespace {

/// A page ends here too, found or not, as on AWS, where a page may be empty and yet have a token: nobody waits for a
/// long search.
constexpr std::size_t kLookedAtLimit = 20'000, kLookedAtLimitBytes = 8 * 1'048'576;

struct Window {
    std::int64_t from, to;  // milliseconds, both included
};

/// Where a page ended: all that is not after this event has been looked at.
struct Token {
    Place place;
    std::string stream;
    std::string text() const { return digits(place) + stream; }
    static std::optional<Token> of(const Fields& request) {
        const auto text = request.optionalText("nextToken");
        if (!text) return std::nullopt;
        const auto place = placeOfDigits(std::string_view(*text).substr(0, 56));
        if (!place) throw invalidParameter("The specified nextToken is invalid.");
        return Token{*place, text->substr(56)};
    }
};

/// One stream, at its next event.
struct Reader {
    Reader(const Call& call, std::string name, Key events)
        : name(std::move(name)), events(std::move(events)), rows(call.cursor()) {}
    std::string name;
    Key events;
    Cursor rows;
    Place place;

    /// False at the end of the stream or the window.
    bool take(bool more, const Window& window) {
        if (!more || !rows.key().starts_with(events.bytes())) return false;
        place = placeOf(rows.key(), events);
        return place.millis <= window.to;
    }
    bool begin(const Window& window, const std::optional<Token>& after) {
        Place first{window.from, 0};
        if (after)
            first = std::max(
                first, name <= after->stream ? Place{after->place.millis, after->place.sequence + 1} : after->place);
        return take(rows.seek(keyOf(events, first)), window);
    }
};

struct Later {
    bool operator()(const Reader* a, const Reader* b) const {
        return std::tie(a->place, a->name) > std::tie(b->place, b->name);
    }
};

/// The group's streams that may hold events of the window.
std::vector<std::unique_ptr<Reader>> readersOf(Call& call, const std::string& group, const Fields& request,
                                               const Window& window) {
    const auto names = request.texts("logStreamNames");
    const auto prefix = request.optionalText("logStreamNamePrefix");
    if (!names.empty() && prefix)
        throw invalidParameter("logStreamNamePrefix and logStreamNames are mutually exclusive.");
    std::vector<std::unique_ptr<Reader>> readers;
    const auto add = [&](const std::string& name, const Json& stream) {
        const auto first = intOr(stream, "firstEventTimestamp", std::numeric_limits<std::int64_t>::max());
        if (first <= window.to && intOr(stream, "lastEventTimestamp", 0) >= window.from)
            readers.push_back(std::make_unique<Reader>(call, name, eventsKey(idOf(stream))));
    };
    for (const auto& name : names) add(name, requireStream(call, group, name));
    if (!names.empty()) return readers;
    const Key all = streamKey(call, group);
    std::vector<std::pair<std::string, Json>> streams;
    call.scan(all, [&](std::string_view key, std::string_view row) {
        std::string name = lastPart(key, all);
        if (!prefix || name.starts_with(*prefix)) streams.emplace_back(std::move(name), parseJson(row));
        return true;
    });
    for (const auto& [name, stream] : streams) add(name, stream);
    return readers;
}

Json describe(const Reader& reader) {
    const Event event = eventOf(reader.rows.key(), reader.rows.value(), reader.events);
    return object({{"logStreamName", reader.name},
                   {"timestamp", event.place.millis},
                   {"message", event.message},
                   {"ingestionTime", event.ingested},
                   {"eventId", eventIdOf(event.place, reader.name)}});
}

}  // namespace

Json filterLogEvents(Call& call, const Fields& request) {
    const std::string group = namedGroup(request);
    requireGroup(call, group);
    const FilterPattern pattern(request.valueOr("filterPattern", ""));
    const auto limit = static_cast<std::size_t>(request.valueOr("limit", 10'000));
    const Window window{request.valueOr("startTime", 0),
                        request.valueOr("endTime", std::numeric_limits<std::int64_t>::max())};
    const auto after = Token::of(request);

    const auto readers = readersOf(call, group, request, window);
    std::priority_queue<Reader*, std::vector<Reader*>, Later> next;
    for (const auto& reader : readers)
        if (reader->begin(window, after)) next.push(reader.get());
    Json events = list();
    std::size_t bytes = 0, lookedAt = 0, lookedAtBytes = 0;
    Token last;
    while (!next.empty() && events.Size() < limit && bytes < kPageLimitBytes && lookedAt < kLookedAtLimit &&
           lookedAtBytes < kLookedAtLimitBytes) {
        Reader& reader = *next.top();
        next.pop();
        const auto message = messageOf(reader.rows.value());
        ++lookedAt;
        lookedAtBytes += message.size();
        if (pattern.matches(message)) {
            bytes += message.size() + kEventOverheadBytes;
            push(events, describe(reader));
        }
        last.place = reader.place;
        last.stream = reader.name;
        if (reader.take(reader.rows.next(), window)) next.push(&reader);
    }
    const auto token = next.empty() ? std::nullopt : std::optional(last.text());
    return object({{"events", std::move(events)}, {"searchedLogStreams", list()}, {"nextToken", token}});
}

}  // namespace backlot::logs
