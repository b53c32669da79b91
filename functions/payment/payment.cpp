// The payment functions. Tables: Payments, Orders.

#include "functions/payment/payments.h"
#include "functions/sdk/handler.h"
#include "functions/shop/messages.h"
#include "functions/shop/orders.h"
#include "functions/shop/request.h"

namespace shop {
namespace {

/// Answers the state machine that waits for `token`. One that waits no longer (its time was up) has no use for it.
void answerTask(Context& context, const std::string& operation, const Json& request) try {
    context.aws().call("states", operation, request);
} catch (const AwsError& error) {
    if (!error.is("TaskTimedOut") && !error.is("InvalidToken") && !error.is("TaskDoesNotExist")) throw;
    context.log("Nobody waits for this payment any more.", object({{"error", error.what()}}));
}

std::optional<Item> moveOrder(Context& context, const std::string& orderId, const std::string& status,
                              const std::string& before) {
    return context.table("ORDERS_TABLE")
        .update(orderKey(orderId),
                {"SET #status = :status, updatedAt = :now",
                 object({{":status", S(status)}, {":before", S(before)}, {":now", S(iso8601(context.now()))}}),
                 object({{"#status", "status"}})},
                "#status = :before");
}

void requireRefundable(const Order& order, Context& context) {
    if (order.status != "CONFIRMED") throw HttpError(409, "An order that is " + order.status + " cannot be refunded.");
    const auto days = std::stoll(context.env("REFUND_DAYS", "14"));
    if (context.now() - parseIso8601(order.confirmedAt) > std::chrono::days(days))
        throw HttpError(409, "An order can be refunded for " + std::to_string(days) + " days.");
}

}  // namespace

/// The state machine's step: see takePayment().
Json processPayment(const Json& event, Context& context) { return takePayment(event, context); }
BACKLOT_HANDLER(processPayment)

/// payment-retry-queue: {taskToken, order}. The state machine put a payment here whose gateway was away, and waits for
/// the token. While the gateway stays away the message comes back, and in the end goes to the dead-letter queue.
BatchFailures retryPayment(const SqsBatch& batch, Context& context) {
    BatchFailures failures;
    for (const auto& message : batch) {
        const auto body = parseJson(message.body);
        const auto token = textOr(body, "taskToken");
        const auto order = find(body, "order");
        if (!order) throw LambdaError("InvalidInput", "The message has no order.");
        try {
            const auto payment = takePayment(*order, context);
            answerTask(context, "SendTaskSuccess", object({{"taskToken", token}, {"output", writeJson(payment)}}));
        } catch (const LambdaError& error) {
            if (error.type() == "PaymentDeclined" || error.type() == "PaymentGatewayError") {
                answerTask(context, "SendTaskFailure",
                           object({{"taskToken", token}, {"error", error.type()}, {"cause", error.what()}}));
            } else {
                context.log("The payment will be tried again.",
                            object({{"error", error.type()}, {"message", error.what()}}));
                failures.ids.push_back(message.messageId);
            }
        }
    }
    return failures;
}
BACKLOT_HANDLER(retryPayment)

/// The state machine's compensation: {orderId, reason?}.
Json refundPayment(const Json& event, Context& context) {
    return givePaymentBack(orderIdOf(event), textOr(event, "reason", "checkout failed"), context);
}
BACKLOT_HANDLER(refundPayment)

/// POST /order/{orderId}/refund: a customer returns an order within REFUND_DAYS. The goods come back by the rule for
/// PaymentRefunded. A second request, or one after a crash in the middle, ends the same way.
ApiResponse refundOrder(const ApiRequest& request, Context& context) {
    const auto caller = authenticate(request, context);
    const auto orderId = idFromPath(request, "orderId", "ORDER#");
    const auto order = findOrder(context, orderId);
    if (!order) throw HttpError(404, "There is no order " + orderId + ".");
    if (order->userId != caller.userId && !caller.isAdmin()) throw HttpError(403, "This order is somebody else's.");
    if (order->status != "REFUNDING" && order->status != "REFUNDED") {
        requireRefundable(*order, context);
        if (!moveOrder(context, orderId, "REFUNDING", "CONFIRMED"))
            throw HttpError(409, "The order is changing; try again.");
    }
    const auto refund = givePaymentBack(orderId, "returned by the customer", context);
    moveOrder(context, orderId, "REFUNDED", "REFUNDING");
    // Told again to who asks again: the first telling may have been lost, and one reference is one mail.
    notifyTopic(context, "CUSTOMER_TOPIC_ARN", "Refund",
                writeJson(object({{"template", "ORDER_REFUNDED"},
                                  {"reference", orderId},
                                  {"orderId", orderId},
                                  {"userId", order->userId},
                                  {"email", order->email},
                                  {"amount", order->total.text()},
                                  {"currency", order->currency}})));
    return {.status = 202,
            .body = object({{"message", "Order refunded"},
                            {"orderId", orderId},
                            {"paymentId", paymentIdOf(orderId)},
                            {"refundId", textOr(refund, "refundId")},
                            {"amount", order->total.json()},
                            {"status", "REFUNDED"}})};
}
BACKLOT_HANDLER(refundOrder)

}  // namespace shop
