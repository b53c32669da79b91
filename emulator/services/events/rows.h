#pragma once
// Every kind of row that the service keeps. What belongs to a bus, a rule or an archive lies below its owner's key: one
// range, which goes with the owner.
//
//   bus              / account / region / bus                        → a Bus; the default one has a row once it changed
//   of bus           / account / region / bus / version              → a number, another one with every change on the
//   bus of bus           / account / region / bus / rule / name          → a Rule of bus           / account / region /
//   bus / rule / name / id     → a Target of the rule archive          / account / region / name → an archive of
//   archive       / account / region / name / time / number       → an event of it, as text, by when it was put replay
//   / account / region / name                       → a replay connection       / account / region / name → a
//   connection api destination  / account / region / name                       → an API destination

#include <map>
#include <string>
#include <string_view>

#include "emulator/world/call.h"

namespace backlot::events {

/// Which bus: every account and region has one called "default".
struct BusName {
    std::string account, region, name;
    std::string arn() const;
    bool isDefault() const { return name == "default"; }
};

inline const std::map<std::string, std::string> kRowKinds = {{"bus", "event buses"},
                                                             {"of bus", "rules and their targets"},
                                                             {"archive", "archives"},
                                                             {"of archive", "archived events"},
                                                             {"replay", "replays"},
                                                             {"connection", "connections"},
                                                             {"api destination", "API destinations"}};

inline Key busesKey(const Call& call) { return Key("bus").text(call.account).text(call.region); }
inline Key busKey(const BusName& bus) { return Key("bus").text(bus.account).text(bus.region).text(bus.name); }
/// What belongs to a bus.
inline Key ofBusKey(const BusName& bus) { return Key("of bus").text(bus.account).text(bus.region).text(bus.name); }
inline Key versionKey(const BusName& bus) { return ofBusKey(bus).text("version"); }
inline Key rulesKey(const BusName& bus) { return ofBusKey(bus).text("rule"); }
/// A rule's row; what continues it are the rule's targets.
inline Key ruleKey(const BusName& bus, std::string_view rule) { return rulesKey(bus).text(rule); }
inline Key targetKey(const BusName& bus, std::string_view rule, std::string_view id) {
    return ruleKey(bus, rule).text(id);
}

inline Key archivesKey(std::string_view account, std::string_view region) {
    return Key("archive").text(account).text(region);
}
inline Key archiveKey(const Call& call, std::string_view name) {
    return archivesKey(call.account, call.region).text(name);
}
/// An archive's events.
inline Key archivedKey(std::string_view account, std::string_view region, std::string_view archive) {
    return Key("of archive").text(account).text(region).text(archive);
}

inline Key replaysKey(const Call& call) { return Key("replay").text(call.account).text(call.region); }
inline Key replayKey(const Call& call, std::string_view name) { return replaysKey(call).text(name); }
inline Key connectionsKey(const Call& call) { return Key("connection").text(call.account).text(call.region); }
inline Key destinationsKey(const Call& call) { return Key("api destination").text(call.account).text(call.region); }

}  // namespace backlot::events
