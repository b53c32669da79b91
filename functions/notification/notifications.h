#pragma once
// What customers are told. Table: Notifications (notificationId; index user-notifications-index).

#include <string>

#include "functions/sdk/context.h"

namespace shop {

using namespace backlot::sdk;

struct Mail {
    std::string subject, text;
};

/// The mail by a template (WELCOME, ORDER_CONFIRMED, ORDER_CANCELLED, PAYMENT_FAILED, ORDER_REFUNDED, RECEIPT) about
/// `facts` (orderId, name, items, totalAmount, currency, amount, reason, …). Throws LambdaError("InvalidInput") on
/// another one.
Mail compose(const std::string& mailTemplate, const Json& facts);

/// Writes the notification down, claims it (functions/shop/claims.h), sends it by SES, and marks it sent. One
/// notification for one template and `reference`, and one mail: whoever comes later finds it SENT, or InProgress. Where
/// the invocation dies between sending and marking, SES has published that it sent it, and noteSent() marks it before
/// the claim runs out. `facts` holds userId and email besides. The answer: {notificationId, status}. Throws
/// LambdaError("InProgress").
Json notifyCustomer(const std::string& mailTemplate, const std::string& reference, const Json& facts, Context& context);

/// SES says that it has sent a mail: `mail` of its event.
void noteSent(const Json& mail, Context& context);

}  // namespace shop
