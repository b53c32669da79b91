#pragma once

#include <string>
#include <string_view>

#include "emulator/base/retention.h"
#include "emulator/world/call.h"
#include "emulator/world/operation.h"

namespace backlot::logs {

/// Stores up to 10,000 events in the order of their times. Those older than 14 days or the group's retention and those
/// more than two hours ahead are left out and named in rejectedLogEventsInfo. Throws InvalidParameterException (order,
/// 24-hour span, 1 MiB), ResourceNotFoundException.
/// Source: CloudWatch Logs API Reference, PutLogEvents.
Json putLogEvents(Call& call, const Fields& request, const Retention& retention);
/// For services: makes what is missing and refuses nothing.
Json appendLogs(Call& call, const Fields& request, const Retention& retention);
/// Up to `limit` (1–10,000) events of one stream, at most 1 MiB; the latest, or with startFromHead the earliest.
/// Tokens are places: "f/…" goes on after the last event given out, "b/…" before the first; at an end a token comes
/// back unchanged.
Json getLogEvents(Call& call, const Fields& request);
/// Events of a group's streams that match a pattern, by time: up to `limit` (1–10,000) and 1 MiB, out of the next
/// 20,000 or 8 MiB. A page may hold none of them and yet have a token.  Source: CloudWatch Logs API Reference,
/// FilterLogEvents.
Json filterLogEvents(Call& call, const Fields& request);
/// Removes up to `most` events of a group whose time is not after `limit`; false where there may be more.
bool dropEventsUntil(Call& call, std::string_view group, Time limit, std::size_t most);

}  // namespace backlot::logs
