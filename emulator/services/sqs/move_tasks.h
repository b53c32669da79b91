#pragma once

#include "emulator/services/sqs/queue.h"
#include "emulator/world/operation.h"

namespace backlot::sqs {

/// Moves a dead-letter queue's messages back to where they came from, or to DestinationArn, on the world's clock:
/// MaxNumberOfMessagesPerSecond (1–500) a second, without it as many as there are.
/// Source: Amazon SQS API Reference, StartMessageMoveTask; recorded errors of AWS.
Json startMessageMoveTask(Sqs& sqs, Call& call, const Fields& request);
Json listMessageMoveTasks(Sqs& sqs, Call& call, const Fields& request);
Json cancelMessageMoveTask(Sqs& sqs, Call& call, const Fields& request);
/// Internal job {sourceArn, taskId}: moves one share and plans the next.
Json moveMessages(Sqs& sqs, Call& call, const Fields& request);

}  // namespace backlot::sqs
