// Starts checkouts: the state machine `checkout-orchestrator`, one execution an order, named after it. Whoever asks
// again, by POST /checkout or by the rule for OrderCreated, gets the same one.

#include "functions/sdk/handler.h"
#include "functions/shop/messages.h"
#include "functions/shop/orders.h"
#include "functions/shop/request.h"

namespace shop {
namespace {

/// Execution names have no "#": ORDER#6b1f runs as ORDER-6b1f.
std::string executionName(const std::string& orderId) { return "ORDER-" + bareId(orderId); }

/// arn:…:stateMachine:checkout-orchestrator → arn:…:execution:checkout-orchestrator:ORDER-6b1f
std::string executionArn(std::string stateMachineArn, const std::string& name) {
    const std::string_view kind = ":stateMachine:";
    stateMachineArn.replace(stateMachineArn.find(kind), kind.size(), ":execution:");
    return stateMachineArn + ":" + name;
}

std::string startExecution(Context& context, const std::string& orderId) {
    const auto machine = context.env("CHECKOUT_STATE_MACHINE_ARN");
    const auto name = executionName(orderId);
    try {
        // The input is the same whoever starts it: with the same name and input StartExecution is idempotent.
        const auto answer = context.aws().call(
            "states", "StartExecution",
            object(
                {{"stateMachineArn", machine}, {"name", name}, {"input", writeJson(object({{"orderId", orderId}}))}}));
        return textOr(answer, "executionArn");
    } catch (const AwsError& error) {
        if (!error.is("ExecutionAlreadyExists")) throw;  // it has run to its end meanwhile
        return executionArn(machine, name);
    }
}

std::map<std::string, std::int64_t> cartOf(Context& context, const std::string& userId) {
    const auto page = context.table("CARTS_TABLE")
                          .query(object({{"KeyConditionExpression", "userId = :user"},
                                         {"ExpressionAttributeValues", object({{":user", S(userId)}})},
                                         {"ConsistentRead", true}}));
    if (page.items.empty()) throw HttpError(409, "The cart is empty.");
    Json lines = list();
    for (const auto& line : page.items)
        push(lines, object({{"productId", line.text("productId")}, {"qty", line.integer("qty")}}));
    return requestedLines(object({{"cart", std::move(lines)}}), "cart");
}

/// An order made before, by POST /order.
Order ownOrder(Context& context, const Caller& caller, const std::string& orderId) {
    auto order = findOrder(context, orderId);
    if (!order) throw HttpError(404, "orderId: there is no order " + orderId + ".");
    if (order->userId != caller.userId) throw HttpError(403, "This order is somebody else's.");
    return *std::move(order);
}

Order orderFromCart(const ApiRequest& request, const Caller& caller, Context& context) {
    auto payment = requestedPayment(request.body());
    auto identity = requestIdentity(request, caller, context);
    if (identity.existing) return *std::move(identity.existing);
    if (!context.table("USERS_TABLE").get(object({{"userId", S(caller.userId)}})))
        throw HttpError(404, "The user no longer exists.");
    return placeOrder({.caller = caller,
                       .quantities = cartOf(context, caller.userId),
                       .payment = std::move(payment),
                       .fromCart = true,
                       .orderId = identity.orderId,
                       .requestHash = identity.requestHash},
                      context);
}

}  // namespace

/// {method, paymentMethod | vpa} checks the cart out; {orderId} an order that exists.
ApiResponse checkoutLambda(const ApiRequest& request, Context& context) {
    const auto caller = authenticate(request, context);
    const auto orderId = optionalField(request.body(), "orderId");
    const auto order = orderId ? ownOrder(context, caller, *orderId) : orderFromCart(request, caller, context);
    return {.status = 202,
            .body = object({{"message", "Checkout started"},
                            {"orderId", order.orderId},
                            {"executionArn", startExecution(context, order.orderId)},
                            {"status", order.status}})};
}
BACKLOT_HANDLER(checkoutLambda)

/// For the rule on OrderCreated: a rule can start a state machine, but not name the execution.
void startCheckout(const BusEvent& event, Context& context) {
    startExecution(context, textOr(event.detail, "orderId"));
}
BACKLOT_HANDLER(startCheckout)

}  // namespace shop
