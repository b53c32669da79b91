#pragma once

#include "emulator/world/call.h"
#include "emulator/world/operation.h"

namespace backlot::lambda {

// Mappings of DynamoDB streams. Each shard has a row: {"after"?: the last sequence number done with, "busy",
// "attempts", "until"?: where the batch that is being retried or halved ends, "limit"?: how many of it to try,
// "retry"?, "window"?: jobs}. A shard's next batch waits until its present one has succeeded, is too old, or has been
// tried often enough.
// Differs: ParallelizationFactor is kept and has no effect: a shard's batches run one after the other.

/// Notes where each shard of a new mapping begins. Throws InvalidParameterValueException where the stream is not there.
void beginStream(Call& call, const Json& mapping);
void connectStream(Call& call, const Json& mapping);
void disconnectStream(Call& call, const Json& mapping);

/// Internal: {UUID}. Sends each shard's next batch, if it has one and is not busy.
Json pollStream(Call& call, const Fields& request);
/// Internal: {UUID, shard}. The batching window is over, or it is time for a retry.
Json continueShard(Call& call, const Fields& request);
/// Internal: the answer of an Invoke job; context {UUID, shard, sequences: […], first, last (times of the records)}.
Json streamBatchEnded(Call& call, const Fields& request);

}  // namespace backlot::lambda
