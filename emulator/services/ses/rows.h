#pragma once
// Every kind of row that the service keeps, API v1 and v2 alike. What belongs to an identity, a template or a
// configuration set is in its row, and goes with it.
//
//   mail               / account / region / number    → a message of the inbox, the oldest of which go
//   sequence           / account / region             → the last message's number
//   identity           / account / region / identity  → an identity
//   template           / account / region / name      → a Template
//   configuration set  / account / region / name      → a configuration set with its event destinations

#include <map>
#include <string>
#include <string_view>

#include "emulator/world/call.h"

namespace backlot::ses {

inline const std::map<std::string, std::string> kRowKinds = {{"mail", "messages in the inbox"},
                                                             {"sequence", "counts of messages"},
                                                             {"identity", "identities"},
                                                             {"template", "templates"},
                                                             {"configuration set", "configuration sets"}};

/// The messages of every account and region.
inline Key inboxesKey() { return Key("mail"); }
inline Key inboxKey(const Call& call) { return inboxesKey().text(call.account).text(call.region); }
inline Key mailKey(const Call& call, std::uint64_t number) { return inboxKey(call).number(number); }
inline Key sequenceKey(const Call& call) { return Key("sequence").text(call.account).text(call.region); }

inline Key identitiesKey(const Call& call) { return Key("identity").text(call.account).text(call.region); }
inline Key identityKey(const Call& call, std::string_view identity) { return identitiesKey(call).text(identity); }
inline Key templatesKey(const Call& call) { return Key("template").text(call.account).text(call.region); }
inline Key templateKey(const Call& call, std::string_view name) { return templatesKey(call).text(name); }
inline Key configurationSetsKey(const Call& call) {
    return Key("configuration set").text(call.account).text(call.region);
}
inline Key configurationSetKey(const Call& call, std::string_view name) {
    return configurationSetsKey(call).text(name);
}

}  // namespace backlot::ses
