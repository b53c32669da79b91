// Orders for customers: make one, look at them. The state machine's own steps are in order_steps.cpp.

#include "functions/sdk/handler.h"
#include "functions/shop/orders.h"
#include "functions/shop/request.h"

namespace shop {

/// {cartItems: [{productId, qty}], method, paymentMethod | vpa}. The rule for OrderCreated starts its checkout.
ApiResponse createOrder(const ApiRequest& request, Context& context) {
    const auto caller = authenticate(request, context);
    auto quantities = requestedLines(request.body(), "cartItems");
    auto payment = requestedPayment(request.body());
    const auto identity = requestIdentity(request, caller, context);
    if (identity.existing && identity.existing->status == "CREATED") announceCreated(*identity.existing, context);
    const auto order = identity.existing ? *identity.existing
                                         : placeOrder({.caller = caller,
                                                       .quantities = std::move(quantities),
                                                       .payment = std::move(payment),
                                                       .orderId = identity.orderId,
                                                       .requestHash = identity.requestHash},
                                                      context);
    return {.status = 201,
            .body = object({{"message", "Order created"},
                            {"orderId", order.orderId},
                            {"status", order.status},
                            {"totalAmount", order.total.json()}})};
}
BACKLOT_HANDLER(createOrder)

ApiResponse getOrder(const ApiRequest& request, Context& context) {
    const auto caller = authenticate(request, context);
    const auto orderId = idFromPath(request, "orderId", "ORDER#");
    const auto order = findOrder(context, orderId);
    if (!order) throw HttpError(404, "There is no order " + orderId + ".");
    if (order->userId != caller.userId && !caller.isAdmin()) throw HttpError(403, "This order is somebody else's.");
    return {.body = orderJson(*order)};
}
BACKLOT_HANDLER(getOrder)

/// The caller's own orders, newest first. ?limit= ?nextToken=, as for products.
ApiResponse listOrders(const ApiRequest& request, Context& context) {
    const auto caller = authenticate(request, context);
    auto query = object({{"IndexName", "user-orders-index"},
                         {"KeyConditionExpression", "userId = :user"},
                         {"ExpressionAttributeValues", object({{":user", S(caller.userId)}})},
                         {"ScanIndexForward", false},
                         {"Limit", queryInteger(request, "limit", 50, 1, 100)}});
    if (auto from = pageKey(request)) set(query, "ExclusiveStartKey", *std::move(from));
    const auto page = context.table("ORDERS_TABLE").query(std::move(query));
    ApiResponse response{.body = array(page.items, [](const Item& item) { return orderJson(orderOf(item)); })};
    if (page.lastEvaluatedKey) response.headers["X-Next-Token"] = pageToken(*page.lastEvaluatedKey);
    return response;
}
BACKLOT_HANDLER(listOrders)

}  // namespace shop
