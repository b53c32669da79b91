#pragma once
// The rows of a stream's events: the stream's prefix, the event's time in milliseconds, its number in the stream;
// value: when it was taken in, then the message.

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/services/logs/rows.h"

namespace backlot::logs {

inline constexpr std::size_t kPageLimitBytes = 1'048'576, kEventOverheadBytes = 26;

/// An event's place in its stream: its time in milliseconds, then the order of arrival.
struct Place {
    std::int64_t millis = 0;
    std::uint64_t sequence = 0;
    auto operator<=>(const Place&) const = default;
};

struct Event {
    Place place;
    std::int64_t ingested = 0;
    std::string message;
};

inline Key keyOf(const Key& events, Place place) { return Key(events).integer(place.millis).number(place.sequence); }

inline Place placeOf(std::string_view key, const Key& events) {
    KeyReader reader(key.substr(events.bytes().size()));
    const auto millis = reader.integer();
    return {millis, reader.number()};
}

inline std::string_view messageOf(std::string_view row) { return row.substr(sizeof(std::int64_t)); }

inline Event eventOf(std::string_view key, std::string_view row, const Key& events) {
    Event event{.place = placeOf(key, events), .message = std::string(messageOf(row))};
    std::memcpy(&event.ingested, row.data(), sizeof event.ingested);
    return event;
}

/// 56 digits: the time, then the sequence number; and back.
std::string digits(Place place);
std::optional<Place> placeOfDigits(std::string_view text);
/// An event's id: 56 digits, and no other event's of the group. `aws logs tail` drops events whose id it has seen.
std::string eventIdOf(Place place, std::string_view stream);

}  // namespace backlot::logs
