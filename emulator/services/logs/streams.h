#pragma once

#include "emulator/world/call.h"
#include "emulator/world/operation.h"

namespace backlot::logs {

/// A log stream as it is stored: {creationTime, group, id, firstEventTimestamp?, lastEventTimestamp?,
/// lastIngestionTime?, next}, times in milliseconds; its events' keys begin with the numbers `group` and `id`, and
/// `next` numbers them.
std::optional<Json> findStream(const Call& call, std::string_view group, std::string_view stream);
/// Throws ResourceNotFoundException for the group or the stream.
Json requireStream(const Call& call, std::string_view group, std::string_view stream);
/// In a group that is there and has none of that name.
Json makeStream(Call& call, std::string_view groupName, const Json& group, std::string_view stream);
/// 56 digits, as AWS writes sequence tokens and event ids.
std::string sequenceToken(std::int64_t next);

// Source of all: Amazon CloudWatch Logs API Reference; recorded answers of AWS.

/// Throws ResourceNotFoundException for the group, ResourceAlreadyExistsException.
Json createLogStream(Call& call, const Fields& request);
/// With its events. Throws ResourceNotFoundException.
Json deleteLogStream(Call& call, const Fields& request);
/// A page of up to `limit` (1–50, else 50) streams of a group by name or by their last event. Throws
/// ResourceNotFoundException, InvalidParameterException (by last event with a prefix; a token that is none).
Json describeLogStreams(Call& call, const Fields& request);

}  // namespace backlot::logs
