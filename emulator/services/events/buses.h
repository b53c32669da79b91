#pragma once

#include "emulator/services/events/bus.h"

namespace backlot::events {

// Source of all: Amazon EventBridge API Reference; recorded answers of AWS.
Json createEventBus(Events& events, Call& call, const Fields& request);
Json updateEventBus(Events& events, Call& call, const Fields& request);
Json deleteEventBus(Events& events, Call& call, const Fields& request);
Json describeEventBus(Events& events, Call& call, const Fields& request);
Json listEventBuses(Events& events, Call& call, const Fields& request);
/// Stored and shown; no policy is enforced.
Json putPermission(Events& events, Call& call, const Fields& request);
Json removePermission(Events& events, Call& call, const Fields& request);
Json tagResource(Events& events, Call& call, const Fields& request);
Json untagResource(Events& events, Call& call, const Fields& request);
Json listTagsForResource(Events& events, Call& call, const Fields& request);

}  // namespace backlot::events
