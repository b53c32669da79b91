#include "functions/payment/payments.h"

#include <thread>

#include "functions/payment/gateway.h"
#include "functions/shop/claims.h"
#include "functions/shop/messages.h"

namespace shop {
namespace {

using namespace std::chrono_literals;

/// Between looks at a payment that another invocation is at work on: most are through by then.
constexpr std::chrono::milliseconds kPauses[] = {20ms, 40ms, 80ms, 160ms};

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
            .chargeId = payment.text("chargeId"),
            .attempt = static_cast<int>(payment.integer("attempts"))};
}

/// The order's payment, made now where it is the first try.
Item beginPayment(const Json& order, Context& context) {
    const auto orderId = textOr(order, "orderId");
    const auto amount = Money::parse(textOr(order, "totalAmount"));
    if (orderId.empty() || !amount)
        throw LambdaError("InvalidInput", "orderId and totalAmount are needed to take a payment.");
    const auto paymentId = paymentIdOf(orderId);
    auto item = object({{"paymentId", S(paymentId)},
                        {"status", S("PENDING")},
                        {"amount", N(amount->text())},
                        {"createdAt", S(iso8601(context.now()))}});
    for (const auto field : {"orderId", "userId", "email", "currency", "method", "paymentMethod", "vpa"})
        if (const auto value = optionalText(order, field)) set(item, field, S(*value));
    const auto table = context.table("PAYMENTS_TABLE");
    Item made(copy(item));
    if (table.putIf(std::move(item), {"attribute_not_exists(paymentId)"})) return made;
    return table.get(keyOf(paymentId)).value();
}

/// SET of some attributes, where `condition` holds; nothing otherwise.
std::optional<Item> change(Context& context, const std::string& paymentId, Expression condition,
                           const Json& attributes) {
    Expression update{"SET updatedAt = :now", std::move(condition.values), object({{"#status", "status"}})};
    set(update.values, ":now", S(iso8601(context.now())));
    for (const auto& member : attributes.GetObject()) {
        const std::string name(view(member.name));
        update.text += ", " + (name == "status" ? "#status" : name) + " = :" + name;
        set(update.values, ":" + name, copy(member.value));
    }
    return context.table("PAYMENTS_TABLE").update(keyOf(paymentId), std::move(update), condition.text);
}

Expression whereStatusIs(const std::string& status) { return {"#status = :before", object({{":before", S(status)}})}; }

Expression whereNobodyIsAtWork(Context& context) {
    Expression condition{unclaimedCondition()};
    addUnclaimedValues(condition, context);
    return condition;
}

Json paymentJson(const Item& payment) {
    Json body = object();
    for (const auto field : {"paymentId", "orderId", "userId", "status", "currency", "method", "chargeId"})
        set(body, field, payment.text(field));
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
    publish(context, "shop.payments", "PaymentSuccess", paymentJson(payment));
    return object({{"paymentId", payment.text("paymentId")}, {"status", payment.text("status")}});
}

/// Takes the money, step by step: what a step has made at the gateway is written down before the next one, so that a
/// successor goes on from there, and whatever becomes of this invocation there is one thing alone that can be captured.
ChargeResult charge(Claim& claim, Gateway& gateway) {
    if (claim.row().text("preparedId").empty())
        claim.keep(object({{"preparedId", S(gateway.prepare(chargeOf(claim.row())))}}));
    if (claim.row().text("chargeId").empty())
        claim.keep(object({{"chargeId", S(gateway.authorize(chargeOf(claim.row())))}}));
    return gateway.charge(chargeOf(claim.row()));
}

/// How the payment ended, if it did: what was taken is announced, all else is thrown.
std::optional<Json> ended(const Item& payment, Context& context) {
    const auto status = payment.text("status");
    if (status == "SUCCESS") return succeeded(payment, context);
    if (status == "FAILED") declined(payment, context);
    if (status != "PENDING") throw LambdaError("PaymentDeclined", "The payment is " + status + ".");
    return std::nullopt;
}

Json takeClaimed(Claim claim, Context& context) {
    const auto paymentId = claim.row().text("paymentId");
    ChargeResult result;
    try {
        result = charge(claim, *gatewayOf(claim.row(), context));
    } catch (const LambdaError&) {
        claim.release();
        throw;
    }
    const auto after = result.captured ? object({{"status", S("SUCCESS")}})
                                       : object({{"status", S("FAILED")},
                                                 {"declineCode", S(result.declineCode)},
                                                 {"declineReason", S(result.declineReason)}});
    auto payment = change(context, paymentId, whereStatusIs("PENDING"), after);
    if (!payment) payment = context.table("PAYMENTS_TABLE").get(keyOf(paymentId)).value();  // the claim had run out
    const auto status = payment->text("status");
    if (result.captured && status != "SUCCESS")
        givePaymentBack(payment->text("orderId"), "given up meanwhile", context);
    return *ended(*payment, context);
}

}  // namespace

std::string paymentIdOf(const std::string& orderId) { return "PAY#" + bareId(orderId); }

Json takePayment(const Json& order, Context& context) {
    const auto table = context.table("PAYMENTS_TABLE");
    auto payment = beginPayment(order, context);
    const auto key = keyOf(payment.text("paymentId"));
    for (auto pause = std::begin(kPauses);; ++pause) {
        if (auto result = ended(payment, context)) return *std::move(result);
        if (auto claim = Claim::take(context, table, key)) return takeClaimed(*std::move(claim), context);
        if (pause == std::end(kPauses)) throw inProgress("The payment of " + payment.text("orderId"));
        std::this_thread::sleep_for(*pause);
        payment = table.get(copy(key)).value();
    }
}

Json givePaymentBack(const std::string& orderId, const std::string& reason, Context& context) {
    const auto paymentId = paymentIdOf(orderId);
    auto result = object({{"orderId", orderId}, {"paymentId", paymentId}, {"refunded", false}});
    // From now on nobody begins to take it; who is at work on it comes to the end of that first.
    change(context, paymentId, whereNobodyIsAtWork(context), object({{"status", S("CANCELLED")}}));
    const auto payment = context.table("PAYMENTS_TABLE").get(keyOf(paymentId));
    const auto before = payment ? payment->text("status") : "";
    if (before == "PENDING") throw inProgress("The payment of " + orderId);
    // FAILED took nothing; without a prepared id the gateway has never heard of it.
    if (!payment || before == "FAILED" || payment->text("preparedId").empty()) return result;

    const auto refund = before == "REFUNDED" ? RefundResult{true, payment->text("refundId")}
                                             : gatewayOf(*payment, context)->refund(chargeOf(*payment));
    if (!refund.refunded) return result;
    const auto changed =
        change(context, paymentId, whereStatusIs(before),
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
