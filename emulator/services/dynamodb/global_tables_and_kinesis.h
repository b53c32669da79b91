#pragma once
// What reaches beyond one Region's DynamoDB: replicas in other Regions, Kinesis streams. There are none in Backlot, and
// these operations say so as AWS would where there are none: lists are empty, what is named is not found, and what
// would make one is refused by name.

#include "emulator/services/dynamodb/memory.h"

namespace backlot::dynamodb {

Json createGlobalTable(Memory& memory, Call& call, const Fields& request);
Json describeGlobalTable(Memory& memory, Call& call, const Fields& request);
Json describeGlobalTableSettings(Memory& memory, Call& call, const Fields& request);
Json listGlobalTables(Memory& memory, Call& call, const Fields& request);
Json updateGlobalTable(Memory& memory, Call& call, const Fields& request);
Json updateGlobalTableSettings(Memory& memory, Call& call, const Fields& request);
Json describeTableReplicaAutoScaling(Memory& memory, Call& call, const Fields& request);
Json updateTableReplicaAutoScaling(Memory& memory, Call& call, const Fields& request);

Json describeKinesisStreamingDestination(Memory& memory, Call& call, const Fields& request);
Json enableKinesisStreamingDestination(Memory& memory, Call& call, const Fields& request);
/// Also UpdateKinesisStreamingDestination: neither can name a destination that is enabled.
Json disableKinesisStreamingDestination(Memory& memory, Call& call, const Fields& request);

}  // namespace backlot::dynamodb
