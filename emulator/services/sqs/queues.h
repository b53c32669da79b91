#pragma once

#include "emulator/services/sqs/queue.h"
#include "emulator/world/operation.h"

namespace backlot::sqs {

// Source of all: Amazon SQS API Reference; recorded answers of AWS.

/// Differs: a name is free again at once after DeleteQueue; AWS has its caller wait 60 seconds.
Json createQueue(Sqs& sqs, Call& call, const Fields& request);
Json deleteQueue(Sqs& sqs, Call& call, const Fields& request);
Json getQueueUrl(Sqs& sqs, Call& call, const Fields& request);
Json listQueues(Sqs& sqs, Call& call, const Fields& request);
Json getQueueAttributes(Sqs& sqs, Call& call, const Fields& request);
Json setQueueAttributes(Sqs& sqs, Call& call, const Fields& request);
Json purgeQueue(Sqs& sqs, Call& call, const Fields& request);
Json listDeadLetterSourceQueues(Sqs& sqs, Call& call, const Fields& request);
Json tagQueue(Sqs& sqs, Call& call, const Fields& request);
Json untagQueue(Sqs& sqs, Call& call, const Fields& request);
Json listQueueTags(Sqs& sqs, Call& call, const Fields& request);
/// Stored and shown; no policy is enforced.
Json addPermission(Sqs& sqs, Call& call, const Fields& request);
Json removePermission(Sqs& sqs, Call& call, const Fields& request);

}  // namespace backlot::sqs
