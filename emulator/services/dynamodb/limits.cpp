#include "emulator/services/dynamodb/limits.h"

namespace backlot::dynamodb {

// What a new AWS account has. Source: Developer Guide, "Quotas in Amazon DynamoDB".
Json describeLimits(Memory&, Call&, const Fields&) {
    return object({{"AccountMaxReadCapacityUnits", 80000},
                   {"AccountMaxWriteCapacityUnits", 80000},
                   {"TableMaxReadCapacityUnits", 40000},
                   {"TableMaxWriteCapacityUnits", 40000}});
}

Json describeEndpoints(Memory&, Call& call, const Fields&) {
    return object({{"Endpoints", list({object({{"Address", "dynamodb." + call.region + ".amazonaws.com"},
                                               {"CachePeriodInMinutes", 1440}})})}});
}

}  // namespace backlot::dynamodb
