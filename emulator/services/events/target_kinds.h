#pragma once
// What a rule can aim at: one row a kind of target.

#include <string_view>

#include "emulator/base/arn.h"
#include "emulator/base/aws_error.h"
#include "emulator/services/events/delivery.h"

namespace backlot::events {

/// The operation that hands an input to a target.
struct TargetCall {
    const char *service, *operation;
    Json request;
};

struct TargetKind {
    std::string_view service, resource;  // of its ARNs: the service, and what the resource begins with
    TargetCall (*call)(Call& call, const Delivery& delivery, const Arn& arn);
    bool (*passes)(const AwsError& error);  // whether what it says may be otherwise later: then it is asked again
    bool atOnce = false;                    // in the transaction of the event; else by a job that waits for the answer
};

/// Null where no event is delivered to what the ARN names.
const TargetKind* kindOf(const Arn& arn);

}  // namespace backlot::events
