#pragma once

#include "emulator/services/sns/notification.h"
#include "emulator/world/operation.h"

namespace backlot::sns {

/// Hands the notification to the subscriber if it is confirmed and its filter policy takes it. A failing delivery never
/// fails the Publish: it is retried, goes to the subscription's dead-letter queue or is dropped, and the record says
/// so.
void deliver(Sns& sns, Call& call, const Topic& topic, const Subscriber& subscriber, const Notification& notification);

/// Asks an HTTP(S) endpoint to confirm its subscription.
void askToConfirm(Sns& sns, Call& call, const Subscription& subscription);

// Internal operations: the ways on of a delivery.
/// {subscriptionArn, notification, attempt}: tries again.
Json retryDelivery(Sns& sns, Call& call, const Fields& request);
/// The answer of a function that was invoked.
Json deliveryDone(Sns& sns, Call& call, const Fields& request);
/// {deliveryId, subscriptionArn, attempt, notification | confirm}: sends the request and waits for what comes back.
Reply deliverHttp(Sns& sns, Call& call, const Fields& request);
/// {deliveryId, status}: what came back; status 0 where nothing did.
Json httpAnswered(Sns& sns, Call& call, const Fields& request);

}  // namespace backlot::sns
