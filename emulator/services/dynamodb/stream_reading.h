#pragma once
// The reading side of streams: DynamoDB Streams' four operations.

#include "emulator/services/dynamodb/memory.h"

namespace backlot::dynamodb {

Json listStreams(Memory& memory, Call& call, const Fields& request);
Json describeStream(Memory& memory, Call& call, const Fields& request);
Json getShardIterator(Memory& memory, Call& call, const Fields& request);
Json getRecords(Memory& memory, Call& call, const Fields& request);

/// Job: removes records older than a day, and a closed stream with them.
Json trimStream(Memory& memory, Call& call, const Fields& request);

}  // namespace backlot::dynamodb
