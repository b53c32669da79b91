#pragma once
// Every kind of row that the service keeps, and paging over them. What belongs to a group lies below its key, and its
// events below its number: two ranges, which go with it. The numbers of groups and streams are never used again.
//
//   group     / account / region / group                        → a group: see groups.h
//   of group  / account / region / group / stream / name        → a stream: see streams.h
//   of group  / account / region / group / metric filter / name → a metric filter
//   of group  / account / region / group / subscription / name  → a subscription filter
//   e         / group's number / stream's number / time / nth   → an event: see event_rows.h
//   o         / number                                          → a batch of events, by age: see log_ring.h
//   ring                                                        → how many batches and bytes there are
//   policy    / account / region / name                         → a resource policy

#include <map>
#include <string>
#include <string_view>

#include "emulator/world/call.h"

namespace backlot::logs {

inline const std::map<std::string, std::string> kRowKinds = {{"group", "log groups"},
                                                             {"of group", "streams, metric filters and subscriptions"},
                                                             {"e", "events"},
                                                             {"o", "batches of events, by age"},
                                                             {"ring", "batches of events, counted"},
                                                             {"policy", "resource policies"}};

inline Key groupsKey(const Call& call) { return Key("group").text(call.account).text(call.region); }
inline Key groupKey(const Call& call, std::string_view group) { return groupsKey(call).text(group); }
/// What belongs to the groups of the caller's account and region, and to one of them.
inline Key ofGroupsKey(const Call& call) { return Key("of group").text(call.account).text(call.region); }
inline Key ofGroupKey(const Call& call, std::string_view group) { return ofGroupsKey(call).text(group); }
inline constexpr std::string_view kMetricFilter = "metric filter";
inline Key streamKey(const Call& call, std::string_view group) { return ofGroupKey(call, group).text("stream"); }
inline Key streamKey(const Call& call, std::string_view group, std::string_view stream) {
    return streamKey(call, group).text(stream);
}
inline Key metricFilterKey(const Call& call, std::string_view group) {
    return ofGroupKey(call, group).text(kMetricFilter);
}
inline Key subscriptionKey(const Call& call, std::string_view group) {
    return ofGroupKey(call, group).text("subscription");
}

/// Which stream, by numbers.
struct StreamId {
    std::uint64_t group = 0, stream = 0;
};
inline StreamId idOf(const Json& stream) {
    return {static_cast<std::uint64_t>(intOr(stream, "group", 0)), static_cast<std::uint64_t>(intOr(stream, "id", 0))};
}
/// What the keys of a group's events begin with, and those of a stream's.
inline Key eventsKey(std::uint64_t group) { return Key("e").number(group); }
inline Key eventsKey(StreamId stream) { return eventsKey(stream.group).number(stream.stream); }

inline Key batchesKey() { return Key("o"); }
inline Key batchKey(std::uint64_t number) { return batchesKey().number(number); }
inline Key ringKey() { return Key("ring"); }

inline Key policiesKey(const Call& call) { return Key("policy").text(call.account).text(call.region); }

/// The text part that follows `prefix` in a key.
inline std::string lastPart(std::string_view key, const Key& prefix) {
    return KeyReader(key.substr(prefix.bytes().size())).text();
}
/// Where a page over the rows below `prefix` begins: nextToken is the name of its first row.
inline std::string pageStart(const Fields& request, const Key& prefix) {
    const auto token = request.optionalText("nextToken");
    return token ? Key(prefix).text(*token).bytes() : prefix.bytes();
}
}  // namespace backlot::logs
