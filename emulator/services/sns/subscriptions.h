#pragma once

#include "emulator/services/sns/topic.h"

namespace backlot::sns {

// Source of all: Amazon SNS API Reference; recorded answers of AWS.

/// Differs: an e-mail subscription is confirmed at once, since the inbox it leads to is Backlot's own.
Json subscribe(Sns& sns, Call& call, const Fields& request);
Json unsubscribe(Sns& sns, Call& call, const Fields& request);
Json confirmSubscription(Sns& sns, Call& call, const Fields& request);
Json listSubscriptions(Sns& sns, Call& call, const Fields& request);
Json listSubscriptionsByTopic(Sns& sns, Call& call, const Fields& request);
Json getSubscriptionAttributes(Sns& sns, Call& call, const Fields& request);
Json setSubscriptionAttributes(Sns& sns, Call& call, const Fields& request);

}  // namespace backlot::sns
