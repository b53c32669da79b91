#pragma once

#include "emulator/services/events/bus.h"

namespace backlot::events {

// Source of all: Amazon EventBridge API Reference; recorded answers of AWS.
Json createArchive(Events& events, Call& call, const Fields& request);
Json updateArchive(Events& events, Call& call, const Fields& request);
Json deleteArchive(Events& events, Call& call, const Fields& request);
Json describeArchive(Events& events, Call& call, const Fields& request);
Json listArchives(Events& events, Call& call, const Fields& request);
/// Replays by a job, all events in one step.
Json startReplay(Events& events, Call& call, const Fields& request);
Json describeReplay(Events& events, Call& call, const Fields& request);
Json listReplays(Events& events, Call& call, const Fields& request);
Json cancelReplay(Events& events, Call& call, const Fields& request);
/// Internal job {replay}.
Json runReplay(Events& events, Call& call, const Fields& request);

void archiveEvent(Call& call, const BusName& bus, const std::string& archive, const std::string& eventText);

}  // namespace backlot::events
