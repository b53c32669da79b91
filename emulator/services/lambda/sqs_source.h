#pragma once

#include "emulator/world/call.h"
#include "emulator/world/operation.h"

namespace backlot::lambda {

// Mappings of SQS queues. A queue tells when a message is visible; then batches are received, filtered and sent to the
// function by Invoke jobs whose answers come to queueBatchEnded. Messages of a failed batch come back by their
// visibility timeout. What is under way stands in a row: {"inFlight", "gathered"?: [messages], "flush"?: job}.

void connectQueue(Call& call, const Json& mapping);
void disconnectQueue(Call& call, const Json& mapping);

/// Internal: {UUID}. Receives as long as there are messages and room for batches.
Json pollQueue(Call& call, const Fields& request);
/// Internal: {UUID}. The batching window is over.
Json flushQueueBatch(Call& call, const Fields& request);
/// Internal: the answer of an Invoke job; context {UUID, queue, messages: [{id, handle}]}.
Json queueBatchEnded(Call& call, const Fields& request);

}  // namespace backlot::lambda
