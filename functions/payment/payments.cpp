#include "functions/payment/payments.h"

#include "functions/payment/gateway.h"
#include "functions/shop/messages.h"

namespace shop {
namespace {

Json keyOf(const std::string& paymentId) { return object({{"paymentId", S(paymentId)}}); }

std::unique_ptr<Gateway> gatewayOf(const Item& payment, Context& context) {
    return payment.text("method") == "UPI" ? razorpayGateway(context) : stripeGateway(context);
}

ChargeRequest chargeOf(const Item& payment) {
    return {.paymentId = payment.text("paymentId"),
            .orderId = payment.text("orderId"),
            .email = payment.text("email"),
            .amount = Money::parse(payment.number("amount")).value(),
            .currency = payment.text("currency"),
            .paymentMethod = payment.text("paymentMethod"),
            .vpa = payment.text("vpa"),
            .preparedId = payment.text("preparedId"),
            .attempt = static_cast<int>(payment.integer("attempts"))};
}

/// The order's payment, made now where it is the first try.
Item beginPayment(const Json& order, Context& context) {
    const auto orderId = textOr(order, "orderId");
    const auto amount = Money::parse(textOr(order, "totalAmount"));
    if (orderId.empty() || !amount) throw LambdaError("InvalidInput", "orderId and totalAmount are needed to take a payment.");
    const auto paymentId = paymentIdOf(orderId);
    auto item = object({{"paymentId", S(paymentId)}, {"status", S("PENDING")}, {"amount", N(amount->text())}, {"createdAt", S(iso8601(context.now()))}});
    for (const auto field : {"orderId", "userId", "email", "currency", "method", "paymentMethod", "vpa"})
        if (const auto value = optionalText(order, field)) set(item, field, S(*value));
    const auto table = context.table("PAYMENTS_TABLE");
    Item made(copy(item));
    if (table.putIf(std::move(item), {"attribute_not_exists(paymentId)"})) return made;
    return table.get(keyOf(paymentId)).value();
}

/// SET of some attributes, where the status is `before`; nothing otherwise.
std::optional<Item> change(Context& context, const std::string& paymentId, const std::string& before, Json attributes) {
    Expression update{"SET updatedAt = :now", object({{":now", S(iso8601(context.now()))}, {":before", S(before)}}), object({{"#status", "status"}})};
    for (auto& member : attributes.GetObject()) {
        const std::string name(view(member.name));
        update.text += ", " + (name == "status" ? "#status" : name) + " = :" + name;
        set(update.values, ":" + name, std::move(member.value));
    }
    return context.table("PAYMENTS_TABLE").update(keyOf(paymentId), std::move(update), "#status = :before");
}

Json paymentJson(const Item& payment) {
    Json body = object();
    for (const auto field : {"paymentId", "orderId", "userId", "status", "currency", "method", "chargeId"}) set(body, field, payment.text(field));
    set(body, "amount", Money::parse(payment.number("amount")).value().text());
    return body;
}

[[noreturn]] void declined(const Item& payment, Context& context) {
    auto detail = paymentJson(payment);
    set(detail, "reason", payment.text("declineReason"));
    set(detail, "code", payment.text("declineCode"));
    publish(context, "shop.payments", "PaymentFailed", detail);
    throw LambdaError("PaymentDeclined", payment.text("declineReason"));
}

Json succeeded(const Item& payment, Context& context) {
    auto detail = paymentJson(payment);
    publish(context, "shop.payments", "PaymentSuccess", detail);
    return detail;
}

/// Counts a try, and writes down what the gateway has prepared before any money moves.
Item prepared(Item payment, Gateway& gateway, Context& context) {
    const auto paymentId = payment.text("paymentId");
    const auto known = payment.text("preparedId");
    const auto preparedId = known.empty() ? gateway.prepare(chargeOf(payment)) : known;
    auto changed = change(context, paymentId, "PENDING", object({{"preparedId", S(preparedId)}, {"attempts", N(payment.integer("attempts") + 1)}}));
    if (!changed) throw LambdaError("PaymentDeclined", "The payment was cancelled meanwhile.");
    return *std::move(changed);
}

}  // namespace

std::string paymentIdOf(const std::string& orderId) { return "PAY#" + bareId(orderId); }

Json takePayment(const Json& order, Context& context) {
    auto payment = beginPayment(order, context);
    const auto status = payment.text("status");
    if (status == "SUCCEEDED") return succeeded(payment, context);
    if (status == "FAILED") declined(payment, context);
    if (status != "PENDING") throw LambdaError("PaymentDeclined", "The payment is " + status + ".");

    const auto gateway = gatewayOf(payment, context);
    payment = prepared(std::move(payment), *gateway, context);
    const auto paymentId = payment.text("paymentId");
    const auto result = gateway->charge(chargeOf(payment));
    if (!result.captured) {
        const auto failed = change(context, paymentId, "PENDING",
                                   object({{"status", S("FAILED")},
                                           {"chargeId", S(result.chargeId)},
                                           {"declineCode", S(result.declineCode)},
                                           {"declineReason", S(result.declineReason)}}));
        if (failed) declined(*failed, context);
        throw LambdaError("PaymentDeclined", result.declineReason);
    }
    const auto paid = change(context, paymentId, "PENDING", object({{"status", S("SUCCEEDED")}, {"chargeId", S(result.chargeId)}}));
    if (paid) return succeeded(*paid, context);
    // Somebody else has ended this payment while it was under way: by taking it too, or by giving it up.
    const auto now = context.table("PAYMENTS_TABLE").get(keyOf(paymentId)).value();
    if (now.text("status") == "SUCCEEDED") return succeeded(now, context);
    gateway->refund(chargeOf(now));
    throw LambdaError("PaymentDeclined", "The payment was cancelled meanwhile.");
}

Json givePaymentBack(const std::string& orderId, const std::string& reason, Context& context) {
    const auto paymentId = paymentIdOf(orderId);
    auto result = object({{"orderId", orderId}, {"paymentId", paymentId}, {"refunded", false}});
    // From now on no try that is still under way can succeed unseen.
    change(context, paymentId, "PENDING", object({{"status", S("CANCELLED")}}));
    const auto payment = context.table("PAYMENTS_TABLE").get(keyOf(paymentId));
    const auto before = payment ? payment->text("status") : "";
    // FAILED took nothing; without a prepared id the gateway has never heard of it.
    if (!payment || before == "FAILED" || payment->text("preparedId").empty()) return result;

    const auto refund = before == "REFUNDED" ? RefundResult{true, payment->text("refundId")}
                                             : gatewayOf(*payment, context)->refund(chargeOf(*payment));
    if (!refund.refunded) return result;
    const auto changed = change(context, paymentId, before,
                                object({{"status", S("REFUNDED")}, {"refundId", S(refund.refundId)}, {"refundReason", S(reason)}}));
    const auto amount = Money::parse(payment->number("amount")).value().text();
    auto detail = paymentJson(changed ? *changed : *payment);
    set(detail, "refundId", refund.refundId);
    set(detail, "reason", reason);
    publish(context, "shop.payments", "PaymentRefunded", detail);
    set(result, "refunded", true);
    set(result, "refundId", refund.refundId);
    set(result, "amount", amount);
    return result;
}

}  // namespace shop
