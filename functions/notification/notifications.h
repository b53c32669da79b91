#pragma once
// What customers are told. Table: Notifications (notificationId; index user-notifications-index).

#include <string>

#include "functions/sdk/context.h"

namespace shop {

using namespace backlot::sdk;

struct Mail {
    std::string subject, text;
};

/// The mail for `type` (WELCOME, ORDER_CONFIRMED, ORDER_CANCELLED, PAYMENT_FAILED, ORDER_REFUNDED, RECEIPT) about `facts`
/// (orderId, name, items, totalAmount, currency, amount, reason, …). Throws LambdaError("InvalidInput") on another type.
Mail compose(const std::string& type, const Json& facts);

/// Writes the notification down, sends it by SES, and marks it sent. One notification for one type and `reference`: a
/// second call finds it SENT and does nothing. A crash between sending and marking sends again: better twice than never.
/// `facts` holds userId and email besides. The answer: {notificationId, status}.
Json notifyCustomer(const std::string& type, const std::string& reference, const Json& facts, Context& context);

}  // namespace shop
