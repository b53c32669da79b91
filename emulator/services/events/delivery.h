#pragma once

#include <string>

#include "emulator/services/events/bus.h"
#include "emulator/services/events/target.h"

namespace backlot::events {

/// An event on its way to a target.
struct Delivery {
    std::string ruleArn;
    Target target;
    std::string event, input;  // the whole event, and what the target gets of it, as texts
    std::int64_t attempt = 0;  // retries before this one
    Time since;                // when the event matched
};

/// Hands the event to one target of a rule that it matched. A failing delivery never fails the PutEvents: it is retried
/// with growing pauses as the target's RetryPolicy says (185 times within a day), then goes to its dead-letter queue or
/// is dropped; the record says which.
/// Source: Amazon EventBridge User Guide, "Event retry policy and using dead-letter queues".
void deliver(Call& call, const ReadyRule& rule, const Target& target, const Json& event, const std::string& eventText);

// Internal operations: the ways on of a delivery.
/// {delivery}: tries again.
Json retryDelivery(Events& events, Call& call, const Fields& request);
/// The answer of a target that was called by a job.
Json targetAnswered(Events& events, Call& call, const Fields& request);

}  // namespace backlot::events
