#pragma once

#include "emulator/services/sqs/message_store.h"
#include "emulator/world/operation.h"

namespace backlot::sqs {

// Source of all: Amazon SQS API Reference; recorded answers of AWS.

Json sendMessage(Sqs& sqs, Call& call, const Fields& request);
Json sendMessageBatch(Sqs& sqs, Call& call, const Fields& request);

/// Takes up to MaxNumberOfMessages (1–10) messages and hides each for VisibilityTimeout seconds (0–43200); if there are
/// none, waits up to WaitTimeSeconds (0–20) for the first. A message that was received maxReceiveCount times before
/// goes to the dead-letter queue instead.
/// Differs: a standard queue hands out messages oldest first and each once; AWS promises neither.
Reply receiveMessage(Sqs& sqs, Call& call, const Fields& request);

Json deleteMessage(Sqs& sqs, Call& call, const Fields& request);
Json deleteMessageBatch(Sqs& sqs, Call& call, const Fields& request);
Json changeMessageVisibility(Sqs& sqs, Call& call, const Fields& request);
Json changeMessageVisibilityBatch(Sqs& sqs, Call& call, const Fields& request);

/// Internal: {QueueUrl, Limit? (100), After? (a sequence)} → {Messages: […]}: all there are, hidden ones too, as
/// ReceiveMessage shows them and with "State" (visible, inFlight, delayed), "VisibleAt" and "Sequence". Changes
/// nothing.
Json peekMessages(Sqs& sqs, Call& call, const Fields& request);
/// Internal job {QueueArn, kind}: a moment has come at which a message becomes visible.
Json announceVisible(Sqs& sqs, Call& call, const Fields& request);

/// Puts a message that was elsewhere before into `queue`, keeping its id, body and age.
void moveTo(Call& call, const Queue& queue, Message message, const std::string& deadLetterSourceArn);

}  // namespace backlot::sqs
