#include "emulator/services/logs/event_rows.h"

#include <algorithm>

namespace backlot::logs {

std::string digits(Place place) {
    const std::string time = std::to_string(place.millis), sequence = std::to_string(place.sequence);
    return std::string(20 - time.size(), '0') + time + std::string(36 - sequence.size(), '0') + sequence;
}

std::optional<Place> placeOfDigits(std::string_view text) {
    if (text.size() != 56 || !std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }))
        return std::nullopt;
    const std::string time(text.substr(0, 20)), sequence(text.substr(20));
    return Place{std::strtoll(time.c_str(), nullptr, 10), std::strtoull(sequence.c_str(), nullptr, 10)};
}

std::string eventIdOf(Place place, std::string_view stream) {
    std::uint64_t hash = 14'695'981'039'346'656'037u;  // FNV-1a
    for (const char c : stream) hash = (hash ^ static_cast<unsigned char>(c)) * 1'099'511'628'211u;
    std::string id = digits(place);
    const std::string middle = std::to_string(
        hash % 10'000'000'000'000'000u);  // of the 36 digits of the sequence number the last 20 are enough
    return id.replace(36 - middle.size(), middle.size(), middle);
}

}  // namespace backlot::logs
