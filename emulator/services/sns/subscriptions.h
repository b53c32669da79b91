#pragma once

#include "emulator/services/sns/topic.h"

namespace backlot::sns {

// Subscriptions of topics. What names one by SubscriptionArn throws InvalidParameterException for what is no ARN of a
// subscription, and, but for unsubscribe(), NotFoundException for one that is not there.
// Source of all: Amazon SNS API Reference; recorded answers of AWS.

/// Subscribes an endpoint; the same one again answers the ARN it has. An HTTP(S) endpoint is asked to confirm. Throws
/// NotFoundException for the topic, InvalidParameterException (an endpoint that the protocol does not have, an
/// attribute, other attributes than those it was subscribed with), UnsupportedOperation for application and firehose.
/// Differs: an e-mail subscription is confirmed at once, since the inbox it leads to is Backlot's own.
Json subscribe(Sns& sns, Call& call, const Fields& request);
/// One that is not there is no error.
Json unsubscribe(Sns& sns, Call& call, const Fields& request);
/// Confirms the topic's subscription that has the Token, once or again. Throws InvalidParameterException.
/// Differs: a subscription whose confirmation asked for AuthenticateOnUnsubscribe ends by its link too.
Json confirmSubscription(Sns& sns, Call& call, const Fields& request);
/// A page of up to 100 subscriptions of the caller's topics, by topic.
Json listSubscriptions(Sns& sns, Call& call, const Fields& request);
/// A page of up to 100 subscriptions of a topic. Throws NotFoundException for the topic.
Json listSubscriptionsByTopic(Sns& sns, Call& call, const Fields& request);
/// Those that were set, and what SNS says of each: owner, whether it is pending.
Json getSubscriptionAttributes(Sns& sns, Call& call, const Fields& request);
/// Sets one attribute, or without a value takes it back. Throws InvalidParameterException.
Json setSubscriptionAttributes(Sns& sns, Call& call, const Fields& request);

}  // namespace backlot::sns
