#pragma once

#include "emulator/services/events/bus.h"

namespace backlot::events {

/// Up to ten events, each answered by its id or by why it was not taken. What follows an event belongs
/// to the trace of its TraceHeader. Throws ValidationException for more than 1 MiB, and for an EndpointId.
/// Source: Amazon EventBridge API Reference, PutEvents.
/// Differs: a source beginning with "aws." is taken from anybody.
Json putEvents(Events& events, Call& call, const Fields& request);
/// Internal {bus, event}: an event that a rule of another bus hands on; it keeps its id.
Json relayEvent(Events& events, Call& call, const Fields& request);

/// Internal: {"heard"}, whether the account's default bus has a rule or an archive. Services that would put an event
/// with each of their calls ask first.
Json isHeard(Events& events, Call& call, const Fields& request);

/// Matches the event against the bus's rules, delivers, archives. `onlyRules` (ARNs), where not empty, limits the
/// rules; a replayed event is not archived again.
void route(Events& events, Call& call, const BusName& bus, const Json& event, const std::string& eventText,
           const std::vector<std::string>& onlyRules = {}, bool replayed = false);

}  // namespace backlot::events
