#pragma once

#include "emulator/services/events/bus.h"

namespace backlot::events {

// Archives of a bus's events, and replays of them. Each operation on one that is not there throws
// ResourceNotFoundException; pages have up to Limit (1–100, else 100) entries by name.
// Source of all: Amazon EventBridge API Reference; recorded answers of AWS.

/// From now on keeps the events of the bus EventSourceArn that match EventPattern, for RetentionDays (0: for ever).
/// Throws ResourceAlreadyExistsException, ResourceNotFoundException for the bus, InvalidEventPatternException.
Json createArchive(Events& events, Call& call, const Fields& request);
/// Changes what the request names and leaves the rest. Throws InvalidEventPatternException.
Json updateArchive(Events& events, Call& call, const Fields& request);
/// With the events that it keeps; replays that have run stay.
Json deleteArchive(Events& events, Call& call, const Fields& request);
/// EventCount and SizeBytes are those of the events that it still keeps.
Json describeArchive(Events& events, Call& call, const Fields& request);
/// A page of archives that begin with NamePrefix, of one bus or all.
Json listArchives(Events& events, Call& call, const Fields& request);
/// Replays by a job, all events in one step, those that were put from EventStartTime until before EventEndTime. Throws
/// ResourceAlreadyExistsException, ValidationException (no archive, another bus than the archive's, no time between).
Json startReplay(Events& events, Call& call, const Fields& request);
Json describeReplay(Events& events, Call& call, const Fields& request);
/// A page of replays that begin with NamePrefix, of one archive or all, in one State or any.
Json listReplays(Events& events, Call& call, const Fields& request);
/// Throws IllegalStatusException for one that has run.
Json cancelReplay(Events& events, Call& call, const Fields& request);
/// Internal job {replay}: what startReplay() began.
Json runReplay(Events& events, Call& call, const Fields& request);

/// Adds the event, and lets go of some that are older than the archive keeps them.
void archiveEvent(Call& call, const BusName& bus, const ReadyArchive& archive, const std::string& eventText);

}  // namespace backlot::events
