// The steps of checkout.asl.json that are about the order itself. Each may be run again: it finds its work done.

#include "functions/sdk/handler.h"
#include "functions/shop/messages.h"
#include "functions/shop/orders.h"

namespace shop {
namespace {

Order requireOrder(Context& context, const std::string& orderId) {
    auto order = findOrder(context, orderId);
    if (!order) throw LambdaError("OrderNotFound", "There is no order " + orderId + ".");
    return *std::move(order);
}

/// Moves an order on from CREATED; nothing where it is no longer there.
std::optional<Item> moveOn(Context& context, const std::string& orderId, const std::string& status,
                           const std::string& reason) {
    Expression update{"SET #status = :status, updatedAt = :now",
                      object({{":status", S(status)}, {":now", S(iso8601(context.now()))}, {":created", S("CREATED")}}),
                      object({{"#status", "status"}})};
    if (!reason.empty()) {
        update.text += ", failureReason = :reason";
        set(update.values, ":reason", S(reason));
    }
    return context.table("ORDERS_TABLE").update(orderKey(orderId), std::move(update), "#status = :created");
}

/// A Catch's Cause is the failed function's {"errorMessage": …} as text: people want the message.
std::string reasonOf(const Json& error) {
    const auto cause = textOr(error, "Cause", textOr(error, "Error"));
    try {
        return textOr(parseJson(cause), "errorMessage", cause);
    } catch (const JsonError&) {
        return cause;
    }
}

}  // namespace

/// {orderId} → the order as the later steps need it. Errors: OrderNotFound, InvalidOrder.
Json validateOrder(const Json& event, Context& context) {
    const auto order = requireOrder(context, orderIdOf(event));
    if (order.status != "CREATED")
        throw LambdaError("InvalidOrder", order.orderId + " is " + order.status + " already.");
    Money total;
    for (const auto& line : order.lines) total = total + line.price * line.qty;
    if (order.lines.empty() || total != order.total)
        throw LambdaError("InvalidOrder", "The lines of " + order.orderId + " do not add up to its total.");
    if (!context.table("USERS_TABLE").get(object({{"userId", S(order.userId)}})))
        throw LambdaError("InvalidOrder", "The customer of " + order.orderId + " is gone.");

    auto result = object({{"orderId", order.orderId},
                          {"userId", order.userId},
                          {"email", order.email},
                          {"items", array(order.lines,
                                          [](const OrderLine& line) {
                                              return object({{"productId", line.productId},
                                                             {"name", line.name},
                                                             {"qty", line.qty},
                                                             {"price", line.price.text()}});
                                          })},
                          {"totalAmount", order.total.text()},
                          {"currency", order.currency},
                          {"method", order.payment.method}});
    if (!order.payment.paymentMethod.empty()) set(result, "paymentMethod", order.payment.paymentMethod);
    if (!order.payment.vpa.empty()) set(result, "vpa", order.payment.vpa);
    return result;
}
BACKLOT_HANDLER(validateOrder)

/// {orderId, paymentId} → CONFIRMED; what came from the cart leaves it in the same transaction. Error: InvalidOrder.
Json createOrderRecord(const Json& event, Context& context) {
    const auto order = requireOrder(context, orderIdOf(event));
    if (order.status != "CONFIRMED") {
        const auto now = iso8601(context.now());
        Json actions = list(
            {context.table("ORDERS_TABLE")
                 .updateAction(orderKey(order.orderId),
                               {"SET #status = :confirmed, paymentId = :payment, confirmedAt = :now, updatedAt = :now",
                                object({{":confirmed", S("CONFIRMED")},
                                        {":created", S("CREATED")},
                                        {":payment", S(textOr(event, "paymentId"))},
                                        {":now", S(now)}}),
                                object({{"#status", "status"}})},
                               "#status = :created")});
        if (order.fromCart)
            for (const auto& line : order.lines)
                push(actions,
                     context.table("CARTS_TABLE")
                         .deleteAction(object({{"userId", S(order.userId)}, {"productId", S(line.productId)}})));
        if (!transact(context.aws(), std::move(actions), context.uuid()).empty())
            if (const auto status = requireOrder(context, order.orderId).status; status != "CONFIRMED")
                throw LambdaError("InvalidOrder", order.orderId + " is " + status + " and cannot be confirmed.");
    }
    return object({{"orderId", order.orderId}, {"status", "CONFIRMED"}});
}
BACKLOT_HANDLER(createOrderRecord)

/// {orderId, status: "CANCELLED" | "PAYMENT_FAILED", error: {Error, Cause}}: the end of an order that did not work out.
Json cancelOrder(const Json& event, Context& context) {
    const auto orderId = orderIdOf(event);
    const auto status = textOr(event, "status", "CANCELLED");
    const auto error = find(event, "error");
    const auto reason = error ? reasonOf(*error) : "";
    moveOn(context, orderId, status, reason);
    const auto order = findOrder(context, orderId);
    // Announced by every call that finds it so: the first announcement may have been lost.
    if (order && order->status == status)
        publish(context, "shop.orders", "OrderCancelled",
                object({{"orderId", orderId}, {"userId", order->userId}, {"status", status}, {"reason", reason}}));
    // With an address there is somebody to tell.
    return object({{"orderId", orderId},
                   {"status", order ? order->status : "NOT_FOUND"},
                   {"userId", order ? order->userId : ""},
                   {"email", order ? order->email : ""},
                   {"reason", reason}});
}
BACKLOT_HANDLER(cancelOrder)

}  // namespace shop
