#pragma once
// The keys of the service's rows, and paging over them.

#include <string>
#include <string_view>

#include "emulator/world/call.h"

namespace backlot::logs {

inline Key groupKey(const Call& call, std::string_view group) {
    return Key("group").text(call.account).text(call.region).text(group);
}
inline Key streamKey(const Call& call, std::string_view group) {
    return Key("stream").text(call.account).text(call.region).text(group);
}
inline Key streamKey(const Call& call, std::string_view group, std::string_view stream) {
    return streamKey(call, group).text(stream);
}
/// What the keys of a stream's events begin with: a number of its own, so that one made anew under its name has none of
/// them.
/// (Streams of before numbers were given have their events under their name.)
inline Key eventsKey(const Call& call, std::string_view group, std::string_view name, const Json& stream) {
    if (const auto id = intOr(stream, "id", 0)) return Key("e").number(static_cast<std::uint64_t>(id));
    return Key("event").text(call.account).text(call.region).text(group).text(name);
}
inline Key metricFilterKey(const Call& call, std::string_view group) {
    return Key("metricFilter").text(call.account).text(call.region).text(group);
}
inline Key subscriptionKey(const Call& call, std::string_view group) {
    return Key("subscription").text(call.account).text(call.region).text(group);
}

/// The text part that follows `prefix` in a key.
inline std::string lastPart(std::string_view key, const Key& prefix) {
    return KeyReader(key.substr(prefix.bytes().size())).text();
}
/// Where a page over the rows below `prefix` begins: nextToken is the name of its first row.
inline std::string pageStart(const Fields& request, const Key& prefix) {
    const auto token = request.optionalText("nextToken");
    return token ? Key(prefix).text(*token).bytes() : prefix.bytes();
}
bool containsIgnoringCase(std::string_view text, std::string_view part);

}  // namespace backlot::logs
