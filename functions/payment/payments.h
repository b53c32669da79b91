#pragma once
// One payment an order. Table: Payments (paymentId).
// status: PENDING → SUCCESS → REFUNDED, or PENDING → FAILED | CANCELLED → REFUNDED. Only who has claimed a PENDING
// row (functions/shop/claims.h) speaks to the gateway about taking the money, and what can be captured (chargeId) is
// written down before it is: so one capture an order, whoever asks, how often, and wherever a process dies.

#include <optional>
#include <string>

#include "functions/sdk/context.h"
#include "functions/sdk/money.h"

namespace shop {

using namespace backlot::sdk;

/// PAY#… of ORDER#…: the same for every try.
std::string paymentIdOf(const std::string& orderId);

/// Takes an order's money. `order` is {orderId, userId, email, totalAmount, currency, method, paymentMethod | vpa}; the
/// answer {paymentId, status: "SUCCESS"}. However often it is called the money is taken once; every call that
/// finds it taken announces PaymentSuccess. Throws LambdaError: PaymentDeclined (final; PaymentFailed was announced),
/// InProgress (another invocation is at work on it, or has died there; try again), PaymentGatewayUnavailable (try
/// again), PaymentGatewayError.
Json takePayment(const Json& order, Context& context);

/// Gives an order's money back, or sees to it that none is taken any more. Announces PaymentRefunded where money moved.
/// The answer: {orderId, paymentId, refunded, refundId?, amount?}. Throws as takePayment().
Json givePaymentBack(const std::string& orderId, const std::string& reason, Context& context);

}  // namespace shop
