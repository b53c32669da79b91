#pragma once
// DynamoDB and DynamoDB Streams. Both work on the rows of "dynamodb".

#include <chrono>
#include <memory>

#include "emulator/base/retention.h"
#include "emulator/world/operation.h"

namespace backlot::dynamodb {

struct Settings {
    /// How long after its time an item is removed. Differs: AWS takes up to some days.
    Duration expirySweepDelay = std::chrono::seconds(3);
    /// Refuse what goes beyond the throughput of provisioned tables, and beyond OnDemandThroughput. Off: nothing is
    /// ever throttled.
    bool enforceThroughput = false;
    Retention retention = {};  // of streams
};

struct Memory;

/// What the two services share between calls.
std::shared_ptr<Memory> makeMemory(Settings settings = {});
Service dynamodbService(std::shared_ptr<Memory> memory);
Service dynamodbStreamsService(std::shared_ptr<Memory> memory);

}  // namespace backlot::dynamodb
