#pragma once

#include "emulator/services/sns/topic.h"

namespace backlot::sns {

// Source of all: Amazon SNS API Reference; recorded answers of AWS.
Json createTopic(Sns& sns, Call& call, const Fields& request);
Json deleteTopic(Sns& sns, Call& call, const Fields& request);
Json listTopics(Sns& sns, Call& call, const Fields& request);
Json getTopicAttributes(Sns& sns, Call& call, const Fields& request);
Json setTopicAttributes(Sns& sns, Call& call, const Fields& request);
/// Stored and shown; no policy is enforced.
Json addPermission(Sns& sns, Call& call, const Fields& request);
Json removePermission(Sns& sns, Call& call, const Fields& request);
Json tagResource(Sns& sns, Call& call, const Fields& request);
Json untagResource(Sns& sns, Call& call, const Fields& request);
Json listTagsForResource(Sns& sns, Call& call, const Fields& request);
/// Stored and shown; nothing is audited, masked or refused.
Json getDataProtectionPolicy(Sns& sns, Call& call, const Fields& request);
Json putDataProtectionPolicy(Sns& sns, Call& call, const Fields& request);

/// How HTTP deliveries are retried where nothing else was said.
Json defaultDeliveryPolicy();

}  // namespace backlot::sns
