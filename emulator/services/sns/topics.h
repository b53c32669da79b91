#pragma once

#include "emulator/services/sns/topic.h"

namespace backlot::sns {

// Topics, their policies and tags. What names a topic by TopicArn throws InvalidParameterException for what is no ARN
// of the caller's region and NotFoundException for a topic that is not there; by ResourceArn:
// ResourceNotFoundException. Source of all: Amazon SNS API Reference; recorded answers of AWS.

/// Makes a topic; one that is there already answers its ARN, if it has these attributes and tags. Throws
/// InvalidParameterException (name, an attribute, other attributes or tags than those of the topic that is there),
/// TagLimitExceededException (over 50).
Json createTopic(Sns& sns, Call& call, const Fields& request);
/// With its subscriptions. A topic that is not there is no error.
Json deleteTopic(Sns& sns, Call& call, const Fields& request);
/// A page of up to 100 ARNs by name.
Json listTopics(Sns& sns, Call& call, const Fields& request);
/// Those that were set, and what SNS says of each topic: Policy, EffectiveDeliveryPolicy, how many subscriptions are
/// confirmed, pending and deleted.
Json getTopicAttributes(Sns& sns, Call& call, const Fields& request);
/// Sets one attribute, or without a value takes it back. Throws InvalidParameterException.
Json setTopicAttributes(Sns& sns, Call& call, const Fields& request);
/// Adds a statement to the topic's policy. Stored and shown; no policy is enforced. Throws InvalidParameterException
/// for an action that SNS has not and a Label that is taken.
Json addPermission(Sns& sns, Call& call, const Fields& request);
/// Removes the statement of that Label; one that is not there is no error.
Json removePermission(Sns& sns, Call& call, const Fields& request);
/// Adds tags or changes them. Throws TagLimitExceededException (over 50), InvalidParameterException (a key twice).
Json tagResource(Sns& sns, Call& call, const Fields& request);
/// Removes the tags of TagKeys, whether they are there or not.
Json untagResource(Sns& sns, Call& call, const Fields& request);
Json listTagsForResource(Sns& sns, Call& call, const Fields& request);
/// Empty where none was put.
Json getDataProtectionPolicy(Sns& sns, Call& call, const Fields& request);
/// Stored and shown; nothing is audited, masked or refused.
Json putDataProtectionPolicy(Sns& sns, Call& call, const Fields& request);

/// How HTTP deliveries are retried where nothing else was said.
Json defaultDeliveryPolicy();

}  // namespace backlot::sns
