#pragma once

#include "emulator/base/service_description.h"
#include "emulator/world/operation.h"

namespace backlot::cloudtrail {

/// Calls on services that are no data events (items, messages, invocations), newest first, by one attribute and a range
/// of time. Throws InvalidLookupAttributesException, InvalidTimeRangeException, InvalidMaxResultsException,
/// InvalidNextTokenException.
/// Source: CloudTrail API Reference, LookupEvents.
/// Differs: events show at once, not after minutes; requestParameters and responseElements are not kept.
/// `services` says what each is called in events.
Json lookupEvents(const ServiceDirectory& services, Call& call, const Fields& request);

}  // namespace backlot::cloudtrail
