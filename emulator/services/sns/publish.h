#pragma once

#include "emulator/services/sns/topic.h"

namespace backlot::sns {

/// To a topic, or to a phone number; up to 256 KiB. Answers once queues have the message; other deliveries follow.
/// Throws InvalidParameterException, InvalidParameterValueException, NotFoundException.
/// Source: Amazon SNS API Reference, Publish and PublishBatch; recorded answers of AWS.
Json publish(Sns& sns, Call& call, const Fields& request);
/// One to ten messages, each with an Id of its own, 256 KiB in all: all of them or none. Throws
/// EmptyBatchRequestException, TooManyEntriesInBatchRequestException, BatchEntryIdsNotDistinctException,
/// InvalidBatchEntryIdException, BatchRequestTooLongException,
/// and as publish().
Json publishBatch(Sns& sns, Call& call, const Fields& request);

}  // namespace backlot::sns
