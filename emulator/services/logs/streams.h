#pragma once

#include "emulator/world/call.h"
#include "emulator/world/operation.h"

namespace backlot::logs {

/// A log stream as it is stored: {creationTime, id, firstEventTimestamp?, lastEventTimestamp?, lastIngestionTime?,
/// next}, times in milliseconds; its events' keys begin with `id`, and `next` numbers them.
std::optional<Json> findStream(const Call& call, std::string_view group, std::string_view stream);
/// Throws ResourceNotFoundException for the group or the stream.
Json requireStream(const Call& call, std::string_view group, std::string_view stream);
Json makeStream(Call& call, std::string_view group, std::string_view stream);
/// 56 digits, as AWS writes sequence tokens and event ids.
std::string sequenceToken(std::int64_t next);

Json createLogStream(Call& call, const Fields& request);
Json deleteLogStream(Call& call, const Fields& request);
/// Pages of up to `limit` (1–50, else 50) streams by name or by their last event.
Json describeLogStreams(Call& call, const Fields& request);

}  // namespace backlot::logs
