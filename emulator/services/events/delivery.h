#pragma once

#include "emulator/services/events/bus.h"

namespace backlot::events {

/// Hands the event to one target of a rule that it matched. A failing delivery never fails the PutEvents: it is retried
/// with growing pauses as the target's RetryPolicy says (185 times within a day), then goes to its dead-letter queue or
/// is dropped; the record says which.
/// Source: Amazon EventBridge User Guide, "Event retry policy and using dead-letter queues".
void deliver(Call& call, const BusName& bus, const ReadyRule& rule, const Json& target, const Json& event,
             const std::string& eventText);

// Internal operations: the ways on of a delivery.
/// {delivery}: tries again.
Json retryDelivery(Events& events, Call& call, const Fields& request);
/// The answer of a target that was called by a job.
Json targetAnswered(Events& events, Call& call, const Fields& request);

}  // namespace backlot::events
