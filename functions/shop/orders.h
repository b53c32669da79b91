#pragma once
// An order, as the services that handle it share it. Table: Orders (orderId; index user-orders-index by userId,
// createdAt). status: CREATED → CONFIRMED → REFUNDING → REFUNDED, or CREATED → CANCELLED | PAYMENT_FAILED.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "functions/sdk/context.h"
#include "functions/sdk/money.h"
#include "functions/shop/auth.h"

namespace shop {

struct OrderLine {
    std::string productId, name;
    std::int64_t qty = 0;
    Money price;  // of one, when the order was made
};

/// CARD has a Stripe payment method ("pm_card_visa"), UPI a virtual payment address ("success@razorpay").
struct PaymentChoice {
    std::string method, paymentMethod, vpa;
};

struct Order {
    std::string orderId, userId, email, status;
    std::vector<OrderLine> lines;
    Money total;
    std::string currency;
    PaymentChoice payment;
    bool fromCart = false;  // its cart lines go when it is confirmed
    std::string createdAt, updatedAt, confirmedAt, paymentId, failureReason, requestHash;
};

Json orderKey(const std::string& orderId);
Order orderOf(const Item& item);
std::optional<Order> findOrder(Context& context, const std::string& orderId);
/// For clients.
Json orderJson(const Order& order);
/// [{productId, qty}] → quantities by product; the same product twice adds up. Throws HttpError 400.
std::map<std::string, std::int64_t> requestedLines(const Json& body, std::string_view field);
/// {method, paymentMethod | vpa}. Throws HttpError 400.
PaymentChoice requestedPayment(const Json& body);

struct OrderRequest {
    Caller caller;
    std::map<std::string, std::int64_t> quantities;  // by productId
    PaymentChoice payment;
    bool fromCart = false;
    std::string orderId, requestHash;  // as requestIdentity() gives them
};

/// The order's id and what tells one request from another. With an Idempotency-Key the id follows from the customer and
/// the key, so that one key is one order, whatever happens between the tries.
struct RequestIdentity {
    std::string orderId, requestHash;
    std::optional<Order> existing;  // made by an earlier request with the same key
};
/// Throws HttpError 409 where the key was used for a different request.
RequestIdentity requestIdentity(const ApiRequest& request, const Caller& caller, Context& context);

/// Prices the lines, checks stock, writes the order with status CREATED and announces OrderCreated.
/// Throws HttpError 404 (no such product), 409 (not enough in stock; the key's order is being made by a different
/// request).
Order placeOrder(const OrderRequest& request, Context& context);
/// Announced again for an order that is still CREATED: the first announcement may have been lost.
void announceCreated(const Order& order, Context& context);

}  // namespace shop
